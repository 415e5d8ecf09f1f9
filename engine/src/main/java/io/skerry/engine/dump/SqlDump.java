package io.skerry.engine.dump;

import io.skerry.sqlite.Connection;
import io.skerry.sqlite.Statement;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Writes a database as SQL text that makes the same database again: the form of the `.dump` command of SQLite's
/// shell, read by it and by libSQL. Tables come first, each with its rows; then views, triggers and indexes, so that no
/// trigger fires and every index is built once. A virtual table is written into the schema, as the shell does: only
/// where that is allowed can it be read again.
///
/// One row is in memory at a time. Text that SQL cannot write as it is (a NUL, bytes that are not UTF-8) is written
/// as a cast of its bytes. Rowids that are no column of their table are not kept.
///
/// The texts of the schema are written byte by byte as they are, since names may be of another encoding than UTF-8;
/// they are kept as strings of one byte a character ([#BYTES]).
public final class SqlDump {

    private static final String CREATE = "CREATE TABLE ";
    private static final String VIRTUAL = "CREATE VIRTUAL TABLE ";
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;
    /// After so many rows other virtual threads have their turn.
    private static final int ROWS_PER_TURN = 256;

    private final Connection connection;
    private final OutputStream out;
    private final DumpedValue value;
    private final LongConsumer rowsRead;
    private boolean schemaWritable;

    private SqlDump(Connection connection, OutputStream out, LongConsumer rowsRead) {
        this.connection = connection;
        this.rowsRead = rowsRead;
        this.out = out;
        this.value = new DumpedValue(out);
    }

    /// Writes what the transaction that is open on `connection` sees.
    ///
    /// @param connection may read all tables, those of SQLite itself among them
    /// @param out written in many small pieces: give it a buffer. Not closed.
    /// @param rowsRead told how many rows of a table were read, also where that failed
    /// @throws io.skerry.sqlite.SqliteException what reading met; the text then has no `COMMIT`
    /// @throws IOException what `out` threw
    public static void write(Connection connection, OutputStream out, LongConsumer rowsRead) throws IOException {
        new SqlDump(connection, out, rowsRead).write();
    }

    private void write() throws IOException {
        line("PRAGMA foreign_keys=OFF;");
        line("BEGIN TRANSACTION;");
        for (Entry entry : tables()) {
            table(entry);
        }
        for (Entry entry : entries("type IN ('view', 'trigger', 'index') ORDER BY type DESC, rowid")) {
            line(ended(entry.sql));
        }
        if (schemaWritable) {
            line("PRAGMA writable_schema=OFF;");
        }
        line("COMMIT;");
    }

    private record Entry(String name, String sql) {}

    /// That of AUTOINCREMENT last: creating the tables has made it.
    private List<Entry> tables() {
        return entries("type = 'table' ORDER BY name = 'sqlite_sequence', rowid");
    }

    private List<Entry> entries(String condition) {
        List<Entry> entries = new ArrayList<>();
        try (Statement statement =
                prepare("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND " + condition)) {
            while (statement.step()) {
                entries.add(new Entry(text(statement, 0), text(statement, 1)));
            }
        }
        return entries;
    }

    private void table(Entry table) throws IOException {
        if (table.name.equals("sqlite_sequence")) {
            line("DELETE FROM sqlite_sequence;");
        } else if (table.name.startsWith("sqlite_stat")) {
            line("ANALYZE sqlite_schema;");
        } else if (table.name.startsWith("sqlite_")) {
            return;
        } else if (table.sql.startsWith(VIRTUAL)) {
            virtual(table);
            return;
        } else {
            // SQLite keeps the statement with exactly these words before the name.
            line(CREATE + "IF NOT EXISTS " + ended(table.sql.substring(CREATE.length())));
        }
        rows(table.name);
    }

    /// Its rows are in tables of its own, which are dumped like any other: to create it would create them too.
    private void virtual(Entry table) throws IOException {
        if (!schemaWritable) {
            line("PRAGMA writable_schema=ON;");
            schemaWritable = true;
        }
        line("INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table'," + quoted(table.name, '\'')
                + "," + quoted(table.name, '\'') + ",0," + quoted(table.sql, '\'') + ");");
    }

    private void rows(String table) throws IOException {
        Columns columns = columns(table);
        byte[] head = ("INSERT INTO " + quoted(table, '"') + columns.named() + " VALUES(").getBytes(BYTES);
        int count = columns.names.size();
        long row = 0;
        try (Statement statement =
                prepare("SELECT " + String.join(",", columns.names) + " FROM " + quoted(table, '"'))) {
            while (statement.step()) {
                row++;
                out.write(head);
                for (int column = 0; column < count; column++) {
                    if (column > 0) {
                        out.write(',');
                    }
                    value.write(statement, column);
                }
                line(");");
                if (row % ROWS_PER_TURN == 0) {
                    Thread.yield();
                }
            }
        } finally {
            rowsRead.accept(row);
        }
    }

    /// @param names quoted, without generated columns: those cannot be inserted
    /// @param all whether these are all columns of the table
    private record Columns(List<String> names, boolean all) {

        private String named() {
            return all ? "" : "(" + String.join(",", names) + ")";
        }
    }

    private Columns columns(String table) {
        List<String> names = new ArrayList<>();
        boolean all = true;
        try (Statement statement =
                prepare("SELECT name, hidden FROM pragma_table_xinfo(" + quoted(table, '\'') + ")")) {
            while (statement.step()) {
                boolean stored = statement.columnLong(1) == 0;
                all &= stored;
                if (stored) {
                    names.add(quoted(text(statement, 0), '"'));
                }
            }
        }
        return new Columns(names, all);
    }

    /// A statement of the schema with its end. SQLite keeps a comment that nothing followed: it must not go on to what
    /// follows here.
    private static String ended(String sql) {
        int at = 0;
        while (at < sql.length()) {
            char c = sql.charAt(at);
            String close = switch (c) {
                case '\'', '"', '`' -> String.valueOf(c);
                case '[' -> "]";
                case '-' -> sql.startsWith("--", at) ? "\n" : "";
                case '/' -> sql.startsWith("/*", at) ? "*/" : "";
                default -> "";
            };
            // A comment begins with two characters, which are no end of it.
            int from = at + (c == '-' || c == '/' ? 2 : 1);
            int end = close.isEmpty() ? at + 1 : sql.indexOf(close, from) + close.length();
            if (end < from && !close.isEmpty()) {
                return sql + close + ";";
            }
            at = end;
        }
        return sql + ";";
    }

    private Statement prepare(String sql) {
        byte[] bytes = sql.getBytes(BYTES);
        return Objects.requireNonNull(
                connection.prepare(bytes, 0, bytes.length, false).statement());
    }

    private void line(String text) throws IOException {
        out.write(text.getBytes(BYTES));
        out.write('\n');
    }

    private static String text(Statement statement, int column) {
        byte @Nullable [] text = statement.columnBlob(column);
        return text == null ? "" : new String(text, BYTES);
    }

    private static String quoted(String text, char quote) {
        String once = String.valueOf(quote);
        return once + text.replace(once, once + once) + once;
    }
}
