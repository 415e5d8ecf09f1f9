package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.query.SqlConnection.Control;
import io.skerry.engine.storage.DatabaseFile;
import io.skerry.engine.storage.FileUser;
import io.skerry.sqlite.SqliteException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The connections of one open database and everything that runs on them: one writer, some readers, all opened
/// on demand. Made by [QueryEngine#open]. Thread-safe.
public final class OpenDatabase implements FileUser {

    /// How long [#close] waits for reads that were interrupted.
    private static final long CLOSE_NANOS = 10_000_000_000L;

    private final DatabaseFile file;
    private final QuerySettings settings;
    private final Watchdog watchdog;
    private final Writer writer;
    private final Readers readers;
    private final Guests guests;
    private final Set<ReadTransaction> transactions = ConcurrentHashMap.newKeySet();

    OpenDatabase(DatabaseFile file, QuerySettings settings, Watchdog watchdog, Executor writers, LongReads longReads) {
        this.file = file;
        this.settings = settings;
        this.watchdog = watchdog;
        guests = new Guests(file);
        readers = new Readers(file, settings, watchdog, longReads);
        writer = new Writer(file, settings, watchdog, writers, longReads, readers::refuse);
    }

    public DatabaseFile file() {
        return file;
    }

    /// The way to the writer.
    WriterQueue writes() {
        return writer.queue();
    }

    Readers readers() {
        return readers;
    }

    /// Where it is attached.
    Guests guests() {
        return guests;
    }

    /// See [Database#read].
    public <T extends @Nullable Object> T read(Database.Work<T> work) {
        return reading(reader -> {
            reader.policy().trust(true);
            reader.interruption().beginUntimed();
            try {
                reader.control(Control.BEGIN);
                return work.run(reader.raw());
            } catch (DatabaseException | SqliteException e) {
                throw told(e);
            } finally {
                reader.interruption().end();
                reader.policy().trust(false);
            }
        });
    }

    /// See [Database#write].
    public <T extends @Nullable Object> T write(Database.Work<T> work) {
        var job = new WorkJob<T>(work);
        try {
            writes().run(job);
        } catch (DatabaseException | SqliteException e) {
            throw told(e);
        }
        return job.result();
    }

    /// What ended work of the platform: only a file that is closed interrupts that.
    private DatabaseException told(RuntimeException e) {
        if (!Failures.isInterrupt(e)) {
            return Failures.told(e);
        }
        var closed = Failures.closed(file);
        closed.addSuppressed(e);
        return closed;
    }

    /// Runs `task` where the writer runs, while no transaction is open there, before writes that already wait;
    /// returns when it is done. An open interactive transaction is waited for as any other writer would, see
    /// [QuerySettings#transactionTime]; use [#abortTransactions] first where that is too long. What `task` throws
    /// is thrown.
    ///
    /// @throws DatabaseException UNAVAILABLE if the database is closed
    public void runExclusive(Runnable task) {
        writes().runFirst(new TaskJob(task));
    }

    /// Rolls back every open transaction of a session, on the writer and on readers. Each of these sessions gets
    /// `reason` once, as the answer of its running or its next program, and is in autocommit then. Returns when
    /// no transaction is left.
    public void abortTransactions(DatabaseException reason) {
        // In this order: one that moves from its reader to the writer meanwhile is found there.
        transactions.forEach(transaction -> transaction.abort(reason));
        writes().evict(reason);
    }

    /// True if nothing runs or waits and no transaction is open.
    public boolean idle() {
        return readers.unused() && writes().idle() && guests.none();
    }

    /// Runs `work` with a read connection of its own.
    <T extends @Nullable Object> T reading(Function<SqlConnection, T> work) {
        var reader = readers.borrow();
        try {
            return work.apply(reader);
        } finally {
            readers.giveBack(reader);
        }
    }

    /// A transaction on a read connection; its statement that opens it is still to be run.
    ReadTransaction beginReading(boolean refusesWrites) {
        var transaction = new ReadTransaction(
                this, readers.borrow(), refusesWrites, settings.transactionAge().toNanos());
        transaction.reader().attached().endsTransaction(transaction::abort);
        transactions.add(transaction);
        watchdog.add(transaction);
        if (readers.refusing()) {
            transaction.abort(Failures.closed(file)); // `close` may have looked for it too early
        }
        return transaction;
    }

    /// The transaction is over and its connection free.
    void ended(ReadTransaction transaction) {
        watchdog.remove(transaction);
        transactions.remove(transaction);
        readers.giveBack(transaction.reader());
    }

    /// Rolls back what is open, also where this database is attached, answers what waits with UNAVAILABLE, waits for
    /// what runs (it is interrupted) and closes all connections. Idempotent. Not to be called from within a
    /// [Database.Work] or an exclusive task.
    @Override
    public void close() {
        readers.refuse();
        writer.close();
        var reason = Failures.closed(file);
        transactions.forEach(transaction -> transaction.abort(reason));
        // To them it is another database than theirs, that of the session.
        guests.close(new DatabaseException(Code.UNAVAILABLE, String.valueOf(reason.getMessage()), reason), CLOSE_NANOS);
        readers.close(CLOSE_NANOS);
    }
}
