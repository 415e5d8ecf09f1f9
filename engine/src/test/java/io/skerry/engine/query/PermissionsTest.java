package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.query.Permissions.Grant;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a session may do under permissions, asked of the real SQLite.
class PermissionsTest {

    private static final String SCHEMA = """
            CREATE TABLE t (id INTEGER PRIMARY KEY, a UNIQUE, b);
            CREATE TABLE secret (id INTEGER PRIMARY KEY, s UNIQUE);
            CREATE TABLE seq (id INTEGER PRIMARY KEY AUTOINCREMENT, a);
            CREATE TABLE strict_u (a UNIQUE ON CONFLICT REPLACE);
            CREATE TABLE child (id INTEGER PRIMARY KEY, p);
            CREATE TABLE log (m UNIQUE);
            CREATE TABLE orders (id INTEGER PRIMARY KEY, n);
            CREATE TRIGGER audit AFTER INSERT ON orders BEGIN
                INSERT INTO log SELECT new.n || (SELECT s FROM secret) || new.id; END;
            CREATE VIEW v AS SELECT id, s FROM secret;
            CREATE VIEW w AS SELECT 1 AS one;
            CREATE TRIGGER door INSTEAD OF INSERT ON w BEGIN INSERT INTO log VALUES (new.one); END;
            CREATE TABLE docs (id INTEGER PRIMARY KEY, x);
            CREATE VIRTUAL TABLE fts USING fts5(x);
            CREATE VIRTUAL TABLE rt USING rtree(id, x0, x1);
            CREATE TRIGGER sync AFTER INSERT ON docs BEGIN INSERT INTO fts (rowid, x) VALUES (new.id, new.x); END;
            CREATE TABLE fts_notes (x);
            CREATE INDEX tb ON t (b);
            INSERT INTO t VALUES (1, 1, 1), (2, 2, 2);
            INSERT INTO secret VALUES (1, 'hush');
            INSERT INTO child VALUES (1, 1);
            INSERT INTO fts VALUES ('hello');
            INSERT INTO rt VALUES (1, 2, 3);
            ANALYZE""";

    @TempDir
    Path directory;

    private Node node;
    private Session owner;

    @BeforeEach
    void open() {
        node = new Node(directory);
        owner = node.session();
        owner.sequence(SCHEMA);
    }

    @AfterEach
    void close() {
        node.close();
    }

    /// `table:action,action;…`, with `*` for all tables, `data` for all four on data and `schema` for
    /// the others.
    static Permissions permissions(String text) {
        var grants = new ArrayList<Grant>();
        for (var entry : text.split(";")) {
            var parts = entry.strip().split(":");
            var permissions = Arrays.stream(parts[1].split(","))
                    .flatMap(word -> Arrays.stream(Permission.values())
                            .filter(p -> p.text().equals(word)
                                    || p.text().startsWith(word + "_")
                                    || p.text().equals("data_" + word)))
                    .collect(Collectors.toSet());
            grants.add(new Grant(parts[0].equals("*") ? null : List.of(parts[0].split("\\+")), permissions));
        }
        return Permissions.of(grants);
    }

    private Session session(String permissions) {
        return node.session(new SessionOptions(false, permissions(permissions)));
    }

