package io.skerry.raft;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Free space on the disk of a directory, looked at a few times a second at most. Thread-safe.
final class DiskSpace {

    private static final long FRESH_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final FileStore store;
    private final AtomicLong lookedAt = new AtomicLong(System.nanoTime() - FRESH_NANOS);
    private volatile long free = Long.MAX_VALUE;

    private DiskSpace(FileStore store) {
        this.store = store;
    }

    static DiskSpace of(Path directory) {
        try {
            return new DiskSpace(Files.getFileStore(directory));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot find the disk of " + directory, e);
        }
    }

    /// Bytes that may still be written, at most 100 ms old.
    long free() {
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
