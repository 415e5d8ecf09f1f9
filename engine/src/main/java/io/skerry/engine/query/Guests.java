package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.storage.DatabaseFile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// The connections of other databases to which one database is attached. Its file must not be closed, and not be
/// replaced, before all of them have left. Thread-safe.
final class Guests {

    private final DatabaseFile file;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final Set<Guest> present = new HashSet<>();
    private boolean closed;

    Guests(DatabaseFile file) {
        this.file = file;
    }

    /// @throws DatabaseException UNAVAILABLE, NO_SUCH_DATABASE if the database is being closed; OVERLOADED if the node
    ///     has no room for one more connection
    void enter(Guest guest) {
        if (!file.takeRoom()) {
            throw Failures.noRoom(file);
        }
        lock.lock();
        try {
            if (!closed) {
                present.add(guest);
                return;
            }
        } finally {
            lock.unlock();
        }
        file.giveRoom();
        throw Failures.closed(file);
    }

    /// Called once for each that entered.
    void leave(Guest guest) {
        lock.lock();
        try {
            present.remove(guest);
            left.signalAll();
        } finally {
            lock.unlock();
        }
        file.giveRoom();
    }

    boolean none() {
        lock.lock();
        try {
            return present.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /// Lets nobody in any more, ends what runs on the connections of those who are there, and waits until they
    /// have left: for the end of a statement or commit that is under way, and then for a bounded time.
    void close(DatabaseException why, long waitNanos) {
        var ends = new ArrayList<Consumer<DatabaseException>>();
        lock.lock();
        try {
            closed = true;
            // Under the lock: whoever has left gave its connection to somebody else.
            for (var guest : present) {
                guest.interrupt(why);
                var end = guest.transactionEnd();
                if (end != null) {
                    ends.add(end);
                }
            }
        } finally {
            lock.unlock();
        }
        ends.forEach(end -> end.accept(why));
        awaitNone(why, waitNanos);
    }

    /// An interrupt of this thread does not end the wait: the file is deleted or replaced after it.
    private void awaitNone(DatabaseException why, long waitNanos) {
        var interrupted = false;
        var end = System.nanoTime() + waitNanos;
        lock.lock();
        try {
            while (!present.isEmpty() && System.nanoTime() - end < 0) {
                present.forEach(guest -> guest.interrupt(why));
                try {
                    left.await(Watchdog.TICK_NANOS, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
