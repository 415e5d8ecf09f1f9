package io.skerry.engine.storage;

import io.skerry.engine.DatabaseException;

/// Whoever runs statements on the connections of a [DatabaseFile]. Thread-safe.
public interface FileUser extends AutoCloseable {

    /// Runs `task` on the thread of the writer while no transaction is open there; returns when it is done.
    /// Waits for an open transaction, whose time is limited.
    void runExclusive(Runnable task);

    /// Rolls back every open transaction; those who had one get `reason`. Returns when none is left.
    void abortTransactions(DatabaseException reason);

    /// True if nothing runs or waits and no transaction is open.
    boolean idle();

    /// Interrupts what runs, rolls back what is open and closes all connections. Returns when that is done.
    @Override
    void close();
}
