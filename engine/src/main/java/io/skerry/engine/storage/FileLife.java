package io.skerry.engine.storage;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.sqlite.SqliteException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Who has the file of a database: the phase that says it, the connections while it is open, and the waiting
/// for both.
///
/// Invariants:
/// * In `OPEN` there is a file; in `REPLAYING`, `AT_REST`, `DROPPED` and `CLOSED` nobody opens one, and one
///   that is still there waits for [#closeFile].
/// * One thread at a time has the phase `CHANGING`, and ends it. What should come meanwhile is kept
///   (`afterChange`) and comes then.
/// * `DROPPED` and `CLOSED` are final, `STOPPED` is left for them only.
///
/// `lock` guards this and everything else of the database's [StoredDatabase]. It is held for moments, never
/// while SQLite, the disk or the log is waited for. Who needs longer moves to a phase in which nobody else
/// touches the file. Methods without a word on it are called under the lock.
final class FileLife {

    private static final Logger LOG = LoggerFactory.getLogger(FileLife.class);

    /// How long an entry, or the end of the group, waits for the end of an opening or closing.
    static final long CHANGE_WAIT_NANOS = TimeUnit.SECONDS.toNanos(30);

    /// What the file is used for.
    enum Phase {
        /// The log from before the start is written into the file; SQLite does not have it open.
        REPLAYING,
        /// Everything applied is in the file, and nobody has it open.
        AT_REST,
        /// One thread opens or closes it.
        CHANGING,
        OPEN,
        /// Its state here is in doubt; it is rebuilt from the log.
        FENCED,
        /// It cannot be used here until somebody acts.
        STOPPED,
        DROPPED,
        /// The group was closed.
        CLOSED
    }

    final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final StoredDatabase database;
    private final GroupFiles group;
    private final DatabasePaths paths;

    // Written under the lock; without it, [#ending] reads them.
    private volatile Phase phase;
    private volatile String reason = "";
    /// What the rebuild waits for; null if it does not wait.
    private volatile @Nullable String waitsFor;
    private @Nullable OpenFile file;
    private @Nullable Phase afterChange;
    /// A rebuild is closing the file and deleting its WAL.
    private boolean discarding;

    FileLife(StoredDatabase database, GroupFiles group, DatabasePaths paths, Phase phase) {
        this.database = database;
        this.group = group;
        this.paths = paths;
        this.phase = phase;
    }

    Phase phase() {
        return phase;
    }

    /// Why the database is fenced or stopped, and what its rebuild waits for.
    String reason() {
        String waiting = waitsFor;
        return waiting == null ? reason : reason + "; it has to wait: " + waiting;
    }

    /// What is said to whoever wants the file, or was using it, when nobody gets it any more; null while somebody
    /// can. From any thread, without the lock: it is asked under the locks of those who use the file.
    @Nullable
    DatabaseException ending() {
        return switch (phase) {
            case DROPPED -> new DatabaseException(Code.NO_SUCH_DATABASE, "database " + paths.id() + " was deleted");
            case CLOSED ->
                new DatabaseException(Code.UNAVAILABLE, "the group of database " + paths.id() + " is stopped here");
            case STOPPED -> new DatabaseException(Code.UNAVAILABLE, reason());
            case REPLAYING, AT_REST, CHANGING, OPEN, FENCED -> null;
        };
    }

    /// What is wrong with the file for longer than a moment: one line; null if nothing is. Takes the
    /// lock.
    @Nullable
    String trouble() {
        lock.lock();
        try {
            return switch (phase) {
                case STOPPED -> reason;
                case FENCED ->
                    waitsFor == null ? null : "database " + paths.id() + " is rebuilt from its log (" + reason() + ")";
                case REPLAYING, AT_REST, CHANGING, OPEN, DROPPED, CLOSED -> null;
            };
        } finally {
            lock.unlock();
        }
    }

    /// The rebuild cannot go on at the moment. Takes the lock.
    void waits(String why) {
        lock.lock();
        try {
            waitsFor = why;
        } finally {
            lock.unlock();
        }
    }

    /// The connections, also those that are about to be closed.
    @Nullable
    OpenFile fileIfAny() {
        return file;
    }

    /// The connections in the phase `OPEN`.
    OpenFile file() {
        OpenFile present = file;
        if (present == null) {
            throw new IllegalStateException("database " + paths.id() + " is " + phase + " without a file");
        }
        return present;
    }

    /// Takes the lock.
    boolean isFenced() {
        lock.lock();
        try {
            return phase == Phase.FENCED;
        } finally {
            lock.unlock();
        }
    }

    /// Whether somebody else is to have the file at the end of the change.
    boolean changesHands() {
        return afterChange != null;
    }

    // ---- one thread has it

    /// From `AT_REST` or `OPEN`: whoever calls this has the file until [#endChange].
    void beginChange() {
        phase = Phase.CHANGING;
    }

    /// Takes the lock.
    void endChange(Phase next, @Nullable OpenFile newFile) {
        lock.lock();
        try {
            file = newFile;
            Phase wanted = afterChange;
            afterChange = null;
            enter(wanted == null ? next : wanted);
        } finally {
            lock.unlock();
        }
    }

