package io.skerry.server;

import java.time.Duration;
import java.util.regex.Pattern;

/// The end of the nodes that ran in this process. A node that is closed waits for its log for a moment
/// only, and until its threads have ended its directory is neither free for another one nor to be
/// deleted. Ratis may never end a group that failed at that moment, which a test is not kept by.
public final class ClosedLogs {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Pattern THREADS =
            Pattern.compile(".+-(close|(checkpoint|transfer|leadership|clock|restart)-\\d+|remove-[0-9a-f-]{36})");

    private ClosedLogs() {}

    public static void await() throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() - end < 0
                && Thread.getAllStackTraces().keySet().stream()
                        .anyMatch(thread -> THREADS.matcher(thread.getName()).matches())) {
            Thread.sleep(10);
        }
    }
}
