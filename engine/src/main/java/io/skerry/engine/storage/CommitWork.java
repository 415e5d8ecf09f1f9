package io.skerry.engine.storage;

import io.skerry.engine.entry.EntryEncoder;
import java.util.concurrent.ConcurrentLinkedDeque;

/// What a commit needs while it is in the barrier: buffers and an encoder. Shared by all databases of a node,
/// since no more are in use than writers run at once.
record CommitWork(WalCommit wal, EntryEncoder encoder) {

    /// Lends them. As many exist as commits were in a barrier at the same moment; the writer threads bound
    /// that.
    static final class Pool implements AutoCloseable {

        private final ConcurrentLinkedDeque<CommitWork> idle = new ConcurrentLinkedDeque<>();
        private volatile boolean closed;

        CommitWork take() {
            CommitWork work = idle.pollFirst();
            return work != null ? work : new CommitWork(new WalCommit(), new EntryEncoder());
        }

        void giveBack(CommitWork work) {
            work.wal().trim();
            idle.addFirst(work);
            if (closed) {
                close();
            }
        }

        @Override
        public void close() {
            closed = true;
            for (CommitWork work = idle.pollFirst(); work != null; work = idle.pollFirst()) {
                work.encoder().close();
            }
        }
    }
}
