package io.skerry.catalog.testing;

import io.skerry.catalog.fleet.Background;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// [Background#threads] whose end is waited for, so that nothing uses the catalog after a test has closed it.
final class AwaitedBackground implements Background {

    private final Background threads = Background.threads();
    /// Held to read by what runs, to write by who closes.
    private final ReentrantReadWriteLock running = new ReentrantReadWriteLock();
    private boolean closed;

    @Override
    public void now(Runnable work) {
        threads.now(() -> run(work));
    }

    @Override
    public void later(Duration delay, Runnable work) {
        threads.later(delay, () -> run(work));
    }

    private void run(Runnable work) {
        running.readLock().lock();
        try {
            if (!closed) {
                work.run();
            }
        } finally {
            running.readLock().unlock();
        }
    }

    /// Interrupts what runs and returns when it has ended.
    @Override
    public void close() {
        threads.close();
        running.writeLock().lock();
        try {
            closed = true;
        } finally {
            running.writeLock().unlock();
        }
    }
}
