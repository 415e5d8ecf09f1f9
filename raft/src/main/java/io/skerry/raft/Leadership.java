package io.skerry.raft;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// Tells the databases of one group whether this node may write, in order and never twice the same. Ratis says
/// it while it holds its own locks, and a writer that has to be stopped may wait for those: so it is told on
/// another thread, the newest word only.
final class Leadership {

    private final Executor thread;
    private final Consumer<Boolean> listener;
    private final ReentrantLock telling = new ReentrantLock();
    private volatile boolean leads;
    private volatile boolean told;

    Leadership(Executor thread, Consumer<Boolean> listener) {
        this.thread = thread;
        this.listener = listener;
    }

    void set(boolean now) {
        leads = now;
        try {
            thread.execute(this::tell);
        } catch (RejectedExecutionException e) {
            // The node is closing: the databases are closed next, which says as much.
            leads = false;
        }
    }

    /// Whether the databases know that this node may write, which is a moment after Ratis does.
    boolean isTold() {
        return leads && told;
    }

    private void tell() {
        telling.lock();
        try {
            boolean now = leads;
            if (now != told) {
                listener.accept(now);
                told = now;
            }
        } finally {
            telling.unlock();
        }
    }
}
