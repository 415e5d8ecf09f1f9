package io.skerry.engine.query;

import io.skerry.engine.DatabaseId;

/// Where a session gets its database from. Implemented by whoever opens and closes databases: a session outlives
/// an open database and takes it only for as long as it runs something or has a transaction open.
///
/// Thread-safe; called once per program, so it has to be cheap while the database is open.
public interface Leases {

    DatabaseId id();

    /// Opens the database if it is not, and keeps it open until the lease is released.
    ///
    /// @throws io.skerry.engine.DatabaseException NO_SUCH_DATABASE, UNAVAILABLE
    Lease acquire();

    interface Lease {
        /// The same until [#release].
        OpenDatabase database();

        /// Called once, from any thread.
        void release();
    }
}
