package io.skerry.catalog.upload;

import io.skerry.engine.DatabaseId;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// One upload of [Uploads]: the database file that it is or becomes, and whether that may be deleted.
/// Thread-safe; whoever is told so by [#end] or [#giveUp] deletes it, and is the only one.
abstract sealed class Upload permits DumpUpload, FileUpload {

    private enum State {
        /// Waits to be used, or for more of it.
        OPEN,
        /// A database file is made of it, or it is checked.
        WORKING,
        /// Its database file may be read.
        READY
    }

    /// Orders that are late are so by seconds: of more attempts at one upload than this meanwhile the oldest are
    /// forgotten.
    private static final int ENDED_MAX = 64;

    private final UploadOwner owner;
    private final UploadOwner payer;
    private final Path database;
    private final LinkedHashSet<DatabaseId> ended = new LinkedHashSet<>();
    final ReentrantLock lock = new ReentrantLock();
    private State state = State.OPEN;
    private boolean givenUp;
    /// For which it was used last.
    private @Nullable DatabaseId user;
    private long endsAt;
    private long bytes;

    /// @param payer in whose share it counts: the organization, as far as it is known
    Upload(UploadOwner owner, UploadOwner payer, Path database, long endsAt) {
        this.owner = owner;
        this.payer = payer;
        this.database = database;
        this.endsAt = endsAt;
    }

    UploadOwner owner() {
        return owner;
    }

    UploadOwner payer() {
        return payer;
    }

    Path database() {
        return database;
    }

    /// Room that it takes.
    final long bytes() {
        return locked(() -> bytes);
    }

    final void grow(long more) {
        locked(() -> bytes += more);
    }

    /// Whether its time is over; never while it is worked on, which ends by itself.
    ///
    /// @param now of [System#nanoTime]
    final boolean isOver(long now) {
        return locked(() -> state != State.WORKING && now - endsAt >= 0);
    }

    final void keepUntil(long nowEndsAt) {
        locked(() -> endsAt = nowEndsAt);
    }

    /// Whether nobody uses it so far and more of it may come.
    final boolean isOpen() {
        return locked(() -> state == State.OPEN && !givenUp);
    }

    /// What became of the wish to use it.
    enum Begin {
        BEGUN,
        /// Somebody else is at it, who may fail or be about to end.
        AT_WORK,
        /// It was used, or given up, for good.
        USED,
        /// That use was ended before it began.
        ENDED
    }

    /// @param database that is to have its content
    final Begin begin(DatabaseId database) {
        return locked(() -> {
            if (givenUp || state == State.READY && isUsedOnce()) {
                return Begin.USED;
            }
            if (ended.contains(database)) {
                return Begin.ENDED;
            }
            if (state == State.WORKING) {
                return Begin.AT_WORK;
            }
            state = State.WORKING;
            user = database;
            return Begin.BEGUN;
        });
    }

    /// Ends its use for a database. One that has not begun does not begin any more, if each use is for a database of
    /// its own.
    ///
    /// @return whether it is used for that, or was used for that last
    final boolean endUse(DatabaseId database) {
        return locked(() -> {
            if (database.equals(user)) {
                return true;
            }
            if (isUsedOnce()) {
                ended.add(database);
                if (ended.size() > ENDED_MAX) {
                    ended.removeFirst();
                }
            }
            return false;
        });
    }

    /// Whether what was made of it once is not made again.
    abstract boolean isUsedOnce();

    /// The work is over.
    ///
    /// @param done whether the database file may be read now
    /// @return whether it was given up meanwhile: its files are to be deleted
    final boolean end(boolean done, long nowEndsAt) {
        return locked(() -> {
            state = done ? State.READY : State.OPEN;
            endsAt = nowEndsAt;
            return givenUp;
        });
    }

    /// @return whether its files are to be deleted now
    final boolean giveUp() {
        return locked(() -> {
            givenUp = true;
            return state != State.WORKING;
        });
    }

    final boolean isGivenUp() {
        return locked(() -> givenUp);
    }

    final boolean isReady() {
        return locked(() -> state == State.READY);
    }

    final <T> T locked(java.util.function.Supplier<T> work) {
        lock.lock();
        try {
            return work.get();
        } finally {
            lock.unlock();
        }
    }
}
