package io.skerry.engine.storage;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.LogEntry;
import io.skerry.engine.entry.TransactionAssembly.Transaction;
import io.skerry.engine.storage.FileLife.Phase;
import io.skerry.sqlite.ResultCode;
import io.skerry.sqlite.SqliteException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies the entries of one database that no writer of this node holds: in each phase of the file in its
/// own way.
///
/// Invariants:
/// * Each entry is in the file or its WAL when this returns, or the file is fenced and a rebuild owes it
///   ([LogIntake#skip]), or the database is of no use here any more.
/// * The applying thread never waits for a writer: a commit of that may wait for this thread.
///
/// The applying thread only.
final class EntryApplier {

    private static final Logger LOG = LoggerFactory.getLogger(EntryApplier.class);

    /// Each time a session may have begun a write transaction just before it learnt that it must not.
    private static final int BUSY_ATTEMPTS_MAX = 5;

    private final StoredDatabase database;
    private final GroupFiles group;
    private final FileLife life;
    private final LogIntake intake;
    private final FileReplay replay;
    private final LocalCommits commits;
    private final VisibleFrame visible;

    EntryApplier(
            StoredDatabase database,
            GroupFiles group,
            FileLife life,
            LogIntake intake,
            FileReplay replay,
            LocalCommits commits,
            VisibleFrame visible) {
        this.database = database;
        this.group = group;
        this.life = life;
        this.intake = intake;
        this.replay = replay;
        this.commits = commits;
        this.visible = visible;
    }

    void apply(LogIndex index, LogEntry.Pages entry) {
        long deadline = System.nanoTime() + FileLife.CHANGE_WAIT_NANOS;
        while (!tryApply(index, entry, deadline)) {
            // The phase has changed: look again.
        }
    }

    private boolean tryApply(LogIndex index, LogEntry.Pages entry, long deadline) {
        OpenFile present = null;
        Transaction transaction = null;
        life.lock.lock();
        try {
            if (index.value() <= intake.place().replayFrom()) {
                return true;
            }
            if (life.phase() != Phase.CHANGING && !isOver()) {
                intake.arrived(index.value() - 1);
            }
            switch (life.phase()) {
                case STOPPED, DROPPED, CLOSED -> {
                    return true;
                }
                case FENCED -> {
                    intake.skip(index);
                    return true;
                }
                case CHANGING -> {
                    life.awaitChange(deadline);
                    return false;
                }
                case REPLAYING -> {
                    return replay.take(index, entry);
                }
                case AT_REST -> life.beginChange();
                case OPEN -> {
                    transaction = nextBesideWriter(index, entry);
                    if (transaction == null) {
                        return true;
                    }
                    present = life.file();
                }
            }
        } finally {
            life.lock.unlock();
        }
        if (present == null || transaction == null) {
            open();
            return false;
        }
        apply(present, transaction);
        return true;
    }

    private boolean isOver() {
        return switch (life.phase()) {
            case STOPPED, DROPPED, CLOSED -> true;
            case REPLAYING, AT_REST, CHANGING, OPEN, FENCED -> false;
        };
    }

    private void open() {
        try {
            group.node().makeRoom();
            life.openFile(intake.place().pageSize());
        } catch (DatabaseException e) {
            // The database is fenced or stopped now, and says so itself.
            LOG.debug("database {}: cannot be opened to apply an entry", database.id(), e);
        }
    }

    /// The transaction to apply now, if there is one. Under the lock.
    private @Nullable Transaction nextBesideWriter(LogIndex index, LogEntry.Pages entry) {
        if (commits.inBarrier() && entry.last()) {
            commits.overtake();
            intake.skip(index);
            return null;
        }
        if (commits.inBarrier()) {
            // The first pieces of the commit under way come back before its last is claimed. Should they be
            // another node's, their own last piece tells.
            next(index, entry);
            return null;
        }
        database.used();
        life.file().disarm();
        Transaction transaction = next(index, entry);
        if (transaction != null) {
            intake.beginApply(transaction);
        }
        return transaction;
    }

    private @Nullable Transaction next(LogIndex index, LogEntry.Pages entry) {
        try {
            return intake.next(index, entry).orElse(null);
        } catch (DatabaseException e) {
            life.stop("log entry " + index + " cannot be applied: " + e.getMessage());
            return null;
        }
    }

    private void apply(OpenFile present, Transaction transaction) {
        try {
            applyBesideWriter(present, transaction);
        } catch (RuntimeException e) {
            failed(transaction.index(), e);
            return;
        }
        life.lock.lock();
        try {
            // A checkpoint may have come between, and found the file complete.
            intake.arrived(transaction.first().value() - 1);
            intake.endApply();
            intake.advance(transaction);
            visible.raise(transaction.frame().value());
        } finally {
            life.lock.unlock();
        }
        present.checkpointIfFull();
    }

    /// A transaction that was begun while this node led can keep the entry out: it ends then. Readers are not
    /// in the way.
    private void applyBesideWriter(OpenFile present, Transaction transaction) {
        for (int attempt = 1; ; attempt++) {
            try {
                present.apply(transaction);
                return;
            } catch (SqliteException e) {
                FileUser user = present.userIfAny();
                if (e.code() != ResultCode.BUSY || user == null || attempt == BUSY_ATTEMPTS_MAX) {
                    throw e;
                }
                user.abortTransactions(StoredDatabase.notLeader(database.id()));
            }
        }
    }

    private void failed(LogIndex index, RuntimeException cause) {
        life.lock.lock();
        try {
            intake.endApply();
            intake.skip(index);
            // A full disk, or a file that is not what it should be: the rebuild tells them apart.
            life.fence("log entry " + index + " could not be applied: " + cause.getMessage());
        } finally {
            life.lock.unlock();
        }
    }
}
