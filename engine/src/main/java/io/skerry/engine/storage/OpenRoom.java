package io.skerry.engine.storage;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// What the open databases of one node may have together: so many of them, and so many file descriptors. A process
/// that has run out of descriptors opens no database and accepts no client, so nothing is opened before there is room
/// for it here. Thread-safe.
///
/// Clients get no more than a part of the descriptors. The rest is for the log, whose entries have to be applied
/// whether or not there is room.
final class OpenRoom {

    /// A database file and its WAL, which each connection opens for itself.
    static final int CONNECTION = 2;

    private static final int LOG_PART = 8;
    /// Whoever waits looks again after this, whatever it was told.
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final int databasesMax;
    private final int descriptorsMax;
    private final AtomicInteger databases = new AtomicInteger();
    private final AtomicInteger descriptors = new AtomicInteger();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final AtomicInteger waiting = new AtomicInteger();

    OpenRoom(int databasesMax, int descriptorsMax) {
        this.databasesMax = databasesMax;
        this.descriptorsMax = descriptorsMax;
    }

    /// Room for one more database, if there is some.
    ///
    /// @param number of descriptors
    boolean tryTakeDatabase(int number) {
        if (!tryTake(databases, 1, databasesMax)) {
            return false;
        }
        if (tryTake(number)) {
            return true;
        }
        databases.decrementAndGet();
        return false;
    }

    /// The same whether there is room or not.
    void takeDatabase(int number) {
        databases.incrementAndGet();
        take(number);
    }

    void giveDatabase(int number) {
        databases.decrementAndGet();
        give(number);
    }

    /// Room for so many descriptors, if there is some.
    boolean tryTake(int number) {
        return tryTake(descriptors, number, descriptorsMax - descriptorsMax / LOG_PART);
    }

    void take(int number) {
        descriptors.addAndGet(number);
    }

    void give(int number) {
        descriptors.addAndGet(-number);
        tell();
    }

    private static boolean tryTake(AtomicInteger taken, int number, int max) {
        int before = taken.getAndUpdate(now -> now + number <= max ? now + number : now);
        return before + number <= max;
    }

    /// Descriptors that are taken.
    int taken() {
        return descriptors.get();
    }

    boolean isFull() {
        return taken() >= descriptorsMax;
    }

    // ---- waiting

    /// Returns when there may be room that was not there, or the time is over: the caller looks.
    @SuppressWarnings("WaitNotInLoop")
    void await(long nanos) throws InterruptedException {
        waiting.incrementAndGet();
        lock.lock();
        try {
            freed.awaitNanos(Math.min(nanos, LOOK_AGAIN_NANOS));
        } finally {
            lock.unlock();
            waiting.decrementAndGet();
        }
    }

    /// Something was closed, or could be closed now. Costs nothing while nobody waits.
    void tell() {
        if (waiting.get() > 0) {
            lock.lock();
            try {
                freed.signal();
            } finally {
                lock.unlock();
            }
        }
    }
}
