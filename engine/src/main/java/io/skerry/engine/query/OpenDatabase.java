package io.skerry.engine.query;

import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.storage.DatabaseFile;
import io.skerry.engine.storage.FileUser;

/// The connections of one open database and everything that runs on them: one writer, some readers, all opened
/// on demand. Made by [QueryEngine#open]. Thread-safe.
public final class OpenDatabase implements FileUser {

    OpenDatabase() {}

    public DatabaseFile file() {
        throw new UnsupportedOperationException();
    }

    /// See [Database#read].
    public <T> T read(Database.Work<T> work) {
        throw new UnsupportedOperationException();
    }

    /// See [Database#write].
    public <T> T write(Database.Work<T> work) {
        throw new UnsupportedOperationException();
    }

    /// Runs `task` where the writer runs, while no transaction is open there, before writes that already wait;
    /// returns when it is done. An open interactive transaction is waited for as any other writer would, see
    /// [QuerySettings#transactionTime]; use [#abortTransactions] first where that is too long. What `task` throws
    /// is thrown.
    ///
    /// @throws DatabaseException UNAVAILABLE if the database is closed
    public void runExclusive(Runnable task) {
        throw new UnsupportedOperationException();
    }

    /// Rolls back every open transaction of a session, on the writer and on readers. Each of these sessions gets
    /// `reason` once, as the answer of its running or its next program, and is in autocommit then. Returns when
    /// no transaction is left.
    public void abortTransactions(DatabaseException reason) {
        throw new UnsupportedOperationException();
    }

    /// True if nothing runs or waits and no transaction is open.
    public boolean idle() {
        throw new UnsupportedOperationException();
    }

    /// Rolls back what is open, answers what waits with UNAVAILABLE, waits for what runs (it is interrupted) and
    /// closes all connections. Idempotent. Not to be called from within a [Database.Work] or an exclusive task.
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
