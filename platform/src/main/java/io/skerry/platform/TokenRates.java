package io.skerry.platform;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/// So many requests a second with each token, and as many at once after a pause. Thread-safe.
final class TokenRates {

    private static final int TOKENS_MAX = 10_000;
    private static final double NANOS = 1e9;

    private final int perSecond;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Recent<String, Bucket> buckets = new Recent<>(TOKENS_MAX);

    /// @param nanos a clock that only goes forward
    TokenRates(int perSecond, LongSupplier nanos) {
        this.perSecond = perSecond;
        this.nanos = nanos;
    }

    /// Takes one request off what the token has left.
    ///
    /// @return how long to wait if nothing is left
    Optional<Duration> take(String token) {
        long now = nanos.getAsLong();
        lock.lock();
        try {
            Bucket before = buckets.get(token);
            double left = before == null
                    ? perSecond
                    : Math.min(perSecond, before.left + (now - before.at) / NANOS * perSecond);
            if (left < 1) {
                return Optional.of(Duration.ofNanos((long) ((1 - left) / perSecond * NANOS)));
            }
            buckets.put(token, new Bucket(left - 1, now));
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    private record Bucket(double left, long at) {}
}
