package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitGroupTest {

    @TempDir
    Path directory;

    Node node;
    Session session;

    @BeforeEach
    void open() {
        // A cold machine may need long for the first statements.
        node = new Node(
                directory,
                QuerySettings.DEFAULT.change().groupTime(Duration.ofSeconds(30)).build());
        session = node.session();
        session.sequence("CREATE TABLE t (a INTEGER PRIMARY KEY, b UNIQUE);"
                + "CREATE TABLE p (a PRIMARY KEY); CREATE TABLE c (a REFERENCES p DEFERRABLE INITIALLY DEFERRED)");
        node.file.commits.set(0);
    }

    @AfterEach
    void close() {
        node.close();
    }

    private Object value(String sql) {
        return Node.run(node.session(), sql).value();
    }

    @Test
    void waitingWritesShareACommitAndKeepTheirOwnResults() throws Exception {
        var results = new ArrayList<Future<Results>>();
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            for (var i = 1; i <= 20; i++) {
                results.add(writes.queue("INSERT INTO t VALUES (" + i * 10 + ", " + i + ")"));
            }
            assertThat(node.file.commits).hasValue(0);
            writes.release();
            for (var i = 1; i <= 20; i++) {
                var result = results.get(i - 1).get().only().result();
                assertThat(result.affectedRows()).isEqualTo(1);
                assertThat(result.lastInsertRowid()).isEqualTo(i * 10L);
            }
        }
        assertThat(node.file.commits).hasValue(2);
        assertThat(value("SELECT count(*) FROM t")).isEqualTo(20L);
    }

    @Test
    void aFailingMemberFailsAlone() throws Exception {
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            var first = writes.queue("INSERT INTO t VALUES (1, 1)");
            var failing = writes.queue("INSERT INTO t VALUES (2, 2), (3, 1)");
            var last = writes.queue("INSERT INTO t VALUES (4, 4)");
            writes.release();
            assertThat(first.get().only().ok()).isTrue();
            assertThat(failing.get().only().error()).hasMessageContaining("UNIQUE constraint failed: t.b");
            assertThat(last.get().only().ok()).isTrue();
        }
        assertThat(node.file.commits).hasValue(2);
        assertThat(value("SELECT group_concat(a) FROM t")).isEqualTo("1,4");
    }

    @Test
    void aMemberThatDestroysTheTransactionRunsAloneAndTheOthersAgain() throws Exception {
        session.sequence("INSERT INTO t VALUES (1, 1)");
        node.file.commits.set(0);
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            var first = writes.queue("INSERT INTO t VALUES (2, 2)");
            var destroyer = writes.queue("INSERT OR ROLLBACK INTO t VALUES (3, 1)");
            var last = writes.queue("INSERT INTO t VALUES (4, 4)");
            writes.release();
            assertThat(first.get().only().ok()).isTrue();
            assertThat(first.get().restarts).isEqualTo(1);
            assertThat(destroyer.get().only().error()).hasMessageContaining("UNIQUE constraint failed: t.b");
            assertThat(last.get().only().ok()).isTrue();
            assertThat(last.get().restarts).isZero();
        }
        assertThat(value("SELECT group_concat(a) FROM t")).isEqualTo("1,2,4");
    }

    @Test
    void raiseRollbackInATriggerIsSuchADestroyer() throws Exception {
        session.sequence("CREATE TRIGGER g BEFORE INSERT ON p BEGIN SELECT RAISE(ROLLBACK, 'never'); END");
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            var first = writes.queue("INSERT INTO t VALUES (2, 2)");
            var destroyer =
                    writes.queue(Node.batch("BEGIN", "INSERT INTO t VALUES (5, 5)", "INSERT INTO p VALUES (1)"));
            writes.release();
            assertThat(first.get().only().ok()).isTrue();
            var steps = destroyer.get().steps;
            assertThat(steps.get(1).ok()).isTrue();
            assertThat(steps.get(2).error()).hasMessage("SQLite error: never");
            assertThat(steps.get(3).skipped).isTrue();
            assertThat(steps.get(4).error()).hasMessageContaining("cannot rollback - no transaction is active");
        }
        assertThat(value("SELECT group_concat(a) FROM t")).isEqualTo("2");
    }

    @Test
    void deferredForeignKeysFailOnlyTheirMember() throws Exception {
        var strict = node.session();
        var strictToo = node.session();
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            var violating = writes.queue(() -> Node.run(strict, "INSERT INTO c VALUES (1)"));
            var fine = writes.queue(() -> Node.all(strictToo, "INSERT INTO p VALUES (2)", "INSERT INTO c VALUES (2)"));
            writes.release();
            assertThat(violating.get().only().error().sqliteCode()).isEqualTo(787);
            assertThat(fine.get().steps).allMatch(Results.Of::ok);
        }
        assertThat(value("SELECT group_concat(a) FROM c")).isEqualTo("2");
        var results = new Results();
        strict.run(Node.batch("BEGIN", "INSERT INTO c VALUES (3)"), results);
        assertThat(results.step(1).ok()).isTrue();
        assertThat(results.step(2).error().sqliteCode()).isEqualTo(787);
        assertThat(results.step(3).ok()).isTrue();
    }

    @Test
    void aRefusedCommitFailsEveryMember() throws Exception {
        var refused = new AppendOutcome.Refused(Reason.DISK_FULL, "the disk is full");
        try (var writes = new Writes(node, () -> refused)) {
            var single = writes.queue("INSERT INTO t VALUES (1, 1) RETURNING a");
            var batch = writes.queue(Node.batch("BEGIN", "INSERT INTO t VALUES (2, 2)", "SELECT count(*) FROM t"));
            writes.release();
            assertThat(single.get().restarts).isEqualTo(1);
            assertThat(single.get().only().error().code()).isEqualTo(Code.DISK_FULL);
            var steps = batch.get().steps;
            assertThat(steps.subList(0, 3)).allMatch(Results.Of::ok);
            assertThat(steps.get(3).error().code()).isEqualTo(Code.DISK_FULL);
            assertThat(steps.get(4).error()).hasMessageContaining("no transaction is active");
        }
        node.file.log = LocalFile.ACCEPT;
        assertThat(value("SELECT count(*) FROM t")).isEqualTo(0L);
        assertThat(Node.run(session, "INSERT INTO t VALUES (1, 1)").only().ok()).isTrue();
    }

    @Test
    void lostLeadershipIsTheAnswerToTheWholeProgram() throws Exception {
        var refused = new AppendOutcome.Refused(Reason.NOT_LEADER, "another node leads");
        try (var writes = new Writes(node, () -> refused)) {
            var single = writes.queue("INSERT INTO t VALUES (1, 1)");
            var batch = writes.queue(Node.batch("BEGIN", "INSERT INTO t VALUES (2, 2)"));
            writes.release();
            for (var future : List.of(single, batch)) {
                assertThatThrownBy(future::get)
                        .cause()
                        .extracting(e -> ((DatabaseException) e).code())
                        .isEqualTo(Code.NOT_LEADER);
            }
        }
    }

    @Test
    void anUnknownOutcomeIsToldAndFencesTheFile() {
        node.file.log = () -> new AppendOutcome.Unknown("nobody knows");
        assertThatThrownBy(() -> Node.run(session, "INSERT INTO t VALUES (1, 1)"))
                .extracting(e -> ((DatabaseException) e).code())
                .isEqualTo(Code.OUTCOME_UNKNOWN);
        assertThatThrownBy(() -> Node.run(session, "SELECT 1"))
                .extracting(e -> ((DatabaseException) e).code())
                .isEqualTo(Code.UNAVAILABLE);
    }

    @Test
    void aBatchInAGroupIsAtomic() throws Exception {
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            var failing = writes.queue(Node.batch(
                    "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1, 1)", "INSERT INTO missing VALUES (1)", "SELECT 1"));
            var good = writes.queue(
                    Node.batch("BEGIN", "INSERT INTO t VALUES (2, 2) RETURNING b", "SELECT count(*) FROM t"));
            writes.release();
            var steps = failing.get().steps;
            assertThat(steps).extracting(Results.Of::ok).containsExactly(true, true, false, false, false, true);
            assertThat(steps).extracting(s -> s.skipped).containsExactly(false, false, false, true, true, false);
            assertThat(good.get().steps).extracting(Results.Of::ok).containsExactly(true, true, true, true, false);
            assertThat(good.get().step(1).rows).containsExactly(List.of(2L));
            assertThat(good.get().step(2).rows).containsExactly(List.of(1L));
        }
        assertThat(node.file.commits).hasValue(2);
    }

    @Test
    void hundredConcurrentBatchesEachSeeTheirOwnTransaction() throws Exception {
        session.sequence("CREATE TABLE n (who, x)");
        var results = new ArrayList<Future<Results>>();
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            for (var i = 0; i < 100; i++) {
                var who = i;
                results.add(writes.start(() -> {
                    var sink = new Results();
                    node.session()
                            .run(
                                    Node.batch(
                                            "BEGIN IMMEDIATE",
                                            "INSERT INTO n VALUES (" + who + ", 1)",
                                            "UPDATE n SET x=x+1 WHERE who=" + who,
                                            "SELECT sum(x) FROM n WHERE who=" + who),
                                    sink);
                    return sink;
                }));
            }
            writes.release();
            for (var result : results) {
                assertThat(result.get().step(3).rows).containsExactly(List.of(2L));
                assertThat(result.get().step(4).ok()).isTrue();
            }
        }
        assertThat(value("SELECT sum(x) FROM n")).isEqualTo(200L);
    }

    @Test
    void platformWritesShareTheCommitToo() throws Exception {
        var runs = new AtomicInteger();
        var lenient = node.session();
        Node.run(lenient, "PRAGMA foreign_keys=off");
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            var good = writes.queue(() -> node.database.write(connection -> {
                runs.incrementAndGet();
                connection.exec("INSERT INTO t VALUES (1, 1)");
                return connection.changes();
            }));
            var bad = writes.queue(() -> node.database.write(connection -> {
                connection.exec("INSERT INTO t VALUES (2, 2)");
                throw new IllegalStateException("changed my mind");
            }));
            var client = writes.queue(() -> Node.run(lenient, "INSERT INTO t VALUES (3, 3)"));
            writes.release();
            assertThat(good.get()).isEqualTo(1L);
            assertThatThrownBy(bad::get).hasRootCauseMessage("changed my mind");
            assertThat(client.get().only().ok()).isTrue();
        }
        assertThat(runs).hasValue(1);
        assertThat(node.file.commits).hasValue(2);
        assertThat(node.database.<String>read(connection -> {
                    try (var statement = connection.prepare("SELECT group_concat(a) FROM t")) {
                        statement.step();
                        return String.valueOf(statement.columnText(0));
                    }
                }))
                .isEqualTo("1,3");
    }

    @Test
    void rowsThatTheSinkRefusesTakeTheirStatementBack() throws Exception {
        class Full extends Results {
            @Override
            public void row(Row row) {
                throw new DatabaseException(Code.RESPONSE_TOO_LARGE, "Response is too large");
            }
        }
        for (var program : List.of(
                Program.of(Sql.of("INSERT INTO t VALUES (1, 1) RETURNING a")),
                Node.batch("BEGIN", "INSERT INTO t VALUES (2, 2) RETURNING a"))) {
            var sink = new Full();
            session.run(program, sink);
            assertThat(sink.steps).anyMatch(s -> s.error != null && s.error.code() == Code.RESPONSE_TOO_LARGE);
        }
        Node.run(session, "BEGIN IMMEDIATE");
        session.run(Program.of(Sql.of("INSERT INTO t VALUES (3, 3) RETURNING a")), new Full());
        Node.run(session, "COMMIT");
        assertThat(value("SELECT count(*) FROM t")).isEqualTo(0L);
    }

    @Test
    void framesAreThoseOfTheOwnCommit() {
        var reader = node.session();
        assertThat(reader.frame()).isNull();
        Node.run(session, "INSERT INTO t VALUES (1, 1)");
        assertThat(session.frame()).isEqualTo(node.file.frame());
        Node.run(reader, "SELECT 1");
        assertThat(reader.frame()).isEqualTo(node.file.frame());
        var mine = session.frame();
        Node.run(node.session(), "INSERT INTO t VALUES (2, 2)");
        Node.run(session, "SELECT 1");
        assertThat(session.frame()).isEqualTo(mine);
    }
}
