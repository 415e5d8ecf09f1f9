package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.Code;
import io.skerry.sqlite.Connection;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SqlPolicyTest {

    @TempDir
    static Path directory;

    static Node node;

    @BeforeAll
    static void open() {
        node = new Node(directory);
        node.session()
                .sequence(
                        "CREATE TABLE t (a INTEGER PRIMARY KEY, b); CREATE INDEX i ON t(b); INSERT INTO t VALUES (1, 2)");
    }

    @AfterAll
    static void close() {
        node.close();
    }

    /// A table of a module that is not there could not be used, and not even be dropped.
    @Test
    void theModulesThatAreAllowedAreThere() {
        var modules = new ArrayList<String>();
        try (var connection = Connection.openInMemory();
                var list = connection.prepare("PRAGMA module_list")) {
            while (list.step()) {
                modules.add(String.valueOf(list.columnText(0)));
            }
        }
        assertThat(modules).containsAll(SqlPolicy.MODULES);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRAGMA table_list",
                "PRAGMA table_info(t)",
                "PRAGMA table_xinfo('t')",
                "PRAGMA index_list(t)",
                "PRAGMA main.index_info(i)",
                "PRAGMA database_list",
                "PRAGMA function_list",
                "PRAGMA encoding",
                "PRAGMA schema_version",
                "PRAGMA compile_options",
                "PRAGMA foreign_keys",
                "PRAGMA foreign_keys=off",
                "PRAGMA defer_foreign_keys=on",
                "PRAGMA foreign_key_list(t)",
                "PRAGMA foreign_key_check",
                "PRAGMA integrity_check",
                "PRAGMA quick_check(5)",
                "PRAGMA user_version",
                "PRAGMA user_version=7",
                "PRAGMA journal_mode",
                "PRAGMA synchronous",
                "PRAGMA page_size",
                "PRAGMA cache_size",
                "PRAGMA busy_timeout",
                "PRAGMA application_id",
                "SELECT name FROM pragma_table_info('t')",
                "SELECT * FROM pragma_database_list",
                "EXPLAIN SELECT * FROM t",
                "EXPLAIN QUERY PLAN UPDATE t SET b=1",
                "ANALYZE",
                "ANALYZE t",
                "REINDEX t",
                "CREATE VIRTUAL TABLE fts USING fts5(x)",
                "CREATE VIRTUAL TABLE rt USING rtree(id, x0, x1)",
                "CREATE VIEW v AS SELECT * FROM t",
                "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END",
                "CREATE TABLE IF NOT EXISTS u (a)",
                "ALTER TABLE u RENAME TO w",
                "ALTER TABLE w ADD COLUMN c",
                "ALTER TABLE w RENAME COLUMN c TO d",
                "ALTER TABLE w DROP COLUMN d",
                "DROP TABLE IF EXISTS w",
                "SELECT value FROM json_each('[1,2]')",
                "SELECT * FROM sqlite_master",
                "SELECT sqlite_version()",
                "INSERT INTO fts VALUES ('hello')",
                "SELECT * FROM fts WHERE fts MATCH 'hello'",
                "DROP TABLE fts"
            })
    void allows(String sql) {
        assertThat(Node.run(node.session(), sql).only().error).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRAGMA journal_mode=DELETE",
                "PRAGMA journal_mode=OFF",
                "PRAGMA synchronous=OFF",
                "pragma SYNCHRONOUS = normal",
                "PRAGMA locking_mode=EXCLUSIVE",
                "PRAGMA wal_checkpoint",
                "PRAGMA wal_checkpoint(TRUNCATE)",
                "PRAGMA wal_autocheckpoint=1",
                "PRAGMA writable_schema=1",
                "PRAGMA page_size=512",
                "PRAGMA auto_vacuum=1",
                "PRAGMA cache_size=1",
                "PRAGMA query_only=0",
                "PRAGMA trusted_schema=1",
                "PRAGMA temp_store=2",
                "PRAGMA hard_heap_limit=1",
                "PRAGMA incremental_vacuum",
                "PRAGMA optimize",
                "PRAGMA shrink_memory",
                "PRAGMA case_sensitive_like=1",
                "PRAGMA ignore_check_constraints=1",
                "PRAGMA busy_timeout=1",
                "PRAGMA application_id=3",
                "PRAGMA encoding='UTF-16'",
                "PRAGMA schema_version=9",
                "PRAGMA temp_store_directory='/tmp'",
                "PRAGMA data_store_directory='/tmp'",
                "EXPLAIN PRAGMA wal_checkpoint",
                "EXPLAIN PRAGMA database_list",
                "EXPLAIN QUERY PLAN PRAGMA database_list",
                "SELECT * FROM pragma_wal_checkpoint",
                "SELECT * FROM pragma_optimize",
                "ATTACH 'other.db' AS other",
                "ATTACH ':memory:' AS other",
                "ATTACH '' AS other",
                "VACUUM",
                "VACUUM INTO '/tmp/stolen.db'",
                "CREATE TEMP TABLE x (a)",
                "CREATE TEMPORARY VIEW x AS SELECT 1",
                "CREATE TABLE temp.x (a)",
                "CREATE TEMP TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END",
                "SELECT load_extension('x')",
                "SELECT * FROM sqlite_dbpage",
                "SELECT * FROM SQLITE_DBPAGE",
                "UPDATE sqlite_dbpage SET data=x'00'",
                "INSERT INTO sqlite_dbpage(pgno, data) VALUES (1, x'00')",
                "SELECT * FROM dbstat",
                "CREATE VIRTUAL TABLE x USING sqlite_dbpage",
                "CREATE VIRTUAL TABLE x USING dbstat",
                "CREATE VIRTUAL TABLE x USING DBSTAT(main)",
                "SELECT * FROM \"sqlite_dbpage\"",
                "WITH s AS (SELECT * FROM sqlite_dbpage) SELECT * FROM s"
            })
    void refuses(String sql) {
        var session = node.session();
        var error = Node.run(session, sql).only().error();
        // Not compiled in, or refused: never run.
        if (!String.valueOf(error.getMessage()).contains("no such")) {
            assertThat(error.code()).as(error.getMessage()).isEqualTo(Code.NOT_AUTHORIZED);
        }
        assertThat(Node.run(session, "PRAGMA journal_mode").value()).isEqualTo("wal");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PRAGMA database_list",
                "/* where */ pragma MAIN.Database_List;",
                "PRAGMA \"database_list\"",
                "SELECT * FROM pragma_database_list",
                "SELECT seq, name, file || '' FROM PRAGMA_DATABASE_LIST",
                "SELECT x.* FROM \"pragma_database_list\" AS x WHERE file IS NULL",
                "SELECT group_concat(name), max(file) FROM (SELECT * FROM pragma_database_list)",
                "WITH d AS MATERIALIZED (SELECT * FROM pragma_database_list) SELECT name, hex(file), quote(file) FROM d"
            })
    void whereTheFileIsStaysHere(String sql) {
        var results = Node.run(node.session(), sql).only();
        assertThat(results.error).isNull();
        assertThat(results.rows.toString())
                .contains("main")
                .doesNotContain(directory.toString(), directory.getFileName().toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO sqlite_master VALUES (1,2,3,4,5)",
                "UPDATE sqlite_schema SET sql=''",
                "DELETE FROM sqlite_master",
                "DROP TABLE sqlite_master",
                "CREATE TABLE sqlite_x (a)"
            })
    void leavesTheSchemaToSqlite(String sql) {
        assertThat(Node.run(node.session(), sql).only().ok()).isFalse();
    }
}
