package io.skerry.conformance;

import java.io.IOException;
import java.time.Duration;
import java.util.function.Predicate;

/// Reads again and again what a server says, until it says what a test expects, for a bounded time.
final class Await {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PAUSE = Duration.ofMillis(20);

    /// What fails fails the test: nothing is tried again after an exception.
    @FunctionalInterface
    interface Source<T> {
        T read() throws IOException, InterruptedException;
    }

    private Await() {}

    /// @return the first value that was expected, or else the last one that was read, for the caller to judge
    static <T> T value(Source<T> source, Predicate<T> expected) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        T value = source.read();
        while (!expected.test(value) && System.nanoTime() - begin < LIMIT.toNanos()) {
            Thread.sleep(PAUSE);
            value = source.read();
        }
        return value;
    }
}
