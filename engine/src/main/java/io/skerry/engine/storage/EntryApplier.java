package io.skerry.engine.storage;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.LogEntry;
import io.skerry.engine.entry.TransactionAssembly.Transaction;
import io.skerry.engine.storage.FileLife.Phase;
import io.skerry.sqlite.ResultCode;
import io.skerry.sqlite.SqliteException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Applies the entries of one database that no writer of this node holds: in each phase of the file in its
/// own way.
///
/// Invariants:
/// * What waits is applied together, and nothing is waited for.
/// * Each entry is in the file or its WAL when this returns, or the file is fenced and a rebuild owes it
///   ([LogIntake#skip]), or the database is of no use here any more.
/// * The applying thread never waits for a writer: a commit of that may wait for this thread.
///
/// The applying thread only.
final class EntryApplier {

    private static final Logger LOG = LoggerFactory.getLogger(EntryApplier.class);

    /// Each time a session may have begun a write transaction just before it learnt that it must not.
    private static final int BUSY_ATTEMPTS_MAX = 5;

    /// What waits is applied as one transaction of SQLite up to here; a larger one is applied alone. All its
    /// pages are held in memory meanwhile.
    private static final int BATCH_TRANSACTIONS_MAX = 64;

    private static final int BATCH_PAGES_MAX = 256;

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

    void apply(List<IndexedPages> entries) {
        List<IndexedPages> rest = entries;
        long deadline = System.nanoTime() + FileLife.CHANGE_WAIT_NANOS;
        while (!rest.isEmpty()) {
            // None, if the phase has changed: look again.
            int done = applySome(rest, deadline);
            rest = rest.subList(done, rest.size());
        }
    }

    /// @return how many of the entries are accounted for now, from the first on
    private int applySome(List<IndexedPages> entries, long deadline) {
        LogIndex index = entries.getFirst().index();
        OpenFile present = null;
        Batch batch = null;
        life.lock.lock();
        try {
            if (index.value() <= intake.place().replayFrom()) {
                return 1;
            }
            if (life.phase() != Phase.CHANGING && !isOver()) {
                intake.arrived(index.value() - 1);
            }
            switch (life.phase()) {
                case STOPPED, DROPPED, CLOSED -> {
                    return entries.size();
                }
                case FENCED -> {
                    intake.skip(index);
                    return 1;
                }
                case CHANGING -> {
                    life.awaitChange(deadline);
                    return 0;
                }
                case REPLAYING -> {
                    return replay.take(index, entries.getFirst().pages()) ? 1 : 0;
                }
                case AT_REST -> life.beginChange();
                case OPEN -> {
                    batch = collectBesideWriter(entries);
                    present = life.file();
                }
            }
        } finally {
            life.lock.unlock();
        }
        if (present == null || batch == null) {
            open();
            return 0;
        }
        apply(present, batch.transactions);
        return batch.entries;
    }

    private boolean isOver() {
        return switch (life.phase()) {
            case STOPPED, DROPPED, CLOSED -> true;
            case REPLAYING, AT_REST, CHANGING, OPEN, FENCED -> false;
        };
    }

    private void open() {
        try {
            life.openFile(
                    intake.place().pageSize(),
                    database.apart()
                            ? FileRoom.apart(group.node().room())
                            : group.node().takeRoom());
        } catch (DatabaseException e) {
            // The database is fenced or stopped now, and says so itself.
            LOG.debug("database {}: cannot be opened to apply an entry", database.id(), e);
        }
    }

    /// What is applied at once: at least one entry, and the transactions that it and the next complete.
    private static final class Batch {
        private final List<Transaction> transactions = new ArrayList<>();
        private int entries;
        private int pages;

        /// One of several pieces comes first, if at all: how large it is, only its end tells.
        boolean takes(LogEntry.Pages entry) {
            boolean whole = entry.piece() == 0 && entry.last();
            return transactions.isEmpty()
                    || whole
                            && transactions.size() < BATCH_TRANSACTIONS_MAX
                            && pages + entry.pages().size() <= BATCH_PAGES_MAX;
        }

        void add(Transaction transaction) {
            transactions.add(transaction);
            pages += transaction.pages().size();
        }
    }

    /// The transactions to apply now, if there are any. Under the lock.
    private Batch collectBesideWriter(List<IndexedPages> entries) {
        IndexedPages first = entries.getFirst();
        Batch batch = new Batch();
        if (commits.inBarrier()) {
            batch.entries = 1;
            if (first.pages().last()) {
                commits.overtake();
                intake.skip(first.index());
            } else {
                // The first pieces of the commit under way come back before its last is claimed. Should they
                // be another node's, their own last piece tells.
                next(first, intake.place().frame());
            }
            return batch;
        }
        database.used();
        life.file().disarm();
        collect(entries, batch);
        if (!batch.transactions.isEmpty()) {
            intake.beginApply(batch.transactions);
        }
        return batch;
    }

    private void collect(List<IndexedPages> entries, Batch batch) {
        long frame = intake.place().frame();
        for (IndexedPages entry : entries) {
            if (life.phase() != Phase.OPEN || !batch.takes(entry.pages())) {
                return;
            }
            batch.entries++;
            Transaction transaction = next(entry, frame);
            if (transaction != null) {
                batch.add(transaction);
                frame = transaction.frame().value();
            }
        }
    }

    private @Nullable Transaction next(IndexedPages entry, long frame) {
        try {
            return intake.next(entry.index(), entry.pages(), frame).orElse(null);
        } catch (DatabaseException e) {
            life.stop("log entry " + entry.index() + " cannot be applied: " + e.getMessage());
            return null;
        }
    }

    private void apply(OpenFile present, List<Transaction> transactions) {
        List<Transaction> rest = transactions;
        while (!rest.isEmpty()) {
            int done;
            try {
                done = applyBesideWriter(present, rest);
            } catch (RuntimeException e) {
                failed(rest, e);
                return;
            }
            rest = account(rest.subList(0, done), rest.subList(done, rest.size()));
        }
        present.checkpointIfFull();
    }

    /// @return `rest`
    private List<Transaction> account(List<Transaction> done, List<Transaction> rest) {
        life.lock.lock();
        try {
            // A checkpoint may have come between, and found the file complete.
            intake.arrived(done.getFirst().first().value() - 1);
            intake.endApply();
            done.forEach(intake::advance);
            if (!rest.isEmpty()) {
                intake.beginApply(rest);
            }
            visible.raise(done.getLast().frame().value());
        } finally {
            life.lock.unlock();
        }
        return rest;
    }

    /// A transaction that was begun while this node led can keep the entry out: it ends then. Readers are not
    /// in the way.
    ///
    /// @return how many were applied
    private int applyBesideWriter(OpenFile present, List<Transaction> transactions) {
        for (int attempt = 1; ; attempt++) {
            try {
                return present.apply(transactions);
            } catch (SqliteException e) {
                FileUser user = present.userIfAny();
                if (e.code() != ResultCode.BUSY || user == null || attempt == BUSY_ATTEMPTS_MAX) {
                    throw e;
                }
                user.abortTransactions(StoredDatabase.notLeader(database.id()));
            }
        }
    }

    private void failed(List<Transaction> transactions, RuntimeException cause) {
        life.lock.lock();
        try {
            intake.endApply();
            intake.skip(transactions.getLast().index());
            // A full disk, or a file that is not what it should be: the rebuild tells them apart.
            life.fence("log entries from " + transactions.getFirst().first() + " on could not be applied: "
                    + cause.getMessage());
        } finally {
            life.lock.unlock();
        }
    }
}
