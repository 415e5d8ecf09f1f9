package io.skerry.engine.storage;

import io.skerry.engine.entry.TransactionAssembly;
import java.time.Duration;

/// The limits of files and what keeps them.
///
/// @param openDatabases databases of this node that are open at once; the one unused longest is closed for
///     another
/// @param idleTime an open database that nobody used for so long is closed
/// @param openWait how long a user waits for a database that is being replayed, rebuilt or closed
/// @param walBytes the WAL's size at which the file is checkpointed; a WAL grows beyond it while a reader
///     holds an old snapshot. A page that changes after a checkpoint goes into the log whole once: the smaller
///     this is, the larger is the log
/// @param transactionBytes a transaction of which other members would have to hold more is refused before it
///     reaches the log
/// @param pageSize of new databases, a power of two from 512 to 65536
/// @param replaysOpen files that are open at once while the log is replayed at start
/// @param maintenanceThreads threads that rebuild fenced databases and close idle ones
/// @param descriptors file descriptors of this node's databases; those unused longest are closed for others
public record StorageSettings(
        int openDatabases,
        Duration idleTime,
        Duration openWait,
        long walBytes,
        long transactionBytes,
        int pageSize,
        int replaysOpen,
        int maintenanceThreads,
        int descriptors) {

    private static final int DESCRIPTORS_MIN = 4 * FileRoom.CONNECTIONS * OpenRoom.CONNECTION;

    public static final StorageSettings DEFAULT = new StorageSettings(
            2_000,
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            64L << 20,
            64L << 20,
            4096,
            500,
            2,
            Integer.MAX_VALUE);

    public StorageSettings {
        positive("openDatabases", openDatabases);
        positive("idleTime", idleTime.toNanos());
        positive("openWait", openWait.toNanos());
        positive("walBytes", walBytes);
        positive("transactionBytes", transactionBytes);
        if (transactionBytes > TransactionAssembly.HELD_BYTES_MAX) {
            throw new IllegalArgumentException("setting transactionBytes is " + transactionBytes
                    + ", and no member holds more than " + TransactionAssembly.HELD_BYTES_MAX + " of a transaction");
        }
        positive("replaysOpen", replaysOpen);
        positive("maintenanceThreads", maintenanceThreads);
        if (descriptors < DESCRIPTORS_MIN) {
            throw new IllegalArgumentException(
                    "setting descriptors is " + descriptors + ", it has to be " + DESCRIPTORS_MIN + " at least");
        }
        if (pageSize < 512 || pageSize > 65536 || Integer.bitCount(pageSize) != 1) {
            throw new IllegalArgumentException("setting pageSize is " + pageSize + ", not a page size of SQLite");
        }
    }

    private static void positive(String name, long value) {
        if (value <= 0) {
            throw new IllegalArgumentException("setting " + name + " is " + value + ", it has to be positive");
        }
    }
}
