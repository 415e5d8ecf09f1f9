package io.skerry.catalog.sql;

import io.skerry.catalog.sql.Row.RowReader;
import io.skerry.sqlite.Connection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Statements on one connection, for as long as the transaction that gave it runs. Arguments may be null, text,
/// numbers, booleans, instants, byte arrays, or ids (bound as the text of their `toString`).
public final class Sql {

    private final Connection connection;

    public Sql(Connection connection) {
        this.connection = connection;
    }

    public <T> List<T> list(String sql, RowReader<T> reader, @Nullable Object... args) {
        throw new UnsupportedOperationException(connection.toString());
    }

    /// The first row, if there is one.
    public <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... args) {
        throw new UnsupportedOperationException();
    }

    /// @return the number of rows that changed
    public long update(String sql, @Nullable Object... args) {
        throw new UnsupportedOperationException();
    }

    /// Runs statements separated by `;`.
    public void script(String script) {
        throw new UnsupportedOperationException();
    }
}
