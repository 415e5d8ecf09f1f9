package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// A transaction that has only read so far, on a read connection of its own. Its session runs it; the database
/// may end it from any thread, and the watchdog does when it is older than [QuerySettings#transactionAge].
final class ReadTransaction implements Watchdog.Watched {

    /// So many savepoints may be opened and released before the first write, which repeats them on the writer.
    static final int CONTROLS_MAX = 1_000;

    private final OpenDatabase database;
    private final SqlConnection reader;
    private final boolean refusesWrites;
    private final long ageNanosMax;
    private final long beganNanos = System.nanoTime();
    private final List<SqlText> controls = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable FrameNo before;
    private volatile @Nullable DatabaseException aborted;
    private boolean over;

    ReadTransaction(OpenDatabase database, SqlConnection reader, boolean refusesWrites, long ageNanosMax) {
        this.database = database;
        this.reader = reader;
        this.refusesWrites = refusesWrites;
        this.ageNanosMax = ageNanosMax;
    }

    SqlConnection reader() {
        return reader;
    }

    boolean refusesWrites() {
        return refusesWrites;
    }

    /// The session begins to use it.
    ///
    /// @throws DatabaseException why it was ended meanwhile
    void enter() {
        lock.lock();
        var why = aborted;
        if (why != null) {
            lock.unlock();
            throw why;
        }
    }

    void leave() {
        lock.unlock();
    }

    /// Why it was, or is about to be, ended by somebody else than its session.
    @Nullable
    DatabaseException aborted() {
        return aborted;
    }

    /// Before a statement that may take the snapshot. The frame is read beforehand, so a commit in between makes
    /// the snapshot look older than it is, never newer.
    ///
    /// @return the frame that the snapshot shows at least
    FrameNo reads() {
        var seen = before;
        if (seen == null) {
            seen = database.file().frame();
            before = seen;
        }
        return seen;
    }

    /// Whether nothing was committed since the snapshot, so that the transaction may go on as a writing one.
    boolean current() {
        var seen = before;
        return seen == null || seen.equals(database.file().frame());
    }

    void controlled(SqlText text) {
        controls.add(text);
    }

    boolean tooManyControls() {
        return controls.size() >= CONTROLS_MAX;
    }

    /// What opened this transaction and its savepoints, in order.
    List<SqlText> controls() {
        return controls;
    }

    /// Ends it and gives the connection back. Under the lock, or by its session. Idempotent.
    void end() {
        lock.lock();
        try {
            if (!over) {
                over = true;
                database.ended(this);
            }
        } finally {
            lock.unlock();
        }
    }

    /// Ends it from another thread; its session learns why at its next use. Waits for the statement that runs in it,
    /// which the watchdog interrupts, see [SqlSession#ended].
    void abort(DatabaseException reason) {
        aborted = reason;
        end();
    }

    /// Ends it once it is too old, also while nothing runs in it: its snapshot is to be gone then, not when
    /// its client comes again.
    @Override
    public boolean check(long nowNanos) {
        if (aborted == null && nowNanos - beganNanos > ageNanosMax) {
            aborted = Failures.transactionTimeout();
            Thread.ofVirtual().name("transaction-end").start(this::end); // waits for the statement that runs
        }
        return true;
    }
}
