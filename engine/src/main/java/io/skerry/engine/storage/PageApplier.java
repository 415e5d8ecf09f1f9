package io.skerry.engine.storage;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.entry.PageImage;
import io.skerry.engine.entry.TransactionAssembly.Transaction;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.SqliteException;
import io.skerry.sqlite.Statement;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Applies transactions of the log to a database that is open, beside its readers, through SQLite's
/// sqlite_dbpage.
///
/// The pages are written on a connection whose main database is empty and in memory and which has the file
/// attached: the INSERT then depends on no schema but main's, which never changes, so SQLite neither prepares
/// it again nor ever parses a b-tree of the file here. On a connection with the file as main, parsed page
/// headers would go stale and SQLite would report corruption. For the same reason no other SQL runs on it,
/// and base images are read elsewhere.
///
/// Not thread-safe.
final class PageApplier implements AutoCloseable {

    private static final String ATTACHED = "r";

    private final DatabaseId database;
    private final Connection connection;
    private final Statement begin;
    private final Statement commit;
    private final Statement rollback;
    private final Statement insert;
    private final Statement select;
    private final byte[] page;
    private final byte[] zeros;
    private long databasePages;

    /// @param writer has the file attached as `r`; belongs to the applier from now on
    /// @param reader an ordinary connection to the same file; stays the caller's, who uses it only while no
    ///     transaction is being applied
    PageApplier(DatabaseId database, Connection writer, Connection reader, int pageSize) {
        this.database = database;
        connection = writer;
        begin = writer.prepare("BEGIN IMMEDIATE");
        commit = writer.prepare("COMMIT");
        rollback = writer.prepare("ROLLBACK");
        insert = writer.prepare("INSERT INTO sqlite_dbpage(pgno, data, schema) VALUES (?1, ?2, '" + ATTACHED + "')");
        select = reader.prepare("SELECT data FROM sqlite_dbpage WHERE pgno = ?1");
        page = new byte[pageSize];
        zeros = new byte[pageSize];
        try (Statement pages = reader.prepare("PRAGMA page_count")) {
            databasePages = pages.step() ? pages.columnLong(0) : 0;
        }
    }

    /// What one call has done.
    record Applied(int transactions, int pages) {}

    /// Applies the first of the transactions and those after it, as one of SQLite; afterwards they are visible to
    /// new readers. One that makes the database smaller is the last: the pages that are cut off would have to
    /// come back as zeros.
    ///
    /// @throws DatabaseException LOG_DAMAGED if a page does not come out as it was written
    /// @throws SqliteException if SQLite cannot write; nothing of the transactions remains
    Applied apply(List<Transaction> transactions) {
        List<Transaction> together = transactions.subList(0, upToTruncation(transactions));
        run(begin);
        try {
            int pages = together.size() == 1 ? write(together.getFirst()) : merge(together);
            run(commit);
            databasePages = together.getLast().databasePages();
            return new Applied(together.size(), pages);
        } catch (RuntimeException e) {
            rollBack(e);
            throw e;
        }
    }

    private int upToTruncation(List<Transaction> transactions) {
        long size = databasePages;
        for (int i = 0; i < transactions.size(); i++) {
            if (transactions.get(i).databasePages() < size) {
                return i + 1;
            }
            size = transactions.get(i).databasePages();
        }
        return transactions.size();
    }

    private int write(Transaction transaction) {
        PageImage first = null;
        boolean lastSeen = false;
        for (PageImage image : transaction.pages()) {
            if (image.pgno() == 1) {
                first = image;
            } else {
                write(image);
            }
            lastSeen |= image.pgno() == transaction.databasePages();
        }
        grow(transaction.databasePages(), lastSeen);
        if (first != null) {
            write(first);
        }
        shrink(transaction.databasePages());
        return transaction.pages().size();
    }

    /// Makes each page in memory, by all transactions that change it, and writes it once.
    private int merge(List<Transaction> transactions) {
        var merged = new TreeMap<Long, byte[]>();
        for (Transaction transaction : transactions) {
            for (PageImage image : transaction.pages()) {
                image.applyTo(merged.computeIfAbsent(image.pgno(), pgno -> base(image)));
            }
        }
        long size = transactions.getLast().databasePages();
        merged.tailMap(size, false).clear();
        byte[] first = merged.remove(1L);
        merged.forEach(this::insert);
        grow(size, merged.containsKey(size));
        if (first != null) {
            insert(1, first);
        }
        shrink(size);
        return merged.size() + (first == null ? 0 : 1);
    }

    private byte[] base(PageImage image) {
        if (!image.isWhole()) {
            readBase(image.pgno());
        }
        return page.clone();
    }

    private void grow(long size, boolean lastSeen) {
        if (size > databasePages && !lastSeen) {
            // SQLite learns the size from the pages that are written.
            insert(size, zeros);
        }
    }

    private void shrink(long size) {
        if (size < databasePages) {
            // Any page written after it would cancel the truncation.
            insert(size + 1, null);
        }
    }

    private void write(PageImage image) {
        if (!image.isWhole()) {
            readBase(image.pgno());
        }
        image.applyTo(page);
        insert(image.pgno(), page);
    }

    private void readBase(long pgno) {
        select.bindLong(1, pgno);
        try {
            if (!select.step() || select.byteLength(0) != page.length) {
                throw new DatabaseException(
                        Code.LOG_DAMAGED,
                        "database " + database + ": the log changes page " + pgno + ", which is not in the file");
            }
            select.copyTo(0, page, 0);
        } finally {
            select.reset();
        }
    }

    private void insert(long pgno, byte @Nullable [] content) {
        insert.bindLong(1, pgno);
        if (content == null) {
            insert.bindNull(2);
        } else {
            insert.bindBlob(2, content);
        }
        run(insert);
    }

    private static void run(Statement statement) {
        try {
            statement.step();
        } finally {
            statement.reset();
        }
    }

    private void rollBack(RuntimeException cause) {
        try {
            if (!connection.autocommit()) {
                run(rollback);
            }
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    @Override
    public void close() {
        select.close();
        connection.close();
    }
}
