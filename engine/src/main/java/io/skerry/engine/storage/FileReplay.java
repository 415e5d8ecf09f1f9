package io.skerry.engine.storage;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.LogEntry;
import io.skerry.engine.entry.TransactionAssembly.Transaction;
import io.skerry.engine.storage.FileLife.Phase;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes the log into the file while SQLite does not have it open: at the start (`REPLAYING`), and once more
/// when the file's state is in doubt (`FENCED`, driven by [Rebuild]).
///
/// Invariants:
/// * Until the log was applied up to `mixedUpTo` the file may mix states, and nobody opens it.
/// * Before the first byte is written, the position file admits everything that will be.
///
/// Thread-safe. It writes under the lock of [FileLife]: nobody else has business with the file then.
final class FileReplay {

    private static final Logger LOG = LoggerFactory.getLogger(FileReplay.class);

    private final StoredDatabase database;
    private final GroupFiles group;
    private final DatabasePaths paths;
    private final FileLife life;
    private final LogIntake intake;
    private final LogPlace place;
    private final VisibleFrame visible;

    private long mixedUpTo;
    private @Nullable RawReplay replay;

    FileReplay(
            StoredDatabase database,
            GroupFiles group,
            DatabasePaths paths,
            FileLife life,
            LogIntake intake,
            VisibleFrame visible) {
        this.database = database;
        this.group = group;
        this.paths = paths;
        this.life = life;
        this.intake = intake;
        this.visible = visible;
        place = intake.place();
        mixedUpTo = place.consistentAt();
    }

    // ---- at the start

    /// The last entry that the file needs before SQLite may open it, or up to which writing directly is
    /// faster than SQLite. Under the lock.
    long target() {
        return Math.max(mixedUpTo, group.replayTarget().value());
    }

    /// Whether whoever waits until `deadline` may end the replay. Under the lock.
    boolean isReplayed(long deadline) {
        long applied = group.log().applied().value();
        if (group.leadership().leads() || applied >= target()) {
            return true;
        }
        // The log may have been shorter in the end than this node's own part of it was.
        boolean waitedHalf =
                deadline - System.nanoTime() < group.settings().openWait().toNanos() / 2;
        return waitedHalf && applied >= mixedUpTo;
    }

    /// Takes an entry in the phase `REPLAYING`. Under the lock.
    ///
    /// @return false if it comes after the replay, which is over now
    boolean take(LogIndex index, LogEntry.Pages entry) {
        if (index.value() > target()) {
            settle();
            return false;
        }
        try {
            if (write(index, entry)) {
                // Whoever reads has to wait for the end of the replay, and then sees it.
                visible.raise(place.frame());
            }
        } catch (DatabaseException e) {
            String why = "log entry " + index + " cannot be replayed: " + e.getMessage();
            if (e.code() == Code.LOG_DAMAGED || e.code() == Code.TRANSACTION_TOO_LARGE) {
                life.stop(why);
            } else {
                intake.skip(index);
                life.fence(why);
            }
        }
        return true;
    }

    /// @return whether the entry completed a transaction, which is in the file now
    private boolean write(LogIndex index, LogEntry.Pages entry) {
        Optional<Transaction> complete = intake.next(index, entry, place.frame());
        complete.ifPresent(transaction -> {
            open().apply(transaction);
            intake.advance(transaction);
        });
        return complete.isPresent();
    }

    private RawReplay open() {
        RawReplay present = replay;
        if (present == null) {
            // Written once for the whole replay: the file may come to hold anything up to there.
            admit(group.replayTarget());
            present = RawReplay.open(paths.file(), place.replayPosition(group.group(), database.id(), mixedUpTo));
            replay = present;
            group.replays().opened(database);
        }
        return present;
    }

    private void admit(LogIndex upTo) {
        if (place.consistentAt() < upTo.value()) {
            place.mayContain(upTo.value());
            paths.position().write(place.position(group.group(), database.id()));
        }
    }

    /// Ends the replay if `applied` is as far as the file may be.
    void settle(LogIndex applied) {
        life.lock.lock();
        try {
            if (applied.value() >= mixedUpTo || group.leadership().leads()) {
                settle();
            }
        } finally {
            life.lock.unlock();
        }
    }

    /// Ends the replay: from now on entries go through SQLite. Under the lock.
    void settle() {
        if (life.phase() != Phase.REPLAYING) {
            return;
        }
        try {
            boolean written = replay != null || place.dirty();
            close();
            if (written) {
                place.exact();
            }
            visible.raise(place.frame());
            life.rest();
        } catch (DatabaseException e) {
            life.stop("replay of the log failed: " + e.getMessage());
        }
    }

    /// Closes the file, to open it again for the next entry: for the bound on open files.
    void suspend() {
        life.lock.lock();
        try {
            close();
        } catch (DatabaseException e) {
            life.stop("replay of the log failed: " + e.getMessage());
        } finally {
            life.lock.unlock();
        }
    }

    /// Under the lock.
    ///
    /// @throws DatabaseException if what was written is not durable
    void close() {
        RawReplay present = replay;
        if (present != null) {
            replay = null;
            group.replays().closed(database);
            present.close();
        }
    }

    // ---- once more

    /// Forgets what was applied beyond what the file holds for certain.
    ///
    /// @return where the replay starts
    LogIndex beginAgain() {
        life.lock.lock();
        try {
            close();
            intake.forgetPieces();
            mixedUpTo = place.consistentAt();
            intake.expect();
            place.rewind();
            return new LogIndex(place.replayFrom());
        } finally {
            life.lock.unlock();
        }
    }

    /// Entries up to `applied` will be written into the file.
    void againUpTo(LogIndex applied) {
        life.lock.lock();
        try {
            if (life.phase() == Phase.FENCED) {
                admit(applied);
            }
        } finally {
            life.lock.unlock();
        }
    }

    void again(LogIndex index, LogEntry.Pages entry) {
        life.lock.lock();
        try {
            if (life.phase() == Phase.FENCED) {
                write(index, entry);
            }
        } finally {
            life.lock.unlock();
        }
    }

    /// The log was replayed up to `applied`.
    ///
    /// @return false if more has arrived meanwhile
    boolean endAgain(LogIndex applied) {
        life.lock.lock();
        try {
            if (life.phase() != Phase.FENCED) {
                return true;
            }
            if (intake.skippedTo() > applied.value()) {
                return false;
            }
            close();
            place.exact();
            visible.raise(place.frame());
            life.rest();
            LOG.info(
                    "database {}: rebuilt from its log up to entry {}, frame {}",
                    database.id(),
                    applied,
                    place.frame());
            return true;
        } finally {
            life.lock.unlock();
        }
    }
}
