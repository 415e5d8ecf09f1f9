package io.skerry.engine.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.OpenMode;
import io.skerry.sqlite.Statement;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DumpLoaderTest {

    private static final DumpLoader.Limits LIMITS =
            new DumpLoader.Limits(4096, 4 << 20, 1 << 20, Duration.ofSeconds(60));

    @TempDir
    private Path directory;

    private Path load(String text, DumpLoader.Limits limits) throws IOException {
        Path dump = Files.writeString(directory.resolve("dump.sql"), text);
        Path database = Files.createTempFile(directory, "made", ".db");
        DumpLoader.load(dump, database, limits, bytes -> true);
        return database;
    }

    private String dumpOfLoaded(String text) throws IOException {
        try (Connection made = Connection.open(load(text, LIMITS), OpenMode.READ_ONLY)) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            SqlDump.write(made, out, rows -> {});
            return out.toString(StandardCharsets.UTF_8);
        }
    }

    @Test
    void whatWasDumpedComesBackToTheByte() throws IOException {
        String dump;
        try (Connection original = Connection.openInMemory()) {
            original.exec("""
                    CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, "odd ""x" TEXT, twice AS (id * 2));
                    CREATE TABLE w (k TEXT PRIMARY KEY, v) WITHOUT ROWID;
                    CREATE INDEX by_name ON a ("odd ""x"); CREATE VIEW v AS SELECT * FROM a;
                    CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO w VALUES (new.id, ';'); END;
                    WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000)
                    INSERT INTO a ("odd ""x") SELECT 'it''s; ' || char(10) || x FROM n;
                    INSERT INTO w VALUES ('long', randomblob(100000)), ('-- no comment', '/* nor this');
                    """);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            SqlDump.write(original, out, rows -> {});
            dump = out.toString(StandardCharsets.UTF_8);
        }
        assertThat(dumpOfLoaded(dump)).isEqualTo(dump);
    }

    /// The end of what was read so far falls on every byte of these statements in turn.
    @Test
    void noStatementIsTakenForWholeBeforeItIs() throws IOException {
        String tail = "CREATE TABLE t AS SELECT 1 AS x -- one;\n UNION ALL SELECT 2 /* two; */ UNION ALL SELECT 3;\n"
                + "INSERT INTO t VALUES (4) ; INSERT INTO t VALUES (';''');;\nCOMMIT;\n";
        for (int shift = 0; shift <= tail.length(); shift++) {
            String head = "BEGIN;\n-- ";
            String padding = "x".repeat(16 * 1024 - head.length() - 1 - shift);
            String made = dumpOfLoaded(head + padding + "\n" + tail);
            assertThat(made).as("shift %d", shift).contains("(1)", "(2)", "(3)", "(4)", "(';''')");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            BEGIN;~CREATE TABLE t (a);~~-- why~INSERT INTO t VALUE (1);~COMMIT; | line 5: near "VALUE": syntax error
            BEGIN;~CREATE TABLE t (a UNIQUE);~INSERT INTO t~VALUES (1), (1);~COMMIT; | line 3: UNIQUE constraint failed: t.a
            BEGIN;~SELECT a FROM nowhere;~COMMIT;           | line 2: no such table: nowhere
            BEGIN;~INSERT INTO t~VALUES ('open;~COMMIT;           | line 2: the text that begins with ' in line 3 has no end
            BEGIN;~/* ' */ SELECT 'it''s';~SELECT `open~COMMIT;   | line 3: the name that begins with ` in line 3 has no end
            BEGIN;~SELECT '--' -- it's~, [open]], "~COMMIT;       | line 2: the name that begins with " in line 3 has no end
            BEGIN;~SELECT 1, [open;                               | line 2: the name that begins with [ in line 2 has no end
            CREATE TABLE t (a);                                   | line 1: the dump does not open a transaction
            VACUUM;                                               | line 1: the dump does not open a transaction
            SAVEPOINT a;                                          | line 1: SAVEPOINT and RELEASE are no part of a dump
            BEGIN;~BEGIN;                                         | line 2: a dump has one transaction
            BEGIN;~COMMIT;~BEGIN;                                 | line 3: a dump has one transaction
            BEGIN;~COMMIT;~CREATE TABLE t (a);                    | line 3: nothing but PRAGMA may follow COMMIT
            BEGIN;~CREATE TABLE t (a);~EXPLAIN COMMIT;            | line 3: a dump has one transaction
            EXPLAIN BEGIN;~CREATE TABLE t (a);~COMMIT;            | line 1: a dump has one transaction
            EXPLAIN QUERY PLAN BEGIN;                             | line 1: a dump has one transaction
            BEGIN;~ROLLBACK;                                      | line 2: a dump that ends with ROLLBACK is not complete
            BEGIN;~ATTACH '/etc/passwd' AS x;                     | line 2: other databases cannot be attached
            PRAGMA journal_mode=WAL;                              | line 1: PRAGMA journal_mode is not allowed in a dump
            PRAGMA writable_schema=ON;                            | line 1: virtual tables cannot be loaded from a dump
            BEGIN;~INSERT INTO sqlite_schema VALUES (1,2,3,4,5);  | line 2: table sqlite_master may not be modified
            BEGIN;~SELECT * FROM sqlite_dbpage;                   | line 2: table sqlite_dbpage is not accessible
            BEGIN;~SELECT load_extension('x');                    | line 2:
            BEGIN;~CREATE TEMP TABLE t (a);                       | line 2: temporary objects are not supported
            """)
    void theLineAndTheReasonAreTold(String text, String told) {
        assertThatThrownBy(() -> load(text.replace('~', '\n'), LIMITS))
                .isInstanceOf(DumpException.class)
                .hasMessageStartingWith(told);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "PRAGMA foreign_keys=OFF;",
                "BEGIN TRANSACTION;\nCREATE TABLE t (a);\n",
                "BEGIN TRANSACTION;\nCREATE TABLE t (a);\n-- COMMIT;"
            })
    void whatIsNotCommittedIsNotComplete(String text) {
        assertThatThrownBy(() -> load(text, LIMITS))
                .isInstanceOf(DumpException.class)
                .hasMessageContaining("not complete");
    }

    @Test
    void nothingIsAttachedWhileAStatementRunsEither() {
        assertThatThrownBy(() -> load("BEGIN;\nCOMMIT;\nVACUUM INTO '" + directory.resolve("stolen") + "';", LIMITS))
                .isInstanceOf(DumpException.class);
        assertThat(directory.resolve("stolen")).doesNotExist();
    }

    @Test
    void aDumpOfTheShellIsTaken() throws IOException {
        String made = dumpOfLoaded("""
                PRAGMA foreign_keys=OFF;
                BEGIN TRANSACTION;
                CREATE TABLE t(a INTEGER PRIMARY KEY, b REFERENCES later);
                INSERT INTO t VALUES(1,unistr('two\\u000alines'));
                CREATE TABLE later(x PRIMARY KEY);
                ANALYZE sqlite_schema;
                INSERT INTO sqlite_stat1 VALUES('t',NULL,'1');
                CREATE UNIQUE INDEX i ON t(b);
                COMMIT;
                """);
        assertThat(made).contains("two\nlines", "sqlite_stat1", "UNIQUE INDEX i");
    }

    /// Their modules ask for settings of the file on their own.
    @Test
    void virtualTablesCanBeMadeByAStatement() throws IOException {
        String text = "BEGIN;\nCREATE VIRTUAL TABLE f USING fts5(a);\nINSERT INTO f VALUES('one two');\n"
                + "CREATE VIRTUAL TABLE r USING rtree(id, a, b);\nINSERT INTO r VALUES(1, 2, 3);\nCOMMIT;\n";
        try (Connection made = Connection.open(load(text, LIMITS), OpenMode.READ_ONLY);
                Statement found = made.prepare("SELECT f.a, r.b FROM f('two'), r WHERE r.a > 1")) {
            assertThat(found.step()).isTrue();
            assertThat(found.columnText(0)).isEqualTo("one two");
        }
    }

    @Test
    void limitsHold() {
        String open = "BEGIN;\nCREATE TABLE t (a);\n";
        assertThatThrownBy(() -> load(open + "INSERT INTO t VALUES (zeroblob(2000000));\nCOMMIT;", LIMITS))
                .isInstanceOf(DumpException.class)
                .hasMessage("line 3: string or blob too big");
        String many = "INSERT INTO t WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100)"
                + " SELECT zeroblob(100000) FROM n;\nCOMMIT;";
        assertThatThrownBy(() -> load(open + many, LIMITS))
                .isInstanceOf(DumpException.class)
                .hasMessage("line 3: the database would be larger than 4194304 bytes");
        assertThatThrownBy(() -> load(open + "/*" + " ".repeat(5 << 20), LIMITS))
                .isInstanceOf(DumpException.class)
                .hasMessageContaining("longer than");
        String endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n;";
        assertThatThrownBy(() ->
                        load(open + endless, new DumpLoader.Limits(4096, 4 << 20, 1 << 20, Duration.ofSeconds(2))))
                .isInstanceOf(DumpException.class)
                .hasMessageStartingWith("line 3: loading it does not go on: no progress for 2 s");
    }

    /// SQLite's own word of such an error would hold the text, and is too long for it to say.
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            INSERT INTO t~VALUES ('LONG      | line 3: the text that begins with ' in line 4 has no end
            INSERT INTO t~VALUES ('LONGER    | line 3: the text that begins with ' in line 4 has no end within 4194304 bytes
            INSERT INTO t~VALUES 'LONG');    | line 3: near "'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…": syntax error in line 4
            INSERT INTO t~VALUES (LONGER);   | line 3: a statement is longer than 4194304 bytes
            INSERT INTO t~VALUES (1) LONGER; | line 3: a statement is longer than 4194304 bytes
            """)
    void whatIsWrongIsToldOfLongStatementsToo(String statement, String told) {
        String text = "BEGIN;\nCREATE TABLE t (a);\n"
                + statement
                        .replace('~', '\n')
                        .replace("LONGER", "x".repeat(5 << 20))
                        .replace("LONG", "x".repeat(2 << 20));
        assertThatThrownBy(() -> load(text, LIMITS))
                .isInstanceOf(DumpException.class)
                .hasMessageStartingWith(told)
                .message()
                .hasSizeLessThan(200);
    }

    @Test
    void itStopsWhenItIsTold() throws IOException {
        Path dump = Files.writeString(directory.resolve("dump.sql"), "BEGIN;\nCOMMIT;\n");
        assertThatThrownBy(() -> DumpLoader.load(dump, directory.resolve("made.db"), LIMITS, bytes -> false))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
    }

    @Test
    void itTellsHowFarItIs() throws IOException {
        String text =
                "BEGIN;\nCREATE TABLE t (a);\n" + "INSERT INTO t VALUES ('one of many');\n".repeat(2000) + "COMMIT;\n";
        Path dump = Files.writeString(directory.resolve("dump.sql"), text);
        List<Long> told = new ArrayList<>();
        DumpLoader.load(dump, directory.resolve("made.db"), LIMITS, told::add);
        assertThat(told).isSorted().startsWith((long) "BEGIN;".length()).endsWith((long) text.length() - 1);
        assertThat(told).hasSizeGreaterThanOrEqualTo(2003);
    }

    /// What goes on may take longer than the limit, which is for what does not.
    @Test
    void aDumpMayTakeLongerThanItsLimitWhileItGoesOn() throws IOException {
        Path dump = Files.writeString(
                directory.resolve("dump.sql"),
                "BEGIN;\nCREATE TABLE t (a);\n" + "INSERT INTO t VALUES (1);\n".repeat(30) + "COMMIT;\n");
        DumpLoader.Limits hasty = new DumpLoader.Limits(4096, 4 << 20, 1 << 20, Duration.ofSeconds(2));
        long begun = System.nanoTime();
        DumpLoader.load(dump, directory.resolve("made.db"), hasty, bytes -> {
            LockSupport.parkNanos(100_000_000);
            return true;
        });
        assertThat(System.nanoTime() - begun).isGreaterThan(hasty.time().toNanos());
    }

    @Test
    void anEmptyDumpMakesAnEmptyDatabase() throws IOException {
        try (Connection made = Connection.open(load("BEGIN;\nCOMMIT;\n", LIMITS), OpenMode.READ_ONLY);
                Statement count = made.prepare("SELECT count(*) FROM sqlite_schema")) {
            assertThat(count.step()).isTrue();
            assertThat(count.columnLong(0)).isZero();
        }
    }
}
