package io.skerry.raft;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Room for the entries that wait for one group's log, by their number and by their bytes; and, another one, for the
/// long transactions of a node. An entry has a place of both kinds or of none, so the room is empty exactly when no
/// append is under way.
///
/// Thread-safe.
final class AppendRoom {

    private static final int PERMIT_BYTES = 1024;

    private final int entriesMax;
    private final Duration limit;
    private final Semaphore entries;
    private final Semaphore kilobytes;

    /// @param limit how long an entry waits for its place
    AppendRoom(int entriesMax, long bytesMax, Duration limit) {
        this.entriesMax = entriesMax;
        this.limit = limit;
        this.entries = new Semaphore(entriesMax);
        this.kilobytes = new Semaphore(Math.toIntExact(bytesMax / PERMIT_BYTES));
    }

    /// For transactions of several entries, each as one: members hold what they have of it in memory until its last
    /// entry is there. One that the limit of the engine admits has room alone.
    static AppendRoom forTransactions(RaftSettings settings) {
        return new AppendRoom(
                settings.entriesInFlightMax(),
                settings.transactionBytesMax() + RaftSettings.ENTRY_BYTES_MAX,
                settings.appendLimit());
    }

    /// Takes a place for an entry of so many bytes; false if there was none in time.
    boolean take(int bytes) {
        long deadline = System.nanoTime() + limit.toNanos();
        if (!acquire(entries, 1, deadline)) {
            return false;
        }
        if (!acquire(kilobytes, permits(bytes), deadline)) {
            entries.release();
            return false;
        }
        return true;
    }

    /// As [#take], without waiting.
    boolean takeNow(int bytes) {
        if (!entries.tryAcquire()) {
            return false;
        }
        if (!kilobytes.tryAcquire(permits(bytes))) {
            entries.release();
            return false;
        }
        return true;
    }

    private static boolean acquire(Semaphore semaphore, int permits, long deadline) {
        if (semaphore.tryAcquire(permits)) {
            return true;
        }
        try {
            return semaphore.tryAcquire(permits, deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// @param bytes as they were for [#take]
    void giveBack(int bytes) {
        kilobytes.release(permits(bytes));
        entries.release();
    }

    private static int permits(int bytes) {
        return 1 + bytes / PERMIT_BYTES;
    }

    /// Waits until all places were free at one moment; false if `patience` ended first.
    boolean awaitEmpty(Duration patience) throws InterruptedException {
        if (!entries.tryAcquire(entriesMax, patience.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        entries.release(entriesMax);
        return true;
    }
}
