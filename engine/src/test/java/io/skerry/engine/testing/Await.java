package io.skerry.engine.testing;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/// Waits for what a test expects, for a bounded time.
public final class Await {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private Await() {}

    public static void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("did not happen within " + LIMIT + ": " + what);
            }
            Thread.onSpinWait();
            Thread.yield();
        }
    }

    public static void latch(CountDownLatch latch) {
        try {
            if (!latch.await(LIMIT.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new AssertionError("nobody came within " + LIMIT);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
