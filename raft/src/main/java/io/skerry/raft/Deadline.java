package io.skerry.raft;

import java.time.Duration;

/// A point in time that several steps share.
record Deadline(long atNanos) {

    static Deadline in(Duration limit) {
        return new Deadline(System.nanoTime() + limit.toNanos());
    }

    /// Nanoseconds until then, 0 once it has passed.
    long leftNanos() {
        return Math.max(0, atNanos - System.nanoTime());
    }

    Duration left() {
        return Duration.ofNanos(leftNanos());
    }
}
