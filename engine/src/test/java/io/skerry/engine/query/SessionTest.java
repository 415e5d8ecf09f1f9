package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionTest {

    @TempDir
    Path directory;

    Node node;
    Session session;

    @BeforeEach
    void open() {
        node = new Node(directory);
        session = node.session();
    }

    @AfterEach
    void close() {
        node.close();
    }

    private Results run(String sql, Value... args) {
        return Node.run(session, sql, args);
    }

    @Test
    void readsValuesOfEveryType() {
        var results = run("SELECT 1 AS one, 'two' AS two, 0.5 AS three, NULL AS four");
        assertThat(results.only().columns)
                .extracting(ResultSink.Column::name)
                .containsExactly("one", "two", "three", "four");
        assertThat(results.only().rows.getFirst()).containsExactly(1L, "two", 0.5, null);
        assertThat(run("SELECT 1 WHERE 0").only().columns).hasSize(1);
        assertThat(run("VALUES (1,'one'),(2,'two'),(3,'three')").only().rows).hasSize(3);
    }

    @Test
    void bindsPositionalAndNamedArguments() {
        assertThat(run("SELECT ?2, ?3, ?1", new Value.Int(1), new Value.Int(2), new Value.Int(3))
                        .only()
                        .rows)
                .containsExactly(List.of(2L, 3L, 1L));
        assertThat(run("SELECT ?2, ?, ?3", new Value.Int(1), new Value.Int(2), new Value.Int(3))
                        .only()
                        .rows)
                .containsExactly(List.of(2L, 3L, 3L));
        for (var prefix : List.of(":", "@", "$")) {
            for (var given : List.of("", prefix)) {
                var sql = new Sql(
                        "SELECT " + prefix + "a, " + prefix + "a",
                        List.of(),
                        List.of(new Sql.NamedArg(given + "a", new Value.Text("x"))),
                        true);
                var results = new Results();
                session.run(Program.of(sql), results);
                assertThat(results.only().rows).containsExactly(List.of("x", "x"));
            }
        }
    }

    @Test
    void refusesArgumentsThatDoNotMatch() {
        assertThat(run("SELECT ?").only().error().code()).isEqualTo(Code.ARGS_INVALID);
        assertThat(run("SELECT 1", Value.NULL).only().error().code()).isEqualTo(Code.ARGS_INVALID);
        assertThat(run("EXPLAIN SELECT ?").only().ok()).isTrue();
        var both = new Sql("SELECT ?", List.of(Value.NULL), List.of(new Sql.NamedArg("a", Value.NULL)), true);
        assertThatThrownBy(() -> session.run(Program.of(both), new Results()))
                .extracting(e -> ((DatabaseException) e).code())
                .isEqualTo(Code.ARGS_BOTH_POSITIONAL_AND_NAMED);
    }

    @Test
    void countsWhatAStatementChanged() {
        run("CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)");
        var insert = run("INSERT INTO t VALUES (1,'x'),(7,'y')").only().result();
        assertThat(insert.affectedRows()).isEqualTo(2);
        assertThat(insert.lastInsertRowid()).isEqualTo(7);
        assertThat(insert.rowsWritten()).isEqualTo(2);
        assertThat(run("UPDATE t SET b='z'").only().result().affectedRows()).isEqualTo(2);
        assertThat(run("UPDATE t SET b='q' WHERE a=1").only().result().lastInsertRowid())
                .isNull();
        assertThat(run("DELETE FROM t WHERE a=1").only().result().affectedRows())
                .isEqualTo(1);
        assertThat(run("CREATE INDEX i ON t(b)").only().result().affectedRows()).isZero();
        var returning = run("INSERT INTO t VALUES (9,'r') RETURNING a").only();
        assertThat(returning.rows).containsExactly(List.of(9L));
        assertThat(returning.result().affectedRows()).isEqualTo(1);
        assertThat(run("WITH x AS (SELECT 10 AS a) INSERT INTO t SELECT a, 'w' FROM x")
                        .only()
                        .result()
                        .lastInsertRowid())
                .isEqualTo(10);
        assertThat(run("SELECT count(*) FROM t").value()).isEqualTo(3L);
    }

    @Test
    void sessionFunctionsSpeakOfThisSession() {
        run("CREATE TABLE t (a INTEGER PRIMARY KEY)");
        var other = node.session();
        run("INSERT INTO t VALUES (5)");
        Node.run(other, "INSERT INTO t VALUES (8)");
        assertThat(run("SELECT last_insert_rowid()").value()).isEqualTo(5L);
        assertThat(Node.run(other, "SELECT last_insert_rowid()").value()).isEqualTo(8L);
    }

    /// It moves that of the connection, which all sessions share.
    @Test
    void aFailedInsertOfAnotherSessionDoesNotMoveTheRowid() {
        run("CREATE TABLE u (a INTEGER PRIMARY KEY, b UNIQUE)");
        run("INSERT INTO u VALUES (7, 'mine')");
        var failed = Node.run(node.session(), "INSERT INTO u VALUES (100, 'twice'), (101, 'twice')");
        assertThat(failed.only().error()).hasMessageContaining("UNIQUE");
        assertThat(run("SELECT last_insert_rowid()").value()).isEqualTo(7L);
    }

    @Test
    void reportsErrorsWithTheCodesClientsKnow() {
        run("CREATE TABLE t (a INTEGER PRIMARY KEY)");
        run("INSERT INTO t VALUES (1)");
        var unique = run("INSERT INTO t VALUES (1)").only().error();
        assertThat(unique.code()).isEqualTo(Code.SQLITE);
        assertThat(unique.sqliteCode()).isEqualTo(1555);
        assertThat(unique).hasMessage("SQLite error: UNIQUE constraint failed: t.a");
        assertThat(run("SELECT foobar").only().error())
                .hasMessage("SQL input error: no such column: foobar (at offset 7)");
        assertThat(run("SELECT * FROM missing").only().error()).hasMessage("SQLite error: no such table: missing");
        assertThatThrownBy(() -> run("SELECT")).hasMessageStartingWith("SQL string could not be parsed: ");
        assertThatThrownBy(() -> run("-- nothing")).extracting("code").isEqualTo(Code.SQL_NO_STATEMENT);
        assertThatThrownBy(() -> run("SELECT 1; SELECT 2")).extracting("code").isEqualTo(Code.SQL_MANY_STATEMENTS);
        assertThat(run("SELECT 1; -- that is all ;").only().ok()).isTrue();
    }

    @Test
    void checksAllTextsBeforeTheFirstStep() {
        run("CREATE TABLE t (a)");
        assertThatThrownBy(() -> Node.all(session, "INSERT INTO t VALUES (1)", "SELEC 1"))
                .extracting("code")
                .isEqualTo(Code.SQL_PARSE_ERROR);
        assertThat(run("SELECT count(*) FROM t").value()).isEqualTo(0L);
        var late = Node.all(session, "INSERT INTO t VALUES (1)", "SELECT * FROM missing", "INSERT INTO t VALUES (2)");
        assertThat(late.step(0).ok()).isTrue();
        assertThat(late.step(1).error()).hasMessageContaining("no such table");
        assertThat(late.step(2).ok()).isTrue();
    }

    @Test
    void interactiveTransactionCommitsAndRollsBack() {
        run("CREATE TABLE t (a)");
        run("BEGIN");
        assertThat(session.autocommit()).isFalse();
        run("INSERT INTO t VALUES (1)");
        assertThat(run("SELECT count(*) FROM t").value()).isEqualTo(1L);
        assertThat(Node.run(node.session(), "SELECT count(*) FROM t").value()).isEqualTo(0L);
        run("COMMIT");
        assertThat(session.autocommit()).isTrue();
        assertThat(Node.run(node.session(), "SELECT count(*) FROM t").value()).isEqualTo(1L);
        run("BEGIN IMMEDIATE");
        run("DELETE FROM t");
        run("ROLLBACK");
        assertThat(run("SELECT count(*) FROM t").value()).isEqualTo(1L);
        assertThat(run("COMMIT").only().error()).hasMessage("SQLite error: cannot commit - no transaction is active");
        run("BEGIN");
        assertThat(run("BEGIN").only().error())
                .hasMessage("SQLite error: cannot start a transaction within a transaction");
        run("ROLLBACK");
        assertThat(node.leased.get()).isZero();
    }

    @Test
    void deferredTransactionKeepsItsSnapshotAndCannotWriteAfterOthersDid() {
        run("CREATE TABLE t (a)");
        run("INSERT INTO t VALUES (1)");
        var other = node.session();
        run("BEGIN DEFERRED");
        assertThat(run("SELECT sum(a) FROM t").value()).isEqualTo(1L);
        Node.all(other, "BEGIN", "INSERT INTO t VALUES (10)", "COMMIT");
        assertThat(run("SELECT sum(a) FROM t").value()).isEqualTo(1L);
        assertThat(run("INSERT INTO t VALUES (100)").only().error().sqliteCode())
                .isEqualTo(Failures.BUSY_SNAPSHOT);
        assertThat(session.autocommit()).isFalse();
        assertThat(run("SELECT sum(a) FROM t").value()).isEqualTo(1L);
        run("COMMIT");
        assertThat(run("SELECT sum(a) FROM t").value()).isEqualTo(11L);
    }

    @Test
    void savepointsSurviveTheMoveToTheWriter() {
        run("CREATE TABLE t (a)");
        run("BEGIN");
        run("SAVEPOINT one");
        assertThat(run("SELECT count(*) FROM t").value()).isEqualTo(0L);
        run("INSERT INTO t VALUES (1)");
        run("SAVEPOINT two");
        run("INSERT INTO t VALUES (2)");
        run("ROLLBACK TO two");
        run("RELEASE one");
        assertThat(session.autocommit()).isFalse();
        run("COMMIT");
        assertThat(run("SELECT count(*) FROM t").value()).isEqualTo(1L);
        run("SAVEPOINT outer");
        assertThat(session.autocommit()).isFalse();
        run("INSERT INTO t VALUES (3)");
        run("RELEASE outer");
        assertThat(session.autocommit()).isTrue();
        assertThat(run("SELECT count(*) FROM t").value()).isEqualTo(2L);
    }

    @Test
    void readOnlyTransactionRefusesWrites() {
        run("CREATE TABLE t (a)");
        for (var begin : List.of("BEGIN READONLY", "BEGIN TRANSACTION READONLY")) {
            run(begin);
            assertThat(run("INSERT INTO t VALUES (1)").only().error().sqliteCode())
                    .isEqualTo(8);
            assertThat(run("SELECT count(*) FROM t").value()).isEqualTo(0L);
            run("COMMIT");
        }
        var batch = new Results();
        session.run(Node.batch("BEGIN", "INSERT INTO t VALUES (1)"), batch);
        assertThat(batch.step(1).ok()).isTrue();
        batch = new Results();
        session.run(Node.batch("BEGIN READONLY", "INSERT INTO t VALUES (2)"), batch);
        assertThat(batch.step(1).error().sqliteCode()).isEqualTo(8);
        assertThat(run("SELECT count(*) FROM t").value()).isEqualTo(1L);
    }

    /// The engine begins transactions in its own words: what the client's are is for SQLite to say all the same.
    @Test
    void whatIsNoBeginIsASyntaxErrorAndBeginsNothing() {
        for (var begin : List.of(
                "BEGIN CONCURRENT",
                "BEGIN nonsense",
                "BEGIN 5",
                "BEGIN IMMEDIATE DEFERRED",
                "BEGIN IMMEDIATE READONLY",
                "BEGIN READONLY IMMEDIATE",
                "BEGIN READONLY READONLY",
                "BEGIN READONLY nonsense")) {
            for (var options : List.of(SessionOptions.FULL, SessionOptions.READ_ONLY)) {
                var client = node.session(options);
                assertThatThrownBy(() -> Node.run(client, begin))
                        .as(begin)
                        .isInstanceOfSatisfying(
                                DatabaseException.class,
                                e -> assertThat(e.code()).isEqualTo(Code.SQL_PARSE_ERROR));
                assertThat(client.autocommit()).as(begin).isTrue();
            }
        }
        for (var begin :
                List.of("BEGIN TRANSACTION readonly", "BEGIN READONLY TRANSACTION", "BEGIN EXCLUSIVE TRANSACTION t")) {
            assertThat(run(begin).only().error).as(begin).isNull();
            assertThat(session.autocommit()).as(begin).isFalse();
            run("ROLLBACK");
        }
    }

    @Test
    void readOnlySessionMayOnlyRead() {
        run("CREATE TABLE t (a)");
        var reader = node.session(SessionOptions.READ_ONLY);
        for (var sql : List.of("INSERT INTO t VALUES (1)", "CREATE TABLE u (a)", "PRAGMA user_version=3")) {
            assertThat(Node.run(reader, sql).only().error().code()).isEqualTo(Code.NOT_AUTHORIZED);
        }
        Node.run(reader, "BEGIN IMMEDIATE");
        assertThat(Node.run(reader, "SELECT count(*) FROM t").value()).isEqualTo(0L);
        assertThat(Node.run(reader, "INSERT INTO t VALUES (1)").only().error().code())
                .isEqualTo(Code.NOT_AUTHORIZED);
        run("INSERT INTO t VALUES (2)"); // the reader holds no lock
        Node.run(reader, "COMMIT");
    }

    @Test
    void conditionsDecideWhatRuns() {
        run("CREATE TABLE t (a)");
        var steps = new ArrayList<Program.Step>();
        steps.add(new Program.Step(null, Sql.of("SELECT 1")));
        steps.add(new Program.Step(null, Sql.of("SELECT foobar")));
        steps.add(new Program.Step(new Condition.Ok(0), Sql.of("SELECT 2")));
        steps.add(new Program.Step(new Condition.Ok(1), Sql.of("SELECT 3")));
        steps.add(new Program.Step(new Condition.Failed(3), Sql.of("SELECT 4")));
        steps.add(new Program.Step(
                new Condition.And(List.of(new Condition.Ok(0), new Condition.Not(new Condition.Ok(1)))),
                Sql.of("SELECT 5")));
        steps.add(new Program.Step(new Condition.Or(List.of()), Sql.of("SELECT 6")));
        steps.add(new Program.Step(new Condition.IsAutocommit(), Sql.of("BEGIN")));
        steps.add(new Program.Step(new Condition.IsAutocommit(), Sql.of("SELECT 8")));
        var results = new Results();
        session.run(new Program(steps), results);
        assertThat(results.steps)
                .extracting(s -> s.skipped)
                .containsExactly(false, false, false, true, false, false, true, false, true);
        assertThatThrownBy(() -> new Program(List.of(new Program.Step(new Condition.Ok(0), Sql.of("SELECT 1")))))
                .hasMessage("Invalid reference to step in a batch condition");
    }

    @Test
    void longProgramsAndLongChainsRun() {
        run("CREATE TABLE t (a)");
        var steps = new ArrayList<Program.Step>();
        steps.add(new Program.Step(null, Sql.of("BEGIN")));
        for (var i = 1; i <= 4_000; i++) {
            steps.add(new Program.Step(new Condition.Ok(i - 1), Sql.of("INSERT INTO t VALUES (" + i + ")")));
        }
        steps.add(new Program.Step(new Condition.Ok(4_000), Sql.of("COMMIT")));
        var results = new Results();
        session.run(new Program(steps), results);
        assertThat(results.steps).allMatch(Results.Of::ok);
        assertThat(run("SELECT sum(a) FROM t").value()).isEqualTo(8_002_000L);
    }

    @Test
    void sequenceRunsUntilTheFirstError() {
        session.sequence("-- nothing at all");
        session.sequence("CREATE TABLE t (a); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END; "
                + "INSERT INTO t VALUES ('a;b') ; /* ; */");
        assertThatThrownBy(() -> session.sequence("INSERT INTO t VALUES (2); INSERT INTO x VALUES (3); DELETE FROM t"))
                .hasMessageContaining("no such table: x");
        assertThat(run("SELECT count(*) FROM t").value()).isEqualTo(2L);
        assertThatThrownBy(() -> session.sequence("BEGIN; INSERT INTO t VALUES (5); SELECT foobar; COMMIT"))
                .hasMessageContaining("foobar");
        assertThat(session.autocommit()).isFalse();
        assertThat(run("SELECT count(*) FROM t").value()).isEqualTo(3L);
        session.close();
        assertThat(Node.run(node.session(), "SELECT count(*) FROM t").value()).isEqualTo(2L);
    }

    @Test
    void describesWithoutRunning() {
        run("CREATE TABLE t (a INT, b \"FURRY BUNNY\", c)");
        var one = session.describe("SELECT 1 AS one");
        assertThat(one.params()).isEmpty();
        assertThat(one.isReadonly()).isTrue();
        assertThat(session.describe("SELECT ?, ?3, :one, $two, @three").params())
                .containsExactly(null, null, "?3", ":one", "$two", "@three");
        assertThat(session.describe("SELECT a, b, c, a+1 FROM t").columns())
                .extracting(ResultSink.Column::decltype)
                .containsExactly("INT", "FURRY BUNNY", null, null);
        assertThat(session.describe("EXPLAIN QUERY PLAN SELECT 1").isExplain()).isTrue();
        assertThat(session.describe("COMMIT").isReadonly()).isTrue();
        assertThat(session.describe("UPDATE t SET a=1").isReadonly()).isFalse();
        assertThat(session.describe("DROP TABLE t; SELECT 1").isReadonly()).isFalse();
        assertThat(run("SELECT count(*) FROM t").value()).isEqualTo(0L);
    }

    @Test
    void seesSchemaChangesThroughPreparedStatements() {
        run("CREATE TABLE t (a)");
        run("INSERT INTO t VALUES (1)");
        assertThat(run("SELECT * FROM t").only().columns).hasSize(1);
        run("ALTER TABLE t ADD COLUMN b DEFAULT 'new'");
        var results = run("SELECT * FROM t").only();
        assertThat(results.columns).hasSize(2);
        assertThat(results.rows).containsExactly(List.of(1L, "new"));
    }

    @Test
    void foreignKeysAreASettingOfTheSession() {
        session.sequence("CREATE TABLE p (a PRIMARY KEY); CREATE TABLE c (a REFERENCES p)");
        var strict = node.session();
        run("PRAGMA foreign_keys=off");
        assertThat(Node.run(strict, "PRAGMA foreign_keys").value())
                .as("on from the beginning, whatever others set")
                .isEqualTo(1L);
        assertThat(run("PRAGMA foreign_keys").value()).isEqualTo(0L);
        assertThat(Node.run(strict, "INSERT INTO c VALUES (1)").only().error().sqliteCode())
                .isEqualTo(787);
        assertThat(run("INSERT INTO c VALUES (1)").only().ok()).isTrue();
        Node.all(
                strict,
                "PRAGMA foreign_keys=off",
                "BEGIN",
                "INSERT INTO c VALUES (2)",
                "COMMIT",
                "PRAGMA foreign_keys=on");
        assertThat(Node.run(strict, "INSERT INTO c VALUES (3)").only().ok()).isFalse();
        assertThat(run("SELECT count(*) FROM c").value()).isEqualTo(2L);
    }

    @Test
    void tellsWhatAReplicaCanRun() {
        run("CREATE TABLE t (a)");
        assertThat(readOnly("SELECT * FROM t")).isTrue();
        assertThat(readOnly("SELECT * FROM t", "EXPLAIN INSERT INTO t VALUES (1)"))
                .isTrue();
        assertThat(readOnly("PRAGMA table_info(t)")).isTrue();
        assertThat(readOnly("SELEC")).isTrue();
        assertThat(readOnly("SELECT 1", "INSERT INTO t VALUES (1)")).isFalse();
        assertThat(readOnly("WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x"))
                .isFalse();
        assertThat(readOnly("BEGIN")).isFalse();
        assertThat(readOnly("SELECT last_insert_rowid()")).isFalse();
        assertThat(readOnly("PRAGMA foreign_keys=on")).isFalse();
        assertThat(session.isReadOnly(Node.batch("BEGIN TRANSACTION READONLY", "SELECT * FROM t")))
                .isTrue();
        assertThat(session.isReadOnly(Node.batch("BEGIN IMMEDIATE", "SELECT * FROM t")))
                .isFalse();
    }

    private boolean readOnly(String... texts) {
        var steps = new ArrayList<Program.Step>();
        for (var text : texts) {
            steps.add(new Program.Step(null, Sql.of(text)));
        }
        return session.isReadOnly(new Program(steps));
    }
}
