package io.skerry.engine.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.sqlite.Connection;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlDumpTest {

    private final Connection connection = Connection.openInMemory();

    @AfterEach
    void close() {
        connection.close();
    }

    private static String dump(Connection of) throws IOException {
        var out = new ByteArrayOutputStream();
        SqlDump.write(of, out, rows -> {});
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void theFormIsThatOfTheShell() throws IOException {
        connection.exec("""
                CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, "odd ""x" TEXT, twice AS (id * 2));
                CREATE INDEX by_name ON a ("odd ""x");
                CREATE VIEW v AS SELECT * FROM a;
                CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;
                INSERT INTO a ("odd ""x") VALUES ('it''s');
                """);
        assertThat(dump(connection)).isEqualTo("""
                PRAGMA foreign_keys=OFF;
                BEGIN TRANSACTION;
                CREATE TABLE IF NOT EXISTS a (id INTEGER PRIMARY KEY AUTOINCREMENT, "odd ""x" TEXT, twice AS (id * 2));
                INSERT INTO "a"("id","odd ""x") VALUES(1,'it''s');
                DELETE FROM sqlite_sequence;
                INSERT INTO "sqlite_sequence" VALUES('a',1);
                CREATE VIEW v AS SELECT * FROM a;
                CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;
                CREATE INDEX by_name ON a ("odd ""x");
                COMMIT;
                """);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SELECT NULL, 1, -1, 9223372036854775807, -9223372036854775808",
                "SELECT 0.1, -0.0, 1e308, 5e-324, 1e999, -1e999, 3.0, 123456789012345680.0",
                "SELECT '', 'plain', 'it''s', 'two' || char(13, 10) || 'lines', 'žluťoučký 🐎'",
                "SELECT 'nul' || char(0) || 'inside', CAST(x'ff' AS TEXT), x'', x'00ff7f', zeroblob(3)",
            })
    void everyValueComesBackAsItWas(String values) throws IOException {
        connection.exec("CREATE TABLE t AS " + values);
        try (Connection copy = Connection.openInMemory()) {
            copy.exec(dump(connection));
            assertThat(fingerprint(copy)).isEqualTo(fingerprint(connection));
        }
    }

    /// Types and bytes of all columns of all rows.
    private static String fingerprint(Connection of) {
        var text = new StringBuilder();
        try (var rows = of.prepare("SELECT * FROM t")) {
            while (rows.step()) {
                for (var i = 0; i < rows.columnCount(); i++) {
                    text.append(rows.columnType(i)).append(' ');
                    switch (rows.columnType(i)) {
                        case INTEGER -> text.append(rows.columnLong(i));
                        case REAL -> text.append(Double.doubleToLongBits(rows.columnDouble(i)));
                        default -> {
                            var bytes = new byte[rows.byteLength(i)];
                            rows.copyTo(i, bytes, 0);
                            text.append(java.util.HexFormat.of().formatHex(bytes));
                        }
                    }
                    text.append('\n');
                }
            }
        }
        return text.toString();
    }

    @Test
    void aDumpOfADumpIsTheSame() throws IOException {
        connection.exec("""
                CREATE TABLE parent (id INTEGER PRIMARY KEY, name TEXT UNIQUE);
                CREATE TABLE child (p REFERENCES parent (id), at TEXT, PRIMARY KEY (p, at)) WITHOUT ROWID;
                CREATE TABLE strict_one (a ANY, b BLOB) STRICT;
                INSERT INTO parent VALUES (1, 'one'), (7, 'seven');
                INSERT INTO child VALUES (1, 'x'), (99, 'an orphan');
                INSERT INTO strict_one VALUES ('1', x'01'), (1, NULL), (1.5, NULL);
                CREATE TRIGGER guard BEFORE INSERT ON child BEGIN SELECT raise(ABORT, 'never'); END;
                ANALYZE;
                """);
        var first = dump(connection);
        try (Connection copy = Connection.openInMemory()) {
            copy.exec(first);
            assertThat(dump(copy)).isEqualTo(first);
        }
    }

    /// SQLite keeps a comment that nothing followed, and the end of the text ends it.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE VIEW v AS SELECT a FROM t -- why",
                "CREATE VIEW v AS SELECT a FROM t /* why",
                "CREATE VIEW v AS SELECT a, '--' AS \"/*\" FROM t /* -- */ -- /* why",
                "CREATE VIEW v AS SELECT '/*' AS a FROM t",
                "CREATE INDEX v ON t (a) WHERE a > 0 -- why",
                "CREATE TABLE v (a PRIMARY KEY) WITHOUT ROWID -- why",
            })
    void aCommentAtTheEndOfTheSchemaDoesNotReachWhatFollows(String create) throws IOException {
        connection.exec("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
        connection.exec(create);
        connection.exec("CREATE VIEW w AS SELECT 1");
        try (Connection copy = Connection.openInMemory()) {
            copy.exec(dump(connection));
            assertThat(schema(copy)).isEqualTo(schema(connection));
        }
    }

    private static List<String> schema(Connection of) {
        var texts = new ArrayList<String>();
        try (var rows = of.prepare("SELECT name, trim(sql, char(10) || '*/') FROM sqlite_schema ORDER BY name")) {
            while (rows.step()) {
                texts.add(rows.columnText(0) + ": " + rows.columnText(1));
            }
        }
        return texts;
    }

    /// As a file may have it that was made by a program of another encoding.
    @Test
    void namesThatAreNotUtf8ComeBackAsTheyWere() throws IOException {
        var create = "CREATE TABLE \"caf\u00e9\" (\"\u00e4\", b); INSERT INTO \"caf\u00e9\" VALUES (1, 2);"
                + " CREATE VIEW \"\u00fc\" AS SELECT \"\u00e4\" FROM \"caf\u00e9\"";
        execute(connection, create.getBytes(StandardCharsets.ISO_8859_1));
        var out = new ByteArrayOutputStream();
        SqlDump.write(connection, out, rows -> {});
        assertThat(out.toString(StandardCharsets.ISO_8859_1)).isEqualTo("""
                PRAGMA foreign_keys=OFF;
                BEGIN TRANSACTION;
                CREATE TABLE IF NOT EXISTS "café" ("ä", b);
                INSERT INTO "café" VALUES(1,2);
                CREATE VIEW "ü" AS SELECT "ä" FROM "café";
                COMMIT;
                """);
    }

    private static void execute(Connection on, byte[] sql) {
        for (var begin = 0; begin < sql.length; ) {
            var prepared = on.prepare(sql, begin, sql.length - begin, false);
            try (var statement = prepared.statement()) {
                while (statement != null && statement.step()) {
                    // Rows are not wanted.
                }
            }
            begin = prepared.tail();
        }
    }

    @Test
    void whatCannotBeWrittenEndsTheDump() {
        connection.exec("CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(100000))");
        var out = new OutputStream() {
            private int left = 1_000;

            @Override
            public void write(int b) throws IOException {
                if (left-- == 0) {
                    throw new IOException("the client is gone");
                }
            }
        };
        assertThatThrownBy(() -> SqlDump.write(connection, out, rows -> {})).hasMessage("the client is gone");
        connection.exec("DROP TABLE t"); // no statement was left open
    }
}
