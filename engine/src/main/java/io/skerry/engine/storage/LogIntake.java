package io.skerry.engine.storage;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.LogEntry;
import io.skerry.engine.entry.TransactionAssembly;
import io.skerry.engine.entry.TransactionAssembly.Transaction;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What came from the log to one database and is not accounted for by its [LogPlace] alone: the pieces of a
/// transaction that is not complete, what is being applied at this moment, and what was left to a rebuild.
///
/// Invariants:
/// * A database is among the dirty ones before an entry of it can be in the log, or as soon as one arrived.
/// * There is one assembly for all phases: the pieces of one transaction may arrive around the end of a
///   replay, or of a checkpoint.
///
/// Not thread-safe: guarded by the lock of [FileLife].
final class LogIntake {

    private static final Logger LOG = LoggerFactory.getLogger(LogIntake.class);

    private final StoredDatabase database;
    private final GroupFiles group;
    private final LogPlace place;
    private @Nullable TransactionAssembly assembly;
    /// The newest entry that was left to a rebuild.
    private long skippedTo = -1;
    /// First and last piece of what is being applied through SQLite; -1 if nothing is.
    private long applying = -1;

    private long applyingTo = -1;

    LogIntake(StoredDatabase database, GroupFiles group, Position position) {
        this.database = database;
        this.group = group;
        place = new LogPlace(position);
    }

    LogPlace place() {
        return place;
    }

    /// Notes that an entry may be on its way that is not in the log yet. In this order: a checkpoint that
    /// does not find the database among the dirty ones has asked the log before us what is applied, and keeps
    /// what is later.
    ///
    /// @return an index below that of the entry
    long expect() {
        group.dirty().add(database);
        long applied = group.log().applied().value();
        place.touch(applied);
        return applied;
    }

    /// Notes that an entry arrived that begins, or continues, what began after `before`.
    void arrived(long before) {
        if (!place.dirty()) {
            group.dirty().add(database);
            place.touch(before);
        }
    }

    // ---- transactions

    /// The transaction that the entry completes, if it does and the transaction belongs to the state at `frame`.
    ///
    /// @param frame of the database before the transaction
    /// @throws DatabaseException LOG_DAMAGED, TRANSACTION_TOO_LARGE
    Optional<Transaction> next(LogIndex index, LogEntry.Pages entry, long frame) {
        TransactionAssembly present = assembly;
        if (present == null) {
            present = new TransactionAssembly(TransactionAssembly.HELD_BYTES_MAX);
            assembly = present;
        }
        return present.add(index, entry).filter(transaction -> follows(transaction, frame));
    }

    private boolean follows(Transaction transaction, long frame) {
        boolean follows = transaction.follows(new FrameNo(frame));
        if (!follows) {
            LOG.warn(
                    "database {}: log entry {} was made on frame {}, the database is at {}: left out",
                    database.id(),
                    transaction.index(),
                    transaction.before(),
                    frame);
        }
        return follows;
    }

    void forgetPieces() {
        assembly = null;
    }

    /// First piece of what is applied or waits for more of its pieces; -1 if there is nothing of the kind.
    long pendingSince() {
        TransactionAssembly present = assembly;
        if (applying >= 0 || present == null) {
            return applying;
        }
        return present.pendingSince().map(LogIndex::value).orElse(-1L);
    }

    // ---- applying

    boolean isApplying() {
        return applying >= 0;
    }

    /// @param transactions at least one
    void beginApply(List<Transaction> transactions) {
        applying = transactions.getFirst().first().value();
        applyingTo = transactions.getLast().index().value();
    }

    void endApply() {
        applying = -1;
        applyingTo = -1;
    }

    /// The newest entry whose pages a checkpoint may find in the WAL. What is being applied counts: SQLite has
    /// committed it some moments before [#advance] says so.
    long newestInWal() {
        return Math.max(place.last(), applyingTo);
    }

    /// The transaction is in the file, or in its WAL.
    void advance(Transaction transaction) {
        place.advance(
                transaction.first().value(),
                transaction.index().value(),
                transaction.frame().value(),
                transaction.epochStart());
    }

    /// Leaves the entry at `index`, and all before it, to a rebuild.
    void skip(LogIndex index) {
        skippedTo = Math.max(skippedTo, index.value());
    }

    long skippedTo() {
        return skippedTo;
    }
}
