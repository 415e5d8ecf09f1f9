package io.skerry.engine.query;

import io.skerry.sqlite.Connection;
import io.skerry.sqlite.Limit;

/// The limits of SQLite for a connection whose statements, or whose file, come from outside.
public final class SqlLimits {

    /// SQLite matches `%` by recursion, on a stack that is not its own.
    private static final int LIKE_PATTERN_BYTES_MAX = 5_000;

    private SqlLimits() {}

    /// @param valueBytes of a row, text or blob
    /// @param sqlBytes of a statement
    public static void set(Connection connection, int valueBytes, int sqlBytes) {
        connection.limit(Limit.LENGTH, valueBytes);
        connection.limit(Limit.SQL_LENGTH, sqlBytes);
        connection.limit(Limit.LIKE_PATTERN_LENGTH, LIKE_PATTERN_BYTES_MAX);
        connection.limit(Limit.ATTACHED, 0);
        connection.limit(Limit.WORKER_THREADS, 0);
    }
}
