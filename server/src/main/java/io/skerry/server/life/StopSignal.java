package io.skerry.server.life;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes the process's parts on SIGTERM or SIGINT, within a limit, and ends the process. What still runs
/// at the limit is cut off with it: everything acknowledged is in the logs on disk, so nothing of it is
/// lost.
public final class StopSignal {

    private static final Logger log = LoggerFactory.getLogger(StopSignal.class);

    /// What a shell reports of a process that SIGTERM ended.
    private static final int TERMINATED = 143;

    private final Thread hook;

    private StopSignal(LifeCycle life, Duration limit) {
        this.hook = Thread.ofPlatform().name("stop").unstarted(() -> stop(life, limit));
    }

    public static StopSignal install(LifeCycle life, Duration limit) {
        StopSignal signal = new StopSignal(life, limit);
        Runtime.getRuntime().addShutdownHook(signal.hook);
        return signal;
    }

    /// For a process that ends by itself, with a code of its own.
    public void uninstall() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            log.debug("the process is stopping already");
        }
    }

    private static void stop(LifeCycle life, Duration limit) {
        Thread closing = Thread.ofPlatform().name("close").daemon().start(() -> {
            try {
                life.close();
            } catch (RuntimeException e) {
                log.warn("not everything stopped cleanly: {}", e.toString());
            }
        });
        try {
            if (!closing.join(limit)) {
                log.warn(
                        "some parts were still closing after {} ms and are cut off; what was acknowledged is on disk",
                        limit.toMillis());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        // Not left to the JVM: it would wait for other shutdown hooks, and for whatever does not stop.
        Runtime.getRuntime().halt(TERMINATED);
    }

    /// Waits for the end of the process.
    public void await() throws InterruptedException {
        new CountDownLatch(1).await();
    }
}
