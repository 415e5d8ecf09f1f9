package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.storage.DatabaseFile;
import io.skerry.sqlite.SqliteException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The read connections of one database. The one that was used last is used first: its cache is warm, and those
/// not needed fall idle and are closed. Thread-safe; a connection belongs to whoever borrowed it.
final class Readers {

    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);

    /// Then it is looked for room again.
    private static final long ROOM_NANOS = 5_000_000;

    private final DatabaseFile file;
    private final QuerySettings settings;
    private final Watchdog watchdog;
    private final LongReads longReads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition returned = lock.newCondition();
    private final ArrayDeque<SqlConnection> idle = new ArrayDeque<>();
    private final Set<SqlConnection> borrowed = new HashSet<>();
    private int opening;
    private boolean closed;

    Readers(DatabaseFile file, QuerySettings settings, Watchdog watchdog, LongReads longReads) {
        this.file = file;
        this.settings = settings;
        this.watchdog = watchdog;
        this.longReads = longReads;
    }

    /// @throws DatabaseException OVERLOADED if all are in use for [QuerySettings#readerWait], or the node has no
    ///     room for another one; UNAVAILABLE; SQLITE if SQLite does not open the file
    SqlConnection borrow() {
        var end = System.nanoTime() + settings.readerWait().toNanos();
        while (true) {
            var reader = take(end);
            if (reader != null) {
                return reader;
            }
            if (file.takeRoom()) {
                return open();
            }
            awaitOther(end);
        }
    }

    /// An idle connection, or null if one may be opened, which counts as opening then.
    private @Nullable SqlConnection take(long end) {
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    throw Failures.closed(file);
                }
                var reader = idle.pollLast();
                if (reader != null) {
                    borrowed.add(reader);
                    return reader;
                }
                if (borrowed.size() + opening < settings.readers()) {
                    opening++;
                    return null;
                }
                var left = end - System.nanoTime();
                if (left <= 0) {
                    throw new DatabaseException(
                            Code.OVERLOADED,
                            "all " + settings.readers() + " read connections of database " + file.id()
                                    + " are in use; try again");
                }
                await(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /// The node has no room for another connection: one of these comes back, or something else is closed.
    private void awaitOther(long end) {
        lock.lock();
        try {
            opening--;
            var left = end - System.nanoTime();
            if (left <= 0) {
                throw Failures.noRoom(file);
            }
            if (idle.isEmpty()) {
                await(Math.min(left, ROOM_NANOS));
            }
        } finally {
            lock.unlock();
        }
    }

    /// Returns when something may have changed.
    private void await(long nanos) {
        try {
            var left = returned.awaitNanos(nanos);
            if (left <= 0) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(Code.UNAVAILABLE, "interrupted while waiting for a read connection", e);
        }
    }

    /// Outside the lock: it takes hundreds of microseconds.
    private SqlConnection open() {
        SqlConnection reader = null;
        try {
            reader = new SqlConnection(file.openReader(), file, settings, watchdog, longReads);
            return reader;
        } catch (SqliteException e) {
            throw Failures.running(e, null); // the file is no database, or cannot be opened
        } finally {
            lock.lock();
            try {
                opening--;
                if (reader != null) {
                    borrowed.add(reader);
                }
                returned.signalAll();
            } finally {
                lock.unlock();
            }
            if (reader == null) {
                file.giveRoom();
            }
        }
    }

    /// Nothing runs on the connection any more; a transaction that is open on it ends here.
    void giveBack(SqlConnection reader) {
        var clean = rolledBack(reader) && reader.attached().detachAll();
        var keep = false;
        lock.lock();
        try {
            borrowed.remove(reader);
            keep = clean && !closed && idle.size() < settings.idleReaders();
            if (keep) {
                reader.rest();
                idle.addLast(reader);
            }
            returned.signal();
        } finally {
            lock.unlock();
        }
        if (!keep) {
            reader.close();
            file.giveRoom();
            signalClosed();
        }
    }

    /// @return false if that failed: closing the connection ends it all the same
    private boolean rolledBack(SqlConnection reader) {
        try {
            reader.rollback();
            return true;
        } catch (SqliteException e) {
            LOG.warn("Database {}: a read connection is closed, its transaction does not end", file.id(), e);
            return false;
        }
    }

    private void signalClosed() {
        lock.lock();
        try {
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Connections on which a statement runs now.
    int running() {
        lock.lock();
        try {
            return Math.toIntExact(borrowed.stream()
                    .filter(reader -> reader.interruption().running())
                    .count());
        } finally {
            lock.unlock();
        }
    }

    boolean unused() {
        lock.lock();
        try {
            return borrowed.isEmpty() && opening == 0;
        } finally {
            lock.unlock();
        }
    }

    boolean refusing() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    /// Gives out no connection from now on.
    void refuse() {
        lock.lock();
        try {
            closed = true;
            returned.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Under the lock. An interrupt of this thread does not end the wait: the file is deleted or replaced after it.
    private void awaitUnused(long waitNanos) {
        var interrupted = false;
        var end = System.nanoTime() + waitNanos;
        while ((!borrowed.isEmpty() || opening > 0) && System.nanoTime() - end < 0) {
            borrowed.forEach(reader -> reader.interruption().close());
            try {
                returned.await(Watchdog.TICK_NANOS, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /// Interrupts what runs, waits until all are back (for a bounded time) and closes them.
    void close(long waitNanos) {
        var toClose = new ArrayList<SqlConnection>();
        lock.lock();
        try {
            closed = true;
            returned.signalAll();
            toClose.addAll(idle);
            idle.clear();
            awaitUnused(waitNanos);
        } finally {
            lock.unlock();
        }
        for (var reader : toClose) {
            reader.close();
            file.giveRoom();
        }
    }
}
