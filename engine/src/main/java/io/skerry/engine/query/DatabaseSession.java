package io.skerry.engine.query;

/// Makes sessions.
public final class DatabaseSession {
    private DatabaseSession() {}

    /// Costs nothing until its first statement.
    public static Session open(Leases leases, SessionOptions options, QuerySettings settings) {
        throw new UnsupportedOperationException();
    }
}