    /// Opens the file; the phase is `CHANGING` and leaves it. Without the lock.
    ///
    /// @param room what it may have
    /// @throws DatabaseException if that fails: the database is fenced then
    void openFile(int pageSize, FileRoom room) {
        OpenFile opened = null;
        try {
            paths.requireNoWal();
            opened = OpenFile.open(database, group, paths, pageSize, room);
            group.node().opened(database);
        } catch (SqliteException e) {
            DatabaseException refusal = refusedFile(e);
            distrust(String.valueOf(refusal.getMessage()));
            throw refusal;
        } catch (DatabaseException e) {
            distrust(String.valueOf(e.getMessage()));
            throw e;
        } finally {
            if (opened == null) {
                room.close();
            }
            endChange(opened == null ? Phase.AT_REST : Phase.OPEN, opened);
        }
    }

    private DatabaseException refusedFile(SqliteException e) {
        LOG.warn("database {}: SQLite cannot open its file {}", paths.id(), paths.file(), e);
        return new DatabaseException(
                Code.UNAVAILABLE,
                e.extendedCode(),
                "database " + paths.id() + ": SQLite cannot open its file: " + e.getMessage(),
                e);
    }

    // ---- nobody has it

    /// Moves to a phase in which the file is nobody's, at once or when who has it now is done.
    private void leaveFor(Phase next, String why) {
        boolean final_ = phase == Phase.DROPPED || phase == Phase.CLOSED;
        if (final_ || phase == next || phase == Phase.STOPPED && next == Phase.FENCED) {
            return;
        }
        reason = why;
        if (phase == Phase.CHANGING) {
            Phase wanted = afterChange;
            afterChange = wanted == null || wanted == Phase.FENCED ? next : wanted;
        } else {
            enter(next);
        }
    }

    private void enter(Phase next) {
        phase = next;
        waitsFor = null;
        wake();
        switch (next) {
            case FENCED -> {
                LOG.warn("database {}: fenced, it will be rebuilt from its log: {}", paths.id(), reason);
                group.node().later(new Rebuild(database, group), 0);
            }
            case STOPPED -> {
                LOG.error("database {}: stopped: {}", paths.id(), reason);
                group.dirty().remove(database);
                group.node().later(this::closeFile, 0);
            }
            case REPLAYING, AT_REST, CHANGING, OPEN, DROPPED, CLOSED -> {}
        }
    }

    void fence(String why) {
        leaveFor(Phase.FENCED, why);
    }

    /// Takes the lock.
    void distrust(String why) {
        lock.lock();
        try {
            fence(why);
        } finally {
            lock.unlock();
        }
    }

    /// The database is damaged here; others are not concerned. Takes the lock.
    void stop(String why) {
        lock.lock();
        try {
            leaveFor(
                    Phase.STOPPED,
                    "database " + paths.id() + " is stopped on this node: " + why + ". The other members have it:"
                            + " remove this location from the group and add it again to fetch a fresh copy");
        } finally {
            lock.unlock();
        }
    }

    /// The replay or the rebuild is over.
    void rest() {
        enter(Phase.AT_REST);
    }

    /// For good; returns when nobody has the file any more.
    ///
    /// @param next `DROPPED` or `CLOSED`
    void retire(Phase next) {
        long deadline = System.nanoTime() + CHANGE_WAIT_NANOS;
        leaveFor(next, "it is closed");
        while (discarding || phase == Phase.CHANGING) {
            awaitChange(deadline);
        }
    }

    /// Closes the connections, if there are any. Only in a phase in which nobody opens the file, and without
    /// the lock.
    void closeFile() {
        OpenFile closing;
        lock.lock();
        try {
            closing = file;
        } finally {
            lock.unlock();
        }
        if (closing != null) {
            closing.close();
            lock.lock();
            try {
                file = null;
            } finally {
                lock.unlock();
            }
            group.node().closed(database);
        }
    }

    /// If it is fenced, closes the connections and throws the WAL away. Without the lock.
    void discardFile() {
        lock.lock();
        try {
            if (phase != Phase.FENCED) {
                return;
            }
            discarding = true;
        } finally {
            lock.unlock();
        }
        try {
            closeFile();
            paths.deleteWal();
        } finally {
            lock.lock();
            try {
                discarding = false;
                wake();
            } finally {
                lock.unlock();
            }
        }
    }

    // ---- waiting

    void wake() {
        changed.signalAll();
    }

    /// Returns when something may have changed, or the time is over.
    void await(long nanos) {
        try {
            long left = changed.awaitNanos(nanos);
            if (left <= 0) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(Code.UNAVAILABLE, "interrupted while waiting for database " + paths.id(), e);
        }
    }

    void awaitChange(long deadline) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new DatabaseException(
                    Code.UNAVAILABLE,
                    "database " + paths.id() + ": an entry waited too long for it to be opened or closed");
        }
        await(left);
    }
}
