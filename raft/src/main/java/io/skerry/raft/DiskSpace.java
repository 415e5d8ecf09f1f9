package io.skerry.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Free space on the disk of a node's logs, looked at a few times a second at most. Thread-safe.
final class DiskSpace {

    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /// With less than that SQLite and the log meet the end of the disk at every other write.
    private static final long FULL_BYTES = 1 << 20;

    private final FileStore store;
    private final long reserve;
    private final AtomicLong lookedAt = new AtomicLong(System.nanoTime() - FRESH_NANOS);
    private volatile long free = Long.MAX_VALUE;

    private DiskSpace(FileStore store, long reserve) {
        this.store = store;
        this.reserve = reserve;
    }

    /// @param reserve bytes that must be free for entries to be let in
    static DiskSpace of(Path directory, long reserve) {
        try {
            return new DiskSpace(Files.getFileStore(directory), reserve);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot find the disk of " + directory, e);
        }
    }

    /// Why no entry is let in: what is free, what must be, and the way out; null while there is space.
    /// At most 100 ms old.
    @Nullable
    String refusal() {
        long now = free();
        return now < reserve ? line(now) : null;
    }

    /// What is to be told: the same, and, where less or nothing is reserved, that the disk is as good
    /// as full.
    @Nullable
    String shortage() {
        long now = free();
        return now < Math.max(reserve, FULL_BYTES) ? line(now) : null;
    }

    /// Why a long transaction writes no more before its commit: what entries need is left to those of
    /// others, and as much again, as uploads do. Null while there is space. At most 100 ms old.
    @Nullable
    String spillRefusal() {
        long now = free();
        return now < 2 * reserve
                ? (now >> 10) + " KB are free on the log's disk, less than twice the reserve of " + (reserve >> 10)
                        + " KB: long transactions resume when there is space"
                : null;
    }

    private String line(long now) {
        return (now >> 10) + " KB are free on the log's disk"
                + (now < reserve ? ", less than the reserve of " + (reserve >> 10) + " KB" : "")
                + "; writes resume when there is space";
    }

    boolean isShort() {
        return free() < reserve;
    }

    private long free() {
        long seen = lookedAt.get();
        long now = System.nanoTime();
        if (now - seen >= FRESH_NANOS && lookedAt.compareAndSet(seen, now)) {
            try {
                free = store.getUsableSpace();
            } catch (IOException e) {
                // A disk that cannot be asked will say so itself at the next write.
                free = Long.MAX_VALUE;
            }
        }
        return free;
    }
}
