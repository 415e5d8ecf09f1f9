package io.skerry.engine.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.DbConfig;
import io.skerry.sqlite.OpenMode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileCheckTest {

    private static final FileCheck.Limits LIMITS = new FileCheck.Limits(4096, 1 << 20, Duration.ofSeconds(60));
    private static final String ROWS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)"
            + " INSERT INTO t SELECT i, 'row ' || i FROM n;";

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("uploaded.db");
    }

    private void make(String sql) {
        try (Connection connection = Connection.open(file, OpenMode.CREATE)) {
            connection.exec(sql);
        }
    }

    /// As somebody does who is free to write what SQLite keeps for itself.
    private void forge(String sql) {
        try (Connection connection = Connection.open(file, OpenMode.CREATE)) {
            connection.dbConfig(DbConfig.DEFENSIVE, false);
            connection.dbConfig(DbConfig.WRITABLE_SCHEMA, true);
            connection.exec(sql);
        }
    }

    private void patch(int at, int... values) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            for (int value : values) {
                bytes.write(value);
            }
        }
    }

    private Optional<String> check() throws IOException {
        return FileCheck.run(file, LIMITS, () -> true);
    }

    private @Nullable String text(String sql) {
        try (Connection connection = Connection.open(file, OpenMode.READ_ONLY);
                var statement = connection.prepare(sql)) {
            statement.step();
            return statement.columnText(0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"WAL", "DELETE"})
    void whatSqlFromOutsideCanMakeMayBeServed(String journal) throws IOException {
        make("PRAGMA journal_mode=" + journal + "; CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, x UNIQUE,"
                + " twice AS (id * 2), CHECK (length(x) > 1)); CREATE INDEX by_lower ON t (lower(x));"
                + "INSERT INTO t (x) VALUES ('one'), ('two'); CREATE VIEW v AS SELECT * FROM t; ANALYZE;"
                + "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END;"
                + "CREATE TABLE \"sqlitê\" (a); CREATE TABLE w (k PRIMARY KEY) WITHOUT ROWID;"
                + "CREATE VIRTUAL TABLE f USING fts5 (body); INSERT INTO f VALUES ('hello world');"
                + "CREATE VIRTUAL TABLE r USING rtree (id, x0, x1); INSERT INTO r VALUES (1, 2, 3)");
        assertThat(check()).isEmpty();
        assertThat(text("PRAGMA journal_mode")).isEqualTo("delete");
        assertThat(text("SELECT body FROM f WHERE f MATCH 'world'")).isEqualTo("hello world");
    }

    @Test
    void whatIsNoDatabaseIsTold() throws IOException {
        Files.writeString(file, "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n");
        assertThat(check()).contains("the file is no SQLite database, or is encrypted");
        Files.write(file, new byte[0]);
        assertThat(check()).contains("the file is no SQLite database, or is encrypted");
        Files.write(file, "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII));
        assertThat(check()).get().asString().startsWith("its pages have 0 bytes and must have 4096");
    }

    @Test
    void kindsOfFilesThatDoNotFitSayWhatToDo() throws IOException {
        make("PRAGMA page_size=8192; CREATE TABLE t (a)");
        assertThat(check())
                .contains("its pages have 8192 bytes and must have 4096: PRAGMA journal_mode=DELETE;"
                        + " PRAGMA page_size=4096; VACUUM");
        make("PRAGMA journal_mode=DELETE; PRAGMA page_size=4096; PRAGMA auto_vacuum=INCREMENTAL; VACUUM");
        assertThat(check()).contains("auto_vacuum is on: PRAGMA auto_vacuum=NONE; VACUUM");
        make("PRAGMA auto_vacuum=NONE; VACUUM");
        assertThat(check()).isEmpty();
        Files.delete(file);
        make("PRAGMA encoding='UTF-16le'; CREATE TABLE t (a)");
        assertThat(check()).get().asString().startsWith("its texts are UTF-16");
        Files.delete(file);
        make("CREATE TABLE t (a)");
        patch(56, 0x80, 0, 0, 2); // of which SQLite sees the 2
        assertThat(check()).get().asString().startsWith("its texts are UTF-16");
        patch(56, 0, 0, 0, 1);
        assertThat(check()).isEmpty();
        patch(FileHeader.JOURNALLED, 3, 3);
        assertThat(check()).contains("it is of a version of SQLite that is not known here");
    }

    /// SQLite as it comes with macOS keeps 12 bytes of each page free.
    @Test
    void pagesMayHaveReservedBytes() throws IOException {
        make("CREATE TABLE t (a); DROP TABLE t; VACUUM");
        patch(20, 12);
        patch(105, 0x0f, 0xf4);
        make("CREATE TABLE t (a, b); " + ROWS);
        assertThat(check()).isEmpty();
        assertThat(text("SELECT b FROM t WHERE a = 2000")).isEqualTo("row 2000");
    }

    @Test
    void aFileThatIsCutOffOrDamagedIsRefused() throws IOException {
        make("CREATE TABLE t (a PRIMARY KEY, b); " + ROWS);
        byte[] whole = Files.readAllBytes(file);
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.setLength(5 * 4096);
        }
        assertThat(check()).get().asString().containsAnyOf("malformed", "integrity_check finds");
        int refused = 0;
        for (int page = 1; page < whole.length / 4096; page++) {
            Files.write(file, whole);
            patch(page * 4096, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
            refused += check().isPresent() ? 1 : 0;
        }
        assertThat(refused).isEqualTo(whole.length / 4096 - 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"table", "view", "trigger", "index"})
    void noObjectMayStandWhereSqlitesOwnIsMeant(String type) throws IOException {
        make("CREATE TABLE t (pgno, data, schema); CREATE VIEW v AS SELECT 1 AS pgno; CREATE INDEX i ON t (pgno);"
                + "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END");
        forge("UPDATE sqlite_schema SET name = 'SQLite_dbpage' WHERE rowid IN (SELECT min(rowid) FROM sqlite_schema"
                + " WHERE type = '" + type
                + "'); UPDATE sqlite_schema SET tbl_name = name WHERE type IN ('table', 'view');"
                + "UPDATE sqlite_schema SET sql = replace(replace(sql, 'TABLE t', 'TABLE SQLite_dbpage'), 'VIEW v',"
                + " 'VIEW SQLite_dbpage') WHERE name = 'SQLite_dbpage'");
        assertThat(check()).isPresent();
    }

    @Test
    void noTableHasTheNameOfAnIndexOfSqlitesOwn() throws IOException {
        make("CREATE TABLE t (a UNIQUE)");
        assertThat(check()).isEmpty();
        forge("UPDATE sqlite_schema SET name = 'sqlite_autoindex_t', tbl_name = 'sqlite_autoindex_t',"
                + " sql = 'CREATE TABLE sqlite_autoindex_t (a)' WHERE type = 'table';"
                + "DELETE FROM sqlite_schema WHERE type = 'index'");
        assertThat(check()).get().asString().startsWith("its schema has the table sqlite_autoindex_t");
    }

    /// ANALYZE would write into each of them as into its own table, and find the file corrupt.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE VIEW t AS SELECT 1 AS tbl, 2 AS idx, 3 AS stat",
                "CREATE TABLE t (tbl, idx, stat, PRIMARY KEY (tbl, idx)) WITHOUT ROWID",
                "CREATE TABLE t (tbl)",
                "CREATE TABLE t (tbl UNIQUE, idx, stat)",
                "CREATE VIRTUAL TABLE t USING rtree (id, x0, x1)",
                "CREATE TABLE x (a); CREATE TRIGGER t AFTER INSERT ON x BEGIN SELECT 1; END",
                "CREATE TABLE x (a); CREATE INDEX t ON x (a)"
            })
    void whatBearsTheNameOfATableOfSqlitesOwnIsThatTable(String sql) throws IOException {
        make(sql);
        forge("UPDATE sqlite_schema SET sql = replace(replace(replace(replace(sql, 'TABLE t ', 'TABLE sqlite_stat1 '),"
                + " 'VIEW t ', 'VIEW sqlite_stat1 '), 'TRIGGER t ', 'TRIGGER sqlite_stat1 '), 'INDEX t ',"
                + " 'INDEX sqlite_stat1 '), tbl_name = iif(tbl_name = 't', 'sqlite_stat1', tbl_name),"
                + " name = replace(iif(name = 't', 'sqlite_stat1', name), 'sqlite_autoindex_t_',"
                + " 'sqlite_autoindex_sqlite_stat1_')");
        assertThat(check()).get().asString().contains("sqlite_stat1", "are SQLite's own");
    }

    @Test
    void theNameInTheSchemaIsThatInItsText() throws IOException {
        make("CREATE TABLE innocent (pgno, data, schema)");
        forge("UPDATE sqlite_schema SET sql = 'CREATE TABLE sqlite_dbpage (pgno, data, schema)'");
        assertThat(check()).get().asString().startsWith("malformed database schema");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE VIRTUAL TABLE x USING sqlite_dbpage",
                "create/* */virtual\ttable x using DBSTAT",
                "CREATE VIRTUAL TABLE x USING nowhere (a)",
                "CREATE VIRTUAL TABLE x USING fts3 (a)",
                "CREATE VIRTUAL TABLE x USING fts4 (a)",
                "CREATE VIRTUAL TABLE x USING fts4aux (a)"
            })
    void virtualTablesOfOtherModulesAreRefused(String sql) throws IOException {
        make("CREATE TABLE t (a)");
        forge("INSERT INTO sqlite_schema VALUES ('table', 'x', 'x', 0, '" + sql + "')");
        assertThat(check())
                .get()
                .asString()
                .startsWith("table x: virtual table module")
                .endsWith("is not allowed");
    }

    /// SQLite reads such a text up to there, and a dump of it could not be read at all.
    @ParameterizedTest
    @ValueSource(strings = {"sql = sql || char(0) || ' of old'", "name = 't' || char(0), tbl_name = 't' || char(0)"})
    void noTextOfTheSchemaHasAZeroCharacter(String change) throws IOException {
        make("CREATE TABLE t (a)");
        forge("UPDATE sqlite_schema SET " + change);
        assertThat(check()).contains("the schema's text of the table t has a zero character (char(0)) in it");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "CREATE TABLE t (a, b CHECK (load_extension('/tmp/evil')))",
                "CREATE TABLE t (a, b CHECK (fts3_tokenizer('simple') IS NOT NULL))",
                "CREATE TABLE t (a"
            })
    void schemasThatMeanHarmAreRefused(String sql) throws IOException {
        make("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 2)");
        forge("UPDATE sqlite_schema SET sql = '" + sql.replace("'", "''") + "'");
        assertThat(check()).isPresent();
    }

    @Test
    void aRowThatBreaksItsOwnRulesIsFound() throws IOException {
        make("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, NULL)");
        forge("UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a, b NOT NULL)'");
        assertThat(check()).contains("integrity_check finds: NULL value in t.b");
        forge("UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a CHECK (a > 1), b)'");
        assertThat(check()).contains("integrity_check finds: CHECK constraint failed in t");
    }

    @Test
    void onesThatTakeForEverAreStopped() throws IOException {
        make("CREATE TABLE t (a, b); " + ROWS);
        forge("UPDATE sqlite_schema SET sql = 'CREATE TABLE t (a, b CHECK (' || replace(hex(zeroblob(400)), '0',"
                + " 'length(hex(zeroblob(400000))) >= 0 AND ') || '1))'");
        FileCheck.Limits hasty = new FileCheck.Limits(4096, 1 << 20, Duration.ofMillis(200));
        assertThat(FileCheck.run(file, hasty, () -> true)).contains("checking it takes longer than 0 s");
        assertThatThrownBy(() -> FileCheck.run(file, LIMITS, () -> false))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE));
    }
}
