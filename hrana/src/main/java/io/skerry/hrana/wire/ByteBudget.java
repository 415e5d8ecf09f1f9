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

    /// Takes the bytes even where the budget does not allow it: for the few that an answer cannot do without.
    void overdraw(long bytes) {
        used.addAndGet(bytes);
    }

    public void release(long bytes) {
        used.addAndGet(-bytes);
    }

    public long used() {
        return used.get();
    }
}
