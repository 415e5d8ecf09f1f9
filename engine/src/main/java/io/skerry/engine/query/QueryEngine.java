package io.skerry.engine.query;

import io.skerry.engine.storage.DatabaseFile;

/// What the open databases of one node share: the limits, the platform threads that run writers, the clock that
/// interrupts statements, the analysed texts. One per node. Thread-safe.
public final class QueryEngine implements AutoCloseable {

    /// @param writerThreads at most so many platform threads run writers; a commit holds one until the log has it
    public QueryEngine(QuerySettings settings, int writerThreads) {
        throw new UnsupportedOperationException();
    }

    /// Opens no connection before it is needed.
    public OpenDatabase open(DatabaseFile file) {
        throw new UnsupportedOperationException();
    }

    /// A session of the database that `leases` lends. Costs nothing until its first statement.
    public Session session(Leases leases, SessionOptions options) {
        throw new UnsupportedOperationException();
    }

    /// Ends the threads once the work that was accepted is done; close the databases first.
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
