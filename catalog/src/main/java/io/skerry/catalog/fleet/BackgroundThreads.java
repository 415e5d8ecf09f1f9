package io.skerry.catalog.fleet;

import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// See [Background#threads].
final class BackgroundThreads implements Background {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundThreads.class);

    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("fleet-", 0).factory());

    @Override
    public void now(Runnable work) {
        try {
            threads.execute(() -> run(work));
        } catch (RejectedExecutionException e) {
            LOG.debug("the node is stopping: what is left is for the next start");
        }
    }

    @Override
    public void later(Duration delay, Runnable work) {
        now(() -> {
            try {
                Thread.sleep(delay);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            work.run();
        });
    }

    private static void run(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("work in the background failed", e);
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
