package io.skerry.hrana.wire;

import java.util.concurrent.atomic.AtomicLong;

/// Bytes that all requests together may hold. Thread-safe, never waits.
public final class ByteBudget {

    private final long limit;
    private final AtomicLong used = new AtomicLong();

    public ByteBudget(long limit) {
        this.limit = limit;
    }

    public boolean tryAcquire(long bytes) {
        if (used.addAndGet(bytes) <= limit) {
            return true;
        }
        used.addAndGet(-bytes);
        return false;
    }

    public void release(long bytes) {
        used.addAndGet(-bytes);
    }
}
