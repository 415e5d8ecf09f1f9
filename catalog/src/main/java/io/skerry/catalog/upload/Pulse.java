package io.skerry.catalog.upload;

import java.util.function.BooleanSupplier;

/// Whether work on an upload goes on, and whether it is to: it beats on the thread that works, and anybody may listen.
final class Pulse {

    private static final long DISK_LOOK_NANOS = 100_000_000;

    private final Disk disk;
    private final BooleanSupplier wanted;
    private volatile long beats;
    private volatile boolean stopped;
    private volatile boolean low;
    private long lookedAt = System.nanoTime();

    Pulse(Disk disk, BooleanSupplier wanted) {
        this.disk = disk;
        this.wanted = wanted;
    }

    /// @return whether to go on
    @SuppressWarnings("NonAtomicVolatileUpdate") // There is one writer.
    boolean beat() {
        beats++;
        long now = System.nanoTime();
        if (now - lookedAt >= DISK_LOOK_NANOS) {
            lookedAt = now;
            low = low || disk.isLow();
        }
        return !stopped && !low && wanted.getAsBoolean();
    }

    long beats() {
        return beats;
    }

    /// Whether it ended because others need the rest of the disk.
    boolean diskWasLow() {
        return low;
    }

    /// Nobody waits for the work any more.
    void stop() {
        stopped = true;
    }
}
