package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.Code;
import io.skerry.sqlite.ResultCode;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
class AttachTest extends AttachedPair {

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '~',
            delimiter = '|',
            value = {
                "ATTACH other AS o",
                "attach database other as o",
                "ATTACH \"other\" AS \"o\"",
                "ATTACH DATABASE `other` AS [o]",
                "/* a */ ATTACH/**/[other]/* b */AS O;",
            })
    void readsWhatIsAttached(String sql) {
        var session = session();
        ok(session, sql);
        assertThat(session.attached()).singleElement().extracting("database").isEqualTo(other.id());
        assertThat(rows(session, "SELECT b FROM o.o ORDER BY a")).isEqualTo(List.of(List.of("one"), List.of("two")));
        nothingStaysAttached();
        ok(session, "INSERT INTO main.t(a, b) VALUES (2, 'zwei')");
        assertThat(rows(session, "SELECT m.b, x.b FROM main.t m JOIN o.o x USING (a)"))
                .isEqualTo(List.of(List.of("zwei", "two")));
        assertThat(session.describe("SELECT b AS x FROM o.o").columns())
                .singleElement()
                .extracting("name")
                .isEqualTo("x");
        ok(session, "DETACH DATABASE o");
        assertThat(Node.run(session, "SELECT * FROM o.o").only().error()).hasMessageContaining("no such table");
        assertThat(session.attached()).isEmpty();
        nothingStaysAttached();
    }

    @Test
    void copiesIntoItsOwnTables() {
        var session = attached();
        ok(session, "INSERT INTO t SELECT * FROM o.o");
        nothingStaysAttached();
        assertThat(rows(node.session(), "SELECT b FROM t ORDER BY a"))
                .isEqualTo(List.of(List.of("one"), List.of("two")));
        assertThat(node.file.commits).hasValue(1);
        assertThat(other.file.commits).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN", "BEGIN IMMEDIATE", "BEGIN READONLY", "SAVEPOINT s"})
    void attachesInsideATransaction(String begin) {
        var session = session();
        ok(session, begin, "ATTACH other AS o");
        assertThat(rows(session, "SELECT count(*) FROM o.o")).isEqualTo(List.of(List.of(2L)));
        Node.run(other.session(), "INSERT INTO o VALUES (3, 'three')");
        assertThat(rows(session, "SELECT count(*) FROM o.o")).isEqualTo(List.of(List.of(2L)));
        assertThat(Node.run(session, "DETACH o").only().error()).hasMessageContaining("locked");
        ok(session, begin.startsWith("BEGIN") ? "COMMIT" : "RELEASE s");
        assertThat(rows(session, "SELECT count(*) FROM o.o")).isEqualTo(List.of(List.of(3L)));
        nothingStaysAttached();
    }

    @Test
    void anOpenTransactionDoesNotKeepTheOtherFromWriting() {
        var session = attached();
        ok(session, "BEGIN IMMEDIATE", "INSERT INTO t SELECT * FROM o.o");
        ok(other.session(), "BEGIN IMMEDIATE", "DELETE FROM o", "COMMIT");
        assertThat(rows(session, "SELECT count(*) FROM o.o")).isEqualTo(List.of(List.of(2L)));
        ok(session, "COMMIT");
        assertThat(node.file.commits).hasValue(1);
        assertThat(rows(session, "SELECT count(*) FROM o.o")).isEqualTo(List.of(List.of(0L)));
        nothingStaysAttached();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "INSERT INTO o.o VALUES (3, 'three')",
                "UPDATE o.o SET b = 1",
                "DELETE FROM o.o",
                "CREATE TABLE o.n(a)",
                "CREATE INDEX o.i ON o(b)",
                "DROP TABLE o.o",
                "ALTER TABLE o.o ADD COLUMN c",
                "PRAGMA o.user_version = 9",
                "DELETE FROM o"
            })
    void whatIsAttachedCannotBeWritten(String sql) {
        for (var begin : List.of("SELECT 1", "BEGIN", "BEGIN IMMEDIATE")) {
            var session = attached();
            ok(session, begin);
            var error = Node.run(session, sql).only().error();
            assertThat(error.sqliteCode() & 0xff).as(error.getMessage()).isEqualTo(ResultCode.READONLY.value());
            session.close();
        }
        assertThat(other.file.commits).hasValue(0);
        assertThat(rows(other.session(), "PRAGMA user_version")).isEqualTo(List.of(List.of(1L)));
        nothingStaysAttached();
    }

    @Test
    void theSnapshotsOfATransactionStayWhenItBeginsToWrite() {
        var session = attached();
        ok(session, "BEGIN", "SELECT count(*) FROM o.o");
        ok(session, "INSERT INTO t SELECT * FROM o.o");
        ok(session, "COMMIT");
        ok(session, "BEGIN", "SELECT count(*) FROM o.o");
        ok(other.session(), "INSERT INTO o VALUES (3, 'three')");
        assertThat(Node.run(session, "INSERT INTO t(b) SELECT b FROM o.o")
                        .only()
                        .error()
                        .sqliteCode())
                .isEqualTo(Failures.BUSY_SNAPSHOT);
        assertThat(rows(session, "SELECT count(*) FROM o.o")).isEqualTo(List.of(List.of(2L)));
        ok(session, "ROLLBACK");
        ok(session, "INSERT INTO t(b) SELECT b FROM o.o");
        nothingStaysAttached();
    }

    @Test
    void theWriterIsNobodyElsesWhileSomethingIsAttached() throws Exception {
        var session = attached();
        ok(session, "BEGIN IMMEDIATE");
        try (var calls = new Calls()) {
            var stranger = node.session();
            var waiting = calls.start(() -> Node.run(stranger, "INSERT INTO t(b) SELECT b FROM o.o"));
            Writes.until(() -> node.database.writes().waiting() == 1);
            ok(session, "COMMIT");
            assertThat(waiting.get(30, TimeUnit.SECONDS).only().error()).hasMessageContaining("no such table");
        }
        // Whom it is taken away from leaves nothing either.
        ok(session, "BEGIN IMMEDIATE", "SELECT * FROM o.o");
        node.database.abortTransactions(Failures.notLeader("d"));
        nothingStaysAttached();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ATTACH 'other' AS o",
                "ATTACH '/etc/passwd' AS o",
                "ATTACH ? AS o",
                "ATTACH :a AS o",
                "ATTACH 'a' || 'b' AS o",
                "ATTACH (other) AS o",
                "ATTACH other.x AS o",
                "ATTACH \"\" AS o",
                "ATTACH other AS 'o'",
                "ATTACH other AS o KEY 'x'",
                "ATTACH x'6f' AS o",
                "DETACH 'o'",
                "EXPLAIN ATTACH other AS o"
            })
    void nothingButNamesIsAccepted(String sql) {
        assertThat(Node.run(session(), sql).only().error().code()).isEqualTo(Code.NOT_AUTHORIZED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"ATTACH other AS main", "ATTACH other AS Temp", "ATTACH other AS O", "DETACH x", "DETACH main"})
    void aliasesAreUsedOnce(String sql) {
        var session = attached();
        for (var begin : List.of("SELECT 1", "BEGIN", "INSERT INTO t(b) VALUES (1)")) {
            ok(session, begin);
            assertThat(Node.run(session, sql).only().error().code()).isEqualTo(Code.SQLITE);
        }
        assertThat(session.attached()).hasSize(1);
    }

    @Test
    void noMoreThanTenAndNeverItself() {
        var session = session();
        names.put("self", node.id());
        node.neighbours.put(node.id(), node);
        assertThat(Node.run(session, "ATTACH self AS s").only().error()).hasMessageContaining("itself");
        for (var i = 0; i < 10; i++) {
            ok(session, "ATTACH other AS o" + i);
        }
        assertThat(Node.run(session, "ATTACH other AS o10").only().error()).hasMessageContaining("too many attached");
        assertThat(rows(session, "SELECT count(*) FROM o0.o, o9.o")).isEqualTo(List.of(List.of(4L)));
        ok(session, "INSERT INTO t(b) SELECT b FROM o9.o");
        nothingStaysAttached();
    }

    @Test
    void aSessionThatMayNotAttachLearnsNothing() {
        assertThat(Node.run(session(), "ATTACH secret AS s").only().error().code())
                .isEqualTo(Code.ATTACH_FORBIDDEN);
        var limited = session(new SessionOptions(
                false,
                Permissions.of(List.of(new Permissions.Grant(null, java.util.Set.of(Permission.DATA_READ)))),
                AttachGrants.ALL));
        assertThat(Node.run(limited, "ATTACH other AS o").only().error().code()).isEqualTo(Code.ATTACH_FORBIDDEN);
        assertThat(Node.run(node.session(), "ATTACH other AS o").only().error().code())
                .isEqualTo(Code.ATTACH_FORBIDDEN);
        nothingStaysAttached();
    }

    @Test
    void aSessionThatOnlyReadsAttachesToo() {
        var session = session(SessionOptions.READ_ONLY);
        ok(session, "ATTACH other AS o", "SELECT * FROM o.o", "BEGIN IMMEDIATE", "SELECT * FROM o.o", "COMMIT");
        assertThat(Node.run(session, "INSERT INTO t SELECT * FROM o.o")
                        .only()
                        .error()
                        .code())
                .isEqualTo(Code.NOT_AUTHORIZED);
    }

    @Test
    void sessionsAttachUnderTheSameNameWithoutMeeting() throws Exception {
        try (var third = new Node(directory)) {
            named("third", third);
            Node.run(third.session(), "CREATE TABLE o(a, b)");
            Node.run(third.session(), "INSERT INTO o VALUES (9, 'nine')");
            var mine = attached();
            var theirs = session();
            ok(theirs, "ATTACH third AS o");
            try (var calls = new Calls()) {
                var both = List.of(
                        calls.start(() -> alternate(mine, "one")), calls.start(() -> alternate(theirs, "nine")));
                for (var one : both) {
                    assertThat(one.get(60, TimeUnit.SECONDS)).isTrue();
                }
            }
            assertThat(third.leased).hasValue(0);
        }
        nothingStaysAttached();
    }

    private static boolean alternate(Session session, String expected) {
        for (var i = 0; i < 50; i++) {
            assertThat(rows(session, "SELECT b FROM o.o ORDER BY a LIMIT 1")).isEqualTo(List.of(List.of(expected)));
            ok(session, "INSERT INTO t(b) SELECT b FROM o.o ORDER BY a LIMIT 1");
        }
        return true;
    }
}
