package io.skerry.raft;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupState;
import io.skerry.engine.GroupState.SnapshotReceiver;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.RaftPeerProto;
import org.apache.ratis.server.protocol.TermIndex;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches a group's databases from the group's leader. Ratis asks for it again when it fails; the answer to a
/// failure is held back, so that it does not ask at once.
final class SnapshotFetch {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotFetch.class);
    private static final long FAILURE_PAUSE_MS = 1_000;

    /// How long an end waits for what is under way. A read of the network may take longer; what comes of it is
    /// not taken any more.
    private static final Duration END_LIMIT = Duration.ofSeconds(2);

    @FunctionalInterface
    interface Installer {
        void install(SnapshotReceiver received, SnapshotStream.Position position) throws IOException;
    }

    private final GroupId group;
    private final NodeContext node;
    private final PeerAddress source;
    private final Transfer progress = new Transfer();

    /// Held while anything of the group is touched.
    private final ReentrantLock receiving = new ReentrantLock();

    private volatile boolean ended;

    SnapshotFetch(GroupId group, NodeContext node, RaftPeerProto leader) {
        this.group = group;
        this.node = node;
        this.source = new PeerAddress(
                new NodeId(leader.getId().toStringUtf8()), leader.getAddress(), leader.getDataStreamAddress());
    }

    Transfer progress() {
        return progress;
    }

    /// Runs on a thread of the node's transfers.
    ///
    /// @return never completed once the fetch was ended: Ratis, which closes the group, would only log an error
    CompletableFuture<TermIndex> run(GroupState state, Installer installer) {
        var done = new CompletableFuture<TermIndex>();
        try {
            node.workers().transfers.execute(() -> {
                try {
                    done.complete(fetch(state, installer));
                } catch (IOException | RuntimeException e) {
                    if (ended) {
                        return;
                    }
                    failed(e);
                    pause();
                    done.completeExceptionally(e);
                }
            });
        } catch (RejectedExecutionException e) {
            done.completeExceptionally(e);
        }
        return done;
    }

    /// Where in the code it was noticed says something of a defect only.
    private void failed(Exception e) {
        boolean foreseen = e instanceof IOException || e instanceof DatabaseException;
        LOG.atWarn()
                .setCause(foreseen ? null : e)
                .log("group {}: the snapshot from {} was not fetched, trying again: {}", group, source, e.toString());
    }

    /// The group is closed here: whatever is there next has its directory.
    void end() {
        ended = true;
        try {
            if (receiving.tryLock(END_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
                receiving.unlock();
            } else {
                LOG.warn("group {}: a snapshot from {} was still being fetched when it was closed", group, source);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void requireNotEnded() throws IOException {
        if (ended) {
            throw new IOException("group " + group + " was closed meanwhile");
        }
    }

    private TermIndex fetch(GroupState state, Installer installer) throws IOException {
        receiving.lock();
        try {
            requireNotEnded();
            return receive(state, installer);
        } finally {
            receiving.unlock();
        }
    }

    private TermIndex receive(GroupState state, Installer installer) throws IOException {
        long began = System.nanoTime();
        LOG.info("group {}: fetching a snapshot from {}", group, source);
        try (InputStream in = new Endable(node.transport().snapshot(source, group));
                SnapshotReceiver receiver = state.receive()) {
            SnapshotStream.Position position = SnapshotStream.read(group, in, receiver, progress);
            installer.install(receiver, position);
            LOG.info(
                    "group {}: installed a snapshot at {} ({} bytes in {} ms)",
                    group,
                    position.at(),
                    progress.copied(),
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
            return position.at();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(FAILURE_PAUSE_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Nothing comes out of it once the fetch has ended.
    private final class Endable extends FilterInputStream {

        Endable(InputStream in) throws IOException {
            super(in);
            if (ended) {
                in.close();
            }
            requireNotEnded();
        }

        @Override
        public int read() throws IOException {
            int read = in.read();
            requireNotEnded();
            return read;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int read = in.read(bytes, offset, length);
            requireNotEnded();
            return read;
        }
    }
}
