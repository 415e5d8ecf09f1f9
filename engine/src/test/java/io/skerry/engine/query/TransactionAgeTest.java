package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.testing.Await;
import io.skerry.sqlite.CheckpointMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A transaction ends at a certain age, whatever it does and whoever waits: what it sees keeps the WAL.
@Timeout(120)
class TransactionAgeTest extends AttachedPair {

    /// For some milliseconds.
    private static final String SLOW = "INSERT INTO t(b) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n"
            + " WHERE i < 100000) SELECT max(i) FROM n";

    @Override
    QuerySettings settings() {
        return Node.PATIENT.change().transactionAge(Duration.ofMillis(500)).build();
    }

    private static void assertTimedOutOnce(Session session) {
        assertThat(session.autocommit()).isTrue();
        assertThatThrownBy(() -> Node.run(session, "SELECT 1"))
                .hasMessage("Transaction timed out")
                .extracting("code")
                .isEqualTo(Code.TRANSACTION_TIMEOUT);
        assertThat(Node.run(session, "SELECT 1").value()).isEqualTo(1L);
    }

    private boolean checkpointGoesToTheEnd() {
        try (var connection = node.file.openReader()) {
            connection.exec("SELECT * FROM t"); // opens the WAL
            return connection.checkpoint("main", CheckpointMode.PASSIVE).isComplete();
        }
    }

    @Test
    void oneThatReadsEndsWhileItsClientIsSilent() {
        var session = node.session(SessionOptions.READ_ONLY);
        ok(session, "BEGIN", "SELECT * FROM t");
        ok(node.session(), "INSERT INTO t(b) VALUES (1)");
        Await.until("its snapshot is gone", this::checkpointGoesToTheEnd);
        Await.until("nothing is open", node.database::idle);
        assertTimedOutOnce(session);
        assertThat(node.leased).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN", "SAVEPOINT s", "BEGIN IMMEDIATE"})
    void statementsNowAndThenDoNotKeepIt(String begin) {
        var session = node.session();
        ok(session, begin);
        var codes = new ArrayList<Code>();
        Await.until("it is ended", () -> {
            try {
                ok(session, "SELECT * FROM t");
            } catch (DatabaseException e) {
                codes.add(e.code());
            }
            return !codes.isEmpty();
        });
        assertThat(codes).containsExactly(Code.TRANSACTION_TIMEOUT);
        assertThat(session.autocommit()).isTrue();
        ok(session, "INSERT INTO t(b) VALUES (1)");
    }

    @Test
    void oneThatWasCommittedBeforeItWasFoundTooOldIsNoFailure() {
        var session = node.session();
        node.file.log = () -> {
            node.file.log = LocalFile.ACCEPT;
            Await.until("it is to be ended", () -> node.database.writes().eviction() != null);
            return LocalFile.ACCEPT.get();
        };
        ok(session, "BEGIN IMMEDIATE", "INSERT INTO t(b) VALUES (1)", "COMMIT", "SELECT 1");
        ok(session, "SELECT 1");
    }

    @Test
    void theStatementThatRunsInItIsInterrupted() throws Exception {
        var session = node.session();
        ok(session, "BEGIN", "SELECT * FROM t");
        try (var calls = new Calls()) {
            var endless = calls.start(() -> Node.run(session, Node.ENDLESS));
            assertThatThrownBy(() -> endless.get(60, TimeUnit.SECONDS))
                    .cause()
                    .extracting("code")
                    .isEqualTo(Code.TRANSACTION_TIMEOUT);
        }
        assertThat(session.autocommit()).isTrue();
        assertThat(node.database.idle()).isTrue();
    }

    @Test
    void oneThatHoldsTheWriterEndsThoughNobodyWaits() {
        var session = node.session();
        ok(session, "BEGIN IMMEDIATE", "INSERT INTO t(b) VALUES (1)");
        Await.until("nothing is open", node.database::idle);
        assertTimedOutOnce(session);
        assertThat(rows(session, "SELECT * FROM t")).isEmpty();
    }

    /// The program that began it is not at its end.
    @ParameterizedTest
    @ValueSource(strings = {"BEGIN", "BEGIN IMMEDIATE", "SAVEPOINT s"})
    void oneEndsInTheMiddleOfItsProgram(String begin) throws Exception {
        var session = node.session();
        try (var calls = new Calls()) {
            var endless = calls.start(
                    () -> Node.all(session, begin, "INSERT INTO t(b) VALUES (1)", "INSERT INTO t(b) " + Node.ENDLESS));
            assertThatThrownBy(() -> endless.get(60, TimeUnit.SECONDS))
                    .cause()
                    .extracting("code")
                    .isEqualTo(Code.TRANSACTION_TIMEOUT);
        }
        assertThat(session.autocommit()).isTrue();
        assertThat(rows(session, "SELECT * FROM t")).isEmpty();
    }

    /// It shares its transaction with others, which go on.
    @Test
    void aBatchThatTakesTooLongIsUndone() throws Exception {
        var slow = new String[200];
        Arrays.fill(slow, SLOW);
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            var batch = writes.queue(Node.batch("BEGIN", slow));
            var other = writes.queue("INSERT INTO t(b) VALUES ('other')");
            writes.release();
            assertThatThrownBy(() -> batch.get(60, TimeUnit.SECONDS))
                    .cause()
                    .extracting("code")
                    .isEqualTo(Code.TRANSACTION_TIMEOUT);
            assertThat(other.get(60, TimeUnit.SECONDS).only().ok()).isTrue();
        }
        assertThat(rows(node.session(), "SELECT b FROM t")).isEqualTo(List.of(List.of("other")));
    }

    /// Each is a transaction of its own.
    @Test
    void ofStatementsThatTakeTooLongTogetherTheRestIsNotRun() {
        var slow = new String[200];
        Arrays.fill(slow, SLOW);
        var results = Node.all(node.session(), slow);
        assertThat(results.step(0).ok()).isTrue();
        assertThat(results.step(199).error().code()).isEqualTo(Code.TRANSACTION_TIMEOUT);
        var done = results.steps.stream().filter(Results.Of::ok).count();
        assertThat(rows(node.session(), "SELECT count(*) FROM t")).isEqualTo(List.of(List.of(done)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN", "BEGIN IMMEDIATE"})
    void whatItReadOfAnAttachedDatabaseIsLetGoOf(String begin) {
        var session = attached();
        ok(session, begin, "SELECT * FROM o.o");
        Await.until("it is not attached", other.database.guests()::none);
        assertThat(other.leased).hasValue(0);
        assertTimedOutOnce(session);
        ok(session, "SELECT * FROM o.o");
    }
}
