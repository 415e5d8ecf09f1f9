package io.skerry.catalog.sql;

import io.skerry.catalog.sql.Row.RowReader;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.Statement;
import io.skerry.sqlite.ValueType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
        List<T> rows = new ArrayList<>();
        try (Statement statement = prepare(sql, args)) {
            Row row = new StatementRow(statement);
            while (statement.step()) {
                rows.add(reader.read(row));
            }
        }
        return rows;
    }

    /// The first row, if there is one.
    public <T> Optional<T> first(String sql, RowReader<T> reader, @Nullable Object... args) {
        try (Statement statement = prepare(sql, args)) {
            return statement.step() ? Optional.of(reader.read(new StatementRow(statement))) : Optional.empty();
        }
    }

    /// @return the number of rows that changed
    public long update(String sql, @Nullable Object... args) {
        try (Statement statement = prepare(sql, args)) {
            while (statement.step()) {
                // rows of a statement that returns some are of no interest here
            }
            return connection.changes();
        }
    }

    /// Runs one statement for each of many rows of arguments.
    public void updateAll(String sql, List<Object[]> rows) {
        if (rows.isEmpty()) {
            return;
        }
        try (Statement statement = connection.prepare(sql)) {
            for (Object[] args : rows) {
                bind(statement, sql, args);
                while (statement.step()) {
                    // as for one
                }
                statement.reset();
            }
        }
    }

    /// Runs statements separated by `;`.
    public void script(String script) {
        connection.exec(script);
    }

    private Statement prepare(String sql, @Nullable Object[] args) {
        Statement statement = connection.prepare(sql);
        try {
            bind(statement, sql, args);
            return statement;
        } catch (RuntimeException e) {
            statement.close();
            throw e;
        }
    }

    private static void bind(Statement statement, String sql, @Nullable Object[] args) {
        // Texts that are put together may leave out the last parameters; a missing argument is a mistake.
        int parameters = statement.parameterCount();
        if (parameters > args.length) {
            throw new IllegalArgumentException(parameters + " parameters, " + args.length + " arguments: " + sql);
        }
        for (int i = 0; i < parameters; i++) {
            bind(statement, i + 1, args[i]);
        }
    }

    private static void bind(Statement statement, int parameter, @Nullable Object value) {
        switch (value) {
            case null -> statement.bindNull(parameter);
            case byte[] bytes -> statement.bindBlob(parameter, bytes);
            case Boolean flag -> statement.bindLong(parameter, flag ? 1 : 0);
            case Integer number -> statement.bindLong(parameter, number);
            case Long number -> statement.bindLong(parameter, number);
            case Double number -> statement.bindDouble(parameter, number);
            case Instant instant -> statement.bindLong(parameter, instant.toEpochMilli());
            default -> statement.bindText(parameter, value.toString());
        }
    }

    private record StatementRow(Statement statement) implements Row {

        @Override
        public boolean isNull(int column) {
            return statement.columnType(column) == ValueType.NULL;
        }

        @Override
        public long integer(int column) {
            return statement.columnLong(column);
        }

        @Override
        public String text(int column) {
            return Objects.requireNonNull(statement.columnText(column), "the column is null");
        }

        @Override
        public byte[] blob(int column) {
            return Objects.requireNonNull(statement.columnBlob(column), "the column is null");
        }
    }
}