    /// Empty for what is allowed, else what the error says the token lacks.
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            t:read                | SELECT * FROM t                                                     |
            T:read                | SELECT * FROM "t"                                                   |
            t:add,update,delete   | SELECT * FROM t                                                     | data_read on table t
            t:add,update,delete   | SELECT count(*) FROM t                                              | data_read on table t
            t:add,update,delete   | SELECT 1 FROM main.t                                                | data_read on table t
            t:read                | SELECT * FROM t, secret                                             | data_read on table secret
            t:read                | SELECT * FROM t WHERE EXISTS (SELECT 1 FROM secret)                 | data_read on table secret
            t:read                | SELECT * FROM t UNION SELECT 1, * FROM secret                       | data_read on table secret
            t:read                | SELECT x.s FROM (SELECT s FROM secret) AS x                         | data_read on table secret
            t:read                | EXPLAIN SELECT s FROM secret                                        | data_read on table secret
            t:read                | EXPLAIN QUERY PLAN DELETE FROM t                                    | data_delete on table t
            *:read                | SELECT * FROM t JOIN secret                                         |
            t:read                | VALUES (1)                                                          |
            t:read                | WITH c AS (SELECT 1 AS n) SELECT count(*) FROM c                    |
            t:read                | WITH c AS (SELECT s FROM secret) SELECT * FROM c                    | data_read on table secret
            t:read                | WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i+1 FROM n LIMIT 3) SELECT count(*) FROM n |
            orders:add;v:read     | WITH v AS (SELECT s FROM secret) SELECT * FROM v                    | data_read on table secret
            orders:add            | WITH audit AS (SELECT s FROM secret) SELECT * FROM audit            | data_read on table secret
            orders:add            | WITH "AUDIT" AS (SELECT s FROM secret) SELECT * FROM [audit]        | data_read on table secret
            orders:add            | WITH c AS (WITH`audit`AS(SELECT s FROM secret)SELECT * FROM audit)SELECT * FROM c | data_read on table secret
            orders:add            | WITH c(n) AS (SELECT 7) INSERT INTO orders (n) SELECT n FROM c      |
            v:read                | SELECT * FROM v                                                     | data_read on table secret
            secret:read           | SELECT * FROM v                                                     | data_read on table v
            v+secret:read         | SELECT * FROM v                                                     |
            v+secret:read         | SELECT count(*) FROM v                                              |
            v:read                | SELECT count(*) FROM v                                              | data_read on table secret
            t:add                 | INSERT INTO t VALUES (3, 3, 3)                                      |
            t:read,update,delete  | INSERT INTO t VALUES (3, 3, 3)                                      | data_add on table t
            t:add                 | INSERT OR IGNORE INTO t VALUES (1, 1, 1)                            |
            t:add                 | INSERT INTO t VALUES (3, 3, 3) RETURNING id                         | data_read on table t
            t:add                 | INSERT INTO t VALUES (3, 3, 3) RETURNING (SELECT s FROM secret)     | data_read on table secret
            t:add,read            | INSERT INTO t VALUES (3, 3, 3) RETURNING id                         |
            t:add                 | INSERT INTO t SELECT id + 5, s, 0 FROM secret                       | data_read on table secret
            docs:add              | INSERT INTO docs SELECT * FROM secret                               | data_read on table secret
            docs:add              | INSERT INTO docs SELECT id, s FROM secret                           | data_read on table secret
            t:add                 | REPLACE INTO t VALUES (1, 1, 1)                                     | data_delete on table t
            t:add                 | INSERT OR/**/REPLACE/*(*/INTO t VALUES (1, 1, 1)                    | data_delete on table t
            t:add                 | INSERT INTO t VALUES (3, replace('abc', 'a', 'b'), 3)               |
            t:add,delete          | REPLACE INTO t VALUES (1, 1, 1)                                     |
            t:update              | UPDATE OR REPLACE t SET a = 1                                       | data_delete on table t
            t:update,delete       | UPDATE OR REPLACE t SET a = 1                                       |
            strict_u:add          | INSERT INTO strict_u VALUES (1)                                     |
            t:add                 | INSERT INTO t VALUES (1, 1, 1) ON CONFLICT DO UPDATE SET b = 5      | data_update on table t
            t:add,update          | INSERT INTO t VALUES (1, 1, 1) ON CONFLICT DO UPDATE SET b = 5      |
            t:add,update          | INSERT INTO t VALUES (1, 1, 1) ON CONFLICT (a) DO UPDATE SET b = 5  | data_read on table t
            t:add                 | INSERT INTO t VALUES (1, 1, 1) ON CONFLICT DO NOTHING               |
            t:update              | UPDATE t SET b = 9                                                  |
            t:update              | UPDATE t SET b = 9 WHERE id = 1                                     | data_read on table t
            t:update              | UPDATE t SET b = a                                                  | data_read on table t
            t:update              | UPDATE t SET b = 9 RETURNING a                                      | data_read on table t
            t:update,read         | UPDATE t SET b = 9 WHERE id = 1 RETURNING a                         |
            t:update,read         | UPDATE t SET b = s FROM secret WHERE secret.id = t.id               | data_read on table secret
            t:read,add,delete     | UPDATE t SET b = 9                                                  | data_update on table t
            t:delete              | DELETE FROM t                                                       |
            t:delete              | DELETE FROM t RETURNING a                                           | data_read on table t
            t:delete              | DELETE FROM t WHERE id = 1                                          | data_read on table t
            t:read,add,update     | DELETE FROM t                                                       | data_delete on table t
            orders:add            | INSERT INTO orders VALUES (1, 'x')                                  |
            orders:add            | INSERT INTO log VALUES ('forged')                                   | data_add on table log
            orders:add            | INSERT OR REPLACE INTO orders VALUES (1, 'x')                       | data_delete on table orders
            orders:add,delete     | INSERT OR REPLACE INTO orders VALUES (1, 'x')                       | data_delete on table log
            w:add                 | INSERT INTO w VALUES (5)                                            |
            w:read                | INSERT INTO w VALUES (5)                                            | data_add on table w
            t:read                | SELECT * FROM sqlite_schema                                         |
            t:read                | SELECT count(*) FROM sqlite_master                                  |
            t:read                | SELECT * FROM sqlite_sequence, sqlite_stat1                         |
            t:read                | SELECT sample FROM sqlite_stat4                                     | data_read on table sqlite_stat4
            t:read                | DELETE FROM sqlite_stat1                                            | schema_update on all tables
            t:read                | SELECT value FROM json_each('[1]')                                  |
            t:read                | SELECT count(*) FROM json_each('[1]')                               |
            t:read                | PRAGMA table_info(secret)                                           |
            t:read                | SELECT name FROM pragma_table_info('secret')                        |
            t:read                | PRAGMA table_list                                                   |
            t:read                | PRAGMA foreign_keys = ON                                            |
            t:read                | PRAGMA user_version                                                 |
            t:data,schema         | PRAGMA user_version = 5                                             | schema_update on all tables
            *:schema              | PRAGMA user_version = 5                                             |
            t:data                | PRAGMA integrity_check                                              | data_read on all tables
            t:data                | PRAGMA foreign_key_check(t)                                         | data_read on all tables
            t:data                | SELECT * FROM pragma_quick_check                                    | data_read on all tables
            *:read                | PRAGMA integrity_check                                              |
            x:schema_add          | CREATE TABLE x (a)                                                  |
            x:schema_add          | CREATE TABLE x (a INTEGER PRIMARY KEY AUTOINCREMENT)                |
            t:schema,data         | CREATE TABLE x (a)                                                  | schema_add on table x
            *:schema_update       | CREATE TABLE x (a)                                                  | schema_add on table x
            x:schema_add          | CREATE TABLE x AS SELECT * FROM secret                              | data_read on table secret
            x:schema_add;secret:read | CREATE TABLE x AS SELECT * FROM secret                           |
            t:schema_add          | CREATE INDEX ta ON t (a, b) WHERE b > 1                             |
            t:data                | CREATE INDEX ta ON t (a)                                            | schema_add on table t
            t:schema_add          | CREATE INDEX sa ON secret (s)                                       | schema_add on table secret
            t:schema_update       | ALTER TABLE t ADD COLUMN c CHECK (c > 0)                            |
            t:schema_update       | ALTER TABLE t RENAME COLUMN b TO bb                                 |
            child:schema_update   | ALTER TABLE child ADD COLUMN c                                      |
            log:schema_update     | ALTER TABLE log ADD COLUMN d                                        |
            t:schema_add,data     | ALTER TABLE t ADD COLUMN c                                          | schema_update on table t
            t:data,schema         | ALTER TABLE t RENAME TO t2                                          | data_read, data_add, data_update and data_delete on all tables
            *:data,schema_update  | ALTER TABLE t RENAME TO t2                                          |
            t:schema_delete       | DROP TABLE t                                                        |
            seq:schema_delete     | DROP TABLE seq                                                      |
            t:data,schema_update  | DROP TABLE t                                                        | schema_delete on table t
            t:schema_delete       | DROP INDEX tb                                                       |
            t:data                | DROP INDEX tb                                                       | schema_delete on table t
            orders:schema_delete  | DROP TRIGGER audit                                                  |
            log:schema_delete     | DROP TRIGGER audit                                                  | schema_delete on table orders
            v:schema_delete       | DROP VIEW v                                                         |
            t:schema,data         | DROP VIEW v                                                         | schema_delete on table v
            x:schema_add          | CREATE VIEW x AS SELECT 1                                           | data_read on all tables
            *:read;x:schema_add   | CREATE VIEW x AS SELECT 1                                           |
            *:read                | CREATE VIEW x AS SELECT 1                                           | schema_add on table x
            t:data,schema         | CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END              | data_read, data_add, data_update and data_delete on all tables
            *:data;t:schema_add   | CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END              |
            *:data                | CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END              | schema_add on table t
            t:schema              | ANALYZE t                                                           | schema_update on all tables
            *:schema_update       | ANALYZE                                                             |
            t:schema              | REINDEX tb                                                          | schema_update on all tables
            *:schema_update       | REINDEX                                                             |
            *:data,schema_add,schema_delete | CREATE VIRTUAL TABLE x USING fts5(y)                      | all permissions on all tables, which a change to the virtual table x needs
            *:data,schema_add,schema_delete | DROP TABLE fts                                            | all permissions on all tables, which a change to the virtual table fts needs
            *:schema_delete       | DROP TABLE fts_data                                                 | all permissions on all tables, which a change to the virtual table fts_data needs
            fts:read              | SELECT * FROM fts WHERE fts MATCH 'hello'                           |
            t:read                | SELECT * FROM fts WHERE fts MATCH 'hello'                           | data_read on table fts
            rt:read               | SELECT * FROM rt                                                    |
            fts:read              | SELECT * FROM fts_content                                           |
            t:read                | SELECT * FROM fts_content                                           | data_read on table fts
            fts:read              | SELECT * FROM fts_notes                                             | data_read on table fts_notes
            fts:add,update,delete | INSERT INTO fts VALUES ('x')                                        |
            fts:add               | INSERT INTO fts (fts) VALUES ('delete-all')                         | data_update on table fts
            rt:add,update,delete  | INSERT INTO rt VALUES (2, 3, 4)                                     |
            docs:add              | INSERT INTO docs VALUES (7, 'x')                                    |
            docs:add              | INSERT INTO fts VALUES ('x')                                        | data_add on table fts
            """)
    void theMatrix(String granted, String sql, @Nullable String lacks) {
        var result = Node.run(session(granted), sql).only();
        if (lacks == null) {
            assertThat(result.error).isNull();
        } else {
            assertDenied(result.error(), lacks);
            assertThat(Node.run(owner, "SELECT count(*) FROM log").value()).isEqualTo(0L);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            fts:data | DELETE FROM fts_content
            *:data   | UPDATE sqlite_schema SET sql = ''
            """)
    void whatIsSqlitesOwnNobodyWrites(String granted, String sql) {
        assertThat(Node.run(session(granted), sql).only().error()).hasMessageContaining("may not be modified");
        assertThat(Node.run(owner, sql).only().error()).hasMessageContaining("may not be modified");
    }

    @Test
    void whatForeignKeysDoElsewhereNeedsTheRightsThere() {
        owner.sequence("""
                CREATE TABLE parent (id INTEGER PRIMARY KEY);
                CREATE TABLE part (id INTEGER PRIMARY KEY, p REFERENCES parent ON DELETE CASCADE);
                INSERT INTO parent VALUES (1), (2);
                INSERT INTO part VALUES (1, 1)""");
        assertDenied(errorOf("parent:delete", "DELETE FROM parent"), "data_read on table part");
        assertDenied(errorOf("parent:delete;part:read", "DELETE FROM parent"), "data_delete on table part");
        assertDenied(errorOf("part:add", "INSERT INTO part VALUES (2, 2)"), "data_read on table parent");
        assertThat(errorOf("parent:delete,read;part:read,delete", "DELETE FROM parent"))
                .isNull();
    }

    private @Nullable DatabaseException errorOf(String granted, String sql) {
        return Node.run(session(granted), sql).only().error;
    }

    @Test
    void aStatementPreparedUnderOthersRightsIsNotRunUnderTheseAndTheOtherWayRound() {
        var reader = session("t:read");
        var writer = session("t:add");
        for (var i = 0; i < 3; i++) {
            assertThat(Node.run(owner, "SELECT s FROM secret").value()).isEqualTo("hush");
            assertDenied(Node.run(reader, "SELECT s FROM secret").only().error(), "data_read on table secret");
            assertThat(Node.run(reader, "SELECT count(*) FROM t").only().ok()).isTrue();
            assertDenied(Node.run(writer, "SELECT count(*) FROM t").only().error(), "data_read on table t");
            assertThat(Node.run(owner, "INSERT INTO t DEFAULT VALUES").only().ok())
                    .isTrue();
            assertThat(Node.run(writer, "INSERT INTO t DEFAULT VALUES").only().ok())
                    .isTrue();
            assertDenied(Node.run(reader, "INSERT INTO t DEFAULT VALUES").only().error(), "data_add on table t");
        }
    }

    @Test
    void aStatementThatSqlitePreparesAnewIsCheckedAnew() {
        var session = session("v+t:read");
        owner.sequence("DROP VIEW v; CREATE VIEW v AS SELECT id FROM t");
        assertThat(Node.run(session, "SELECT max(id) FROM v").only().ok()).isTrue();
        owner.sequence("DROP VIEW v; CREATE VIEW v AS SELECT id FROM secret");
        assertDenied(Node.run(session, "SELECT max(id) FROM v").only().error(), "data_read on table secret");
    }

    @Test
    void whatAVirtualTableKeepsIsNotReadThroughAViewThatChanged() {
        var session = session("v+t:read");
        owner.sequence("DROP VIEW v; CREATE VIEW v AS SELECT id FROM t");
        assertThat(Node.run(session, "SELECT max(id) FROM v").only().ok()).isTrue();
        owner.sequence("DROP VIEW v; CREATE VIEW v AS SELECT id FROM fts_content");
        for (var i = 0; i < 2; i++) {
            assertDenied(Node.run(session, "SELECT max(id) FROM v").only().error(), "data_read on table fts");
        }
    }

    @Test
    void aNameThatMeantNothingMayMeanATableLater() {
        var session = session("t:read");
        assertThat(Node.run(session, "SELECT count(*) FROM later").only().error())
                .hasMessageContaining("no such table");
        owner.sequence("CREATE TABLE later (a)");
        assertDenied(Node.run(session, "SELECT count(*) FROM later").only().error(), "data_read on table later");
    }

    @Test
    void namesAreLearntAnewAfterASchemaChangeWasUndone() {
        var session = session("t:add;x:schema_add");
        Node.run(session, "BEGIN IMMEDIATE");
        Node.run(session, "CREATE TABLE x (a)");
        assertThat(Node.run(session, "INSERT INTO t DEFAULT VALUES").only().ok())
                .isTrue();
        Node.run(session, "ROLLBACK");
        Node.run(owner, "CREATE TABLE z (a)"); // the schema has the version that it had with x
        assertDenied(
                Node.run(session, "INSERT INTO t (b) SELECT count(*) FROM z")
                        .only()
                        .error(),
                "data_read on table z");
    }

    @Test
    void aDeniedStatementLeavesTheSessionAndItsTransaction() {
        var session = session("t:read,add");
        Node.run(session, "BEGIN");
        assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(2L);
        assertThat(Node.run(session, "INSERT INTO t VALUES (3, 3, 3)").only().ok())
                .isTrue();
        assertDenied(Node.run(session, "DELETE FROM t").only().error(), "data_delete on table t");
        assertThat(session.autocommit()).isFalse();
        assertThat(Node.run(session, "COMMIT").only().ok()).isTrue();
        assertThat(Node.run(owner, "SELECT count(*) FROM t").value()).isEqualTo(3L);
    }

    @Test
    void aBatchIsCheckedStatementByStatement() {
        var session = session("t:read,add");
        var results = Node.all(session, "INSERT INTO t VALUES (3, 3, 3)", "DELETE FROM t", "SELECT count(*) FROM t");
        assertThat(results.step(0).ok()).isTrue();
        assertDenied(results.step(1).error(), "data_delete on table t");
        assertThat(results.step(2).rows.getFirst()).containsExactly(3L);
        var unit = new Results();
        session.run(Node.batch("BEGIN", "INSERT INTO t VALUES (4, 4, 4)", "DELETE FROM t"), unit);
        assertThat(Node.run(owner, "SELECT count(*) FROM t").value()).isEqualTo(3L);
    }

    @Test
    void aDescriptionNeedsWhatTheRunNeeds() {
        var session = session("t:read");
        assertThat(session.describe("SELECT a FROM t").columns()).hasSize(1);
        assertThatThrownBy(() -> session.describe("SELECT s FROM secret"))
                .isInstanceOfSatisfying(DatabaseException.class, e -> assertDenied(e, "data_read on table secret"));
        assertThatThrownBy(() -> session.describe("DELETE FROM t"))
                .isInstanceOfSatisfying(DatabaseException.class, e -> assertDenied(e, "data_delete on table t"));
    }

    @Test
    void aScriptEndsWhereItIsDenied() {
        var session = session("t:add");
        assertThatThrownBy(() -> session.sequence("INSERT INTO t VALUES (3, 3, 3); DROP TABLE t; SELECT 1"))
                .isInstanceOfSatisfying(DatabaseException.class, e -> assertDenied(e, "schema_delete on table t"));
        assertThat(Node.run(owner, "SELECT count(*) FROM t").value()).isEqualTo(3L);
    }

    @Test
    void aReadOnlySessionDoesNotWriteWhateverIsPermitted() {
        var session = node.session(new SessionOptions(true, permissions("t:read,add")));
        assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(2L);
        assertThat(Node.run(session, "INSERT INTO t VALUES (3, 3, 3)")
                        .only()
                        .error()
                        .code())
                .isEqualTo(Code.NOT_AUTHORIZED);
    }

    @Test
    void theFrameOfAReadIsNotNewerThanWhatItSaw() {
        var session = session("t:read");
        Node.run(session, "SELECT count(*) FROM t");
        assertThat(session.frame()).isEqualTo(node.file.frame());
    }

    @Test
    void sumsAndOrderDoNotMatter() {
        assertThat(permissions("a:read;b:read;a:add")).isEqualTo(permissions("B:read;A:add,read"));
        assertThat(permissions("a:read")).isNotEqualTo(permissions("a:add")).isNotEqualTo(permissions("*:read"));
        assertThat(permissions("*:read;a:read,add").grants())
                .containsExactly(
                        new Grant(null, Set.of(Permission.DATA_READ)),
                        new Grant(List.of("a"), Set.of(Permission.DATA_ADD)));
        assertThat(permissions("*:data,schema").limit()).isFalse();
        assertThat(Permissions.of(List.of()).limit()).isTrue();
        var again = permissions("a+b:read;c:data;*:schema_add");
        assertThat(Permissions.of(again.grants())).isEqualTo(again);
    }

    private static void assertDenied(@Nullable DatabaseException error, String lacks) {
        assertThat(error).hasMessage("permission denied: the token lacks " + lacks);
        assertThat(error)
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.PERMISSION_DENIED));
    }
}
