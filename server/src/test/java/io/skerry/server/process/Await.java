package io.skerry.server.process;

import java.time.Duration;

/// Repeats what a test asserts until it holds, for a bounded time: for what is answered before it is
/// done everywhere.
final class Await {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(20);

    interface Assertion {
        void check() throws Exception;
    }

    private Await() {}

    static void until(Assertion assertion) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                assertion.check();
                return;
            } catch (AssertionError notYet) {
                if (System.nanoTime() - end > 0) {
                    throw notYet;
                }
            }
            Thread.sleep(PAUSE);
        }
    }
}
