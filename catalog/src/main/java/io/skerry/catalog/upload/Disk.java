package io.skerry.catalog.upload;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.util.function.LongSupplier;

/// What is free on the disk of a node's files, of which some is left to others. Thread-safe.
final class Disk {

    private final LongSupplier free;
    private final long reserveBytes;

    /// @param free bytes that this process may use
    /// @param reserveBytes that stay free
    Disk(LongSupplier free, long reserveBytes) {
        this.free = free;
        this.reserveBytes = reserveBytes;
    }

    /// @param what is to be stored
    /// @throws DatabaseException DISK_FULL if so many bytes more would leave less than the reserve
    void require(long more, String what) {
        long left = Math.max(0, free.getAsLong() - reserveBytes);
        if (more > left) {
            throw new DatabaseException(
                    Code.DISK_FULL,
                    "the disk of this node has no room for " + what + ": it needs " + more + " bytes, and " + left
                            + " are free beside the reserve of " + reserveBytes);
        }
    }

    boolean isLow() {
        return free.getAsLong() < reserveBytes;
    }
}
