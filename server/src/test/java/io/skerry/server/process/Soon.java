package io.skerry.server.process;

import java.time.Duration;

/// How often something is asked again that need not be so at once.
final class Soon {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(20);

    private final boolean waits;
    private final long begin = System.nanoTime();

    /// @param waits false for what has to be so at once
    Soon(boolean waits) {
        this.waits = waits;
    }

    /// False at the end; pauses before it says true.
    boolean again() throws InterruptedException {
        if (!waits || System.nanoTime() - begin > LIMIT.toNanos()) {
            return false;
        }
        Thread.sleep(PAUSE);
        return true;
    }
}
