package io.skerry.raft;

import java.util.concurrent.atomic.AtomicLong;

/// Progress of one snapshot that is, or was, on its way. Thread-safe.
final class Transfer {

    private final AtomicLong copied = new AtomicLong();
    private volatile long total;

    void total(long bytes) {
        total = bytes;
    }

    void add(long bytes) {
        copied.addAndGet(bytes);
    }

    long copied() {
        return copied.get();
    }

    /// Files may grow while they are copied.
    long total() {
        return Math.max(total, copied.get());
    }
}
