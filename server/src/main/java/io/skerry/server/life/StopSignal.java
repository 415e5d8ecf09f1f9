package io.skerry.server.life;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes the process's parts on SIGTERM, SIGINT or the end of `main`, within a limit. What is still running at the
/// limit is cut off with the process: everything acknowledged is in the logs on disk, so nothing of it is lost.
public final class StopSignal {

    private static final Logger log = LoggerFactory.getLogger(StopSignal.class);

    private final CountDownLatch stopped = new CountDownLatch(1);

    private StopSignal() {}

    public static StopSignal install(LifeCycle life, Duration limit) {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> signal.stop(life, limit)));
        return signal;
    }

    private void stop(LifeCycle life, Duration limit) {
        Thread closing = Thread.ofPlatform().name("close").daemon().start(() -> {
            try {
                life.close();
            } catch (RuntimeException e) {
                log.warn("not everything stopped cleanly: {}", e.toString());
            }
        });
        try {
            if (!closing.join(limit)) {
                log.warn("still stopping after {} ms: ending the process", limit.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        stopped.countDown();
    }

    /// Waits until the process is told to stop and its parts are closed.
    public void await() throws InterruptedException {
        stopped.await();
    }
}
