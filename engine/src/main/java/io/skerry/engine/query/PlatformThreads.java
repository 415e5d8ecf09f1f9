package io.skerry.engine.query;

import java.util.concurrent.Executor;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// Platform threads for what stays in native code for long, which would pin a virtual thread's carrier. A task goes to
/// an idle thread, or else to a new one, or waits if there are `limit`: who gives tasks bounds how many wait.
final class PlatformThreads implements Executor, AutoCloseable {

    private static final long IDLE_SECONDS = 30;
    private static final long CLOSE_SECONDS = 30;

    private final ThreadPoolExecutor pool;

    /// @param name what the threads' names begin with
    PlatformThreads(String name, int limit) {
        var threads = Thread.ofPlatform().name(name, 0).daemon(true).factory();
        pool = new ThreadPoolExecutor(0, limit, IDLE_SECONDS, TimeUnit.SECONDS, new HandOver(), threads);
        pool.setRejectedExecutionHandler((task, executor) -> {
            if (executor.isShutdown()) {
                throw new RejectedExecutionException("the threads are stopped");
            }
            ((HandOver) executor.getQueue()).keep(task);
        });
    }

    @Override
    public void execute(Runnable task) {
        pool.execute(task);
    }

    /// Ends the threads once what was accepted is done.
    @Override
    public void close() {
        pool.shutdown();
        try {
            pool.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// A pool grows only when its queue refuses a task: this one does so unless a thread is waiting for it.
    private static final class HandOver extends LinkedTransferQueue<Runnable> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }

        /// Takes the task for whichever thread is free next. Not `put`, which asks `offer`.
        void keep(Runnable task) {
            super.offer(task);
        }
    }
}
