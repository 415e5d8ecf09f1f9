package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.testing.Await;
import io.skerry.sqlite.Authorizer;
import io.skerry.sqlite.Limit;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class WriterTest {

    /// No statement but an endless one takes so long, however busy the machine is.
    private static final Duration LONG_FOR_SHORT_ONES = Duration.ofSeconds(2);

    private static final String ENDLESS_WRITE = "INSERT INTO t " + Node.ENDLESS;

    @TempDir
    Path directory;

    Node node;

    @BeforeEach
    void openDefault() {
        node = new Node(directory);
    }

    private Session open(QuerySettings settings) {
        node.close();
        node = new Node(directory, settings);
        var session = node.session();
        Node.run(session, "CREATE TABLE t (a)");
        return session;
    }

    @AfterEach
    void close() {
        node.close();
    }

    private static Code codeOf(Future<?> future) {
        try {
            future.get();
            throw new AssertionError("it did not fail");
        } catch (ExecutionException e) {
            return e.getCause() instanceof DatabaseException failure ? failure.code() : Code.INTERNAL;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private Object count() {
        return Node.run(node.session(), "SELECT count(*) FROM t").value();
    }

    @Test
    void aWaiterTakesTheWriterFromATransactionThatIsTooOld() {
        var session = open(QuerySettings.DEFAULT
                .change()
                .transactionTime(Duration.ofMillis(50))
                .build());
        Node.run(session, "BEGIN IMMEDIATE");
        Node.run(session, "INSERT INTO t VALUES (1)");
        Node.run(node.session(), "INSERT INTO t VALUES (2)");
        assertThat(session.autocommit()).isTrue();
        assertThatThrownBy(() -> Node.run(session, "INSERT INTO t VALUES (3)"))
                .hasMessage("Transaction timed out")
                .extracting("code")
                .isEqualTo(Code.TRANSACTION_TIMEOUT);
        Node.run(session, "INSERT INTO t VALUES (4)");
        assertThat(count()).isEqualTo(2L);
    }

    @Test
    void aStatementThatRunsIsNotSpared() throws Exception {
        var session = open(QuerySettings.DEFAULT
                .change()
                .transactionTime(Duration.ofMillis(50))
                .build());
        Node.run(session, "BEGIN IMMEDIATE");
        Node.run(session, "INSERT INTO t VALUES (1)");
        try (var writes = new Calls()) {
            var endless = writes.start(() -> Node.run(session, ENDLESS_WRITE));
            Writes.until(() -> !node.database.writes().idle());
            Node.run(node.session(), "INSERT INTO t VALUES (2)");
            assertThat(codeOf(endless)).isEqualTo(Code.TRANSACTION_TIMEOUT);
        }
        assertThat(session.autocommit()).isTrue();
        assertThat(count()).isEqualTo(1L);
    }

    /// What it takes to end a transaction is there from the beginning: memory may have run out meanwhile.
    @Test
    void aTransactionEndsWhereNothingCanBePreparedAnyMore() {
        var session = open(QuerySettings.DEFAULT);
        var connection = node.database.write(opened -> opened);
        Node.run(session, "PRAGMA foreign_keys=off"); // after which SQLite prepares everything anew
        Node.run(session, "BEGIN IMMEDIATE");
        Node.run(session, "INSERT INTO t VALUES (1)");
        connection.limit(Limit.SQL_LENGTH, 1);
        node.database.abortTransactions(Failures.notLeader("d"));
        assertThat(session.autocommit()).isTrue();
        assertThat(connection.autocommit()).isTrue();
        assertThat(node.file.distrusted).isNull();
        assertThat(count()).isEqualTo(0L);
    }

    @Test
    void aTransactionThatCannotBeRolledBackCostsTheFileAndNotTheWriter() throws Exception {
        var session = open(QuerySettings.DEFAULT
                .change()
                .transactionTime(Duration.ofMillis(50))
                .build());
        var other = node.session();
        refuseRollbacks(node, session, other);
        Node.run(session, "BEGIN IMMEDIATE");
        Node.run(session, "INSERT INTO t VALUES (1)");
        try (var calls = new Calls()) {
            var waiter = calls.start(() -> Node.run(other, "INSERT INTO t VALUES (2)"));
            assertThat(waiter.get(30, TimeUnit.SECONDS).only().ok()).isTrue();
        }
        assertThat(node.file.distrusted).contains("could not be rolled back");
        assertThatThrownBy(() -> Node.run(session, "INSERT INTO t VALUES (3)"))
                .extracting("code")
                .isEqualTo(Code.TRANSACTION_TIMEOUT);
        assertThatThrownBy(this::count).extracting("code").isEqualTo(Code.UNAVAILABLE);
    }

    @Test
    void aProgramWhoseTransactionCannotBeRolledBackIsAnsweredAndTheFileGivenUp() throws Exception {
        var session = open(QuerySettings.DEFAULT);
        refuseRollbacks(node, session);
        Node.run(session, "BEGIN IMMEDIATE");
        try (var calls = new Calls()) {
            var broken = calls.start(() -> {
                session.run(Program.of(Sql.of("INSERT INTO t VALUES (1) RETURNING a")), new Results() {
                    @Override
                    public void end(StepResult result) {
                        throw new AssertionError("for this result");
                    }
                });
                return true;
            });
            assertThatThrownBy(() -> broken.get(30, TimeUnit.SECONDS)).hasMessageContaining("for this result");
        }
        assertThat(session.autocommit()).isTrue();
        assertThat(node.file.distrusted).contains("could not be rolled back");
    }

    /// As SQLite does without memory.
    ///
    /// @param sessions get the setting of foreign keys that this write has: with another one SQLite would have to
    ///     prepare the rollback anew at their beginning
    static void refuseRollbacks(Node node, Session... sessions) {
        for (var session : sessions) {
            Node.run(session, "PRAGMA foreign_keys=off");
        }
        node.database.write(connection -> {
            connection.authorizer((action, first, second, database, trigger) ->
                    "ROLLBACK".equals(first) ? Authorizer.Decision.DENY : Authorizer.Decision.ALLOW);
            return true;
        });
    }

    @Test
    void aTransactionNobodyWaitsForMayTakeItsTime() {
        var time = Duration.ofMillis(1);
        var session = open(QuerySettings.DEFAULT.change().transactionTime(time).build());
        Node.run(session, "BEGIN IMMEDIATE");
        awaitALookAfter(System.nanoTime() + time.toNanos());
        Node.run(session, "INSERT INTO t VALUES (1)");
        Node.run(session, "COMMIT");
        assertThat(count()).isEqualTo(1L);
    }

    /// Two looks at what is added here have a look at all there is between them, whatever its order.
    private void awaitALookAfter(long nanos) {
        var looks = new AtomicInteger();
        node.engine.watchdog.add(now -> {
            if (now - nanos > 0) {
                looks.incrementAndGet();
            }
            return true;
        });
        Await.until("the watchdog has looked twice", () -> looks.get() >= 2);
    }

    /// A commit waits in native code for the log, and would keep a carrier of virtual threads
    /// meanwhile.
    @Test
    void commitsWaitForTheLogOnPlatformThreads() throws Exception {
        open(QuerySettings.DEFAULT);
        var committing = new ArrayList<Thread>();
        node.file.log = () -> {
            committing.add(Thread.currentThread());
            return LocalFile.ACCEPT.get();
        };
        try (var calls = new Calls()) {
            calls.start(() -> Node.run(node.session(), "INSERT INTO t VALUES (1)"))
                    .get();
        }
        assertThat(committing)
                .singleElement()
                .satisfies(thread -> assertThat(thread.isVirtual()).isFalse());
    }

    @Test
    void tooManyWaitersAreTurnedAway() throws Exception {
        open(QuerySettings.DEFAULT.change().waitingWrites(2).build());
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            writes.queue("INSERT INTO t VALUES (1)");
            writes.queue("INSERT INTO t VALUES (2)");
            assertThat(codeOf(writes.queue("INSERT INTO t VALUES (3)"))).isEqualTo(Code.TRANSACTION_BUSY);
            writes.release();
        }
        assertThat(count()).isEqualTo(2L);
    }

    @Test
    void statementsThatRunTooLongEndAndLeaveNothingBehind() {
        var session = open(QuerySettings.DEFAULT
                .change()
                .statementTime(LONG_FOR_SHORT_ONES)
                .build());
        assertThat(Node.run(session, Node.ENDLESS).only().error().code()).isEqualTo(Code.STATEMENT_TIMEOUT);
        assertThat(Node.run(session, ENDLESS_WRITE).only().error().code()).isEqualTo(Code.STATEMENT_TIMEOUT);
        Node.run(session, "BEGIN");
        assertThat(Node.run(session, Node.ENDLESS).only().error().code()).isEqualTo(Code.STATEMENT_TIMEOUT);
        assertThat(session.autocommit()).isFalse();
        Node.run(session, "COMMIT");
        Writes.until(node.database::idle);
        assertThat(node.leased).hasValue(0);
        assertThat(count()).isEqualTo(0L);
    }

    @Test
    void aTimeoutInAGroupHitsItsMemberOnly() throws Exception {
        open(QuerySettings.DEFAULT.change().statementTime(LONG_FOR_SHORT_ONES).build());
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            var first = writes.queue("INSERT INTO t VALUES (1)");
            var endless = writes.queue(ENDLESS_WRITE);
            var last = writes.queue("INSERT INTO t VALUES (2)");
            writes.release();
            assertThat(first.get().only().ok()).isTrue();
            assertThat(codeOf(endless)).isEqualTo(Code.STATEMENT_TIMEOUT);
            assertThat(last.get().only().ok()).isTrue();
        }
        assertThat(count()).isEqualTo(2L);
    }

    @Test
    void closeFromAnotherThreadEndsWhatRunsAndFreesTheWriter() throws Exception {
        var session = open(QuerySettings.DEFAULT);
        Node.run(session, "BEGIN IMMEDIATE");
        Node.run(session, "INSERT INTO t VALUES (1)");
        try (var calls = new Calls()) {
            var endless = calls.start(() -> Node.run(session, ENDLESS_WRITE));
            Writes.until(() -> !node.database.writes().idle());
            session.close();
            session.close();
            endless.get();
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(DatabaseException.class);
        }
        assertThat(Node.run(node.session(), "INSERT INTO t VALUES (2)").only().ok())
                .isTrue();
        assertThat(count()).isEqualTo(1L);
        assertThat(node.leased).hasValue(0);
        assertThatThrownBy(() -> Node.run(session, "SELECT 1")).hasMessage("the session is closed");
    }

    @Test
    void closeEndsAReadAndAWait() throws Exception {
        open(QuerySettings.DEFAULT);
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            var waiter = node.session();
            var waiting = writes.queue(() -> Node.run(waiter, "INSERT INTO t VALUES (1)"));
            waiter.close();
            assertThat(codeOf(waiting)).isEqualTo(Code.UNAVAILABLE);
            var reader = node.session();
            Node.run(reader, "BEGIN");
            Node.run(reader, "SELECT * FROM t");
            var reading = writes.start(() -> Node.run(reader, Node.ENDLESS));
            Writes.until(() -> node.database.readers().running() == 1);
            reader.close();
            assertThat(reading.get().only().error().code()).isEqualTo(Code.UNAVAILABLE);
            writes.release();
        }
        assertThat(count()).isEqualTo(0L);
        assertThat(node.leased).hasValue(0);
    }

    @Test
    void abortedTransactionsSayWhyOnce() {
        var writer = open(QuerySettings.DEFAULT);
        var reader = node.session();
        Node.run(writer, "BEGIN IMMEDIATE");
        Node.run(writer, "INSERT INTO t VALUES (1)");
        Node.run(reader, "BEGIN");
        Node.run(reader, "SELECT * FROM t");
        node.database.abortTransactions(new DatabaseException(Code.NOT_LEADER, "leadership moved"));
        for (var session : new Session[] {writer, reader}) {
            assertThat(session.autocommit()).isTrue();
            assertThatThrownBy(() -> Node.run(session, "SELECT 1"))
                    .extracting("code")
                    .isEqualTo(Code.NOT_LEADER);
            assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(0L);
        }
        Writes.until(node.database::idle);
        assertThat(node.leased).hasValue(0);
    }

    @Test
    void exclusiveTasksRunBetweenTransactionsBeforeWhatWaits() throws Exception {
        var session = open(QuerySettings.DEFAULT
                .change()
                .transactionTime(Duration.ofMillis(50))
                .build());
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            writes.queue("INSERT INTO t VALUES (1)");
            var seen = writes.queue(() -> {
                var rows = new Object[1];
                node.database.runExclusive(() -> rows[0] = count());
                return rows[0];
            });
            writes.release();
            assertThat(seen.get()).isEqualTo(0L);
        }
        Node.run(session, "BEGIN IMMEDIATE");
        node.database.runExclusive(() -> assertThat(session.autocommit()).isTrue());
        assertThatThrownBy(() -> node.database.runExclusive(() -> {
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
    }

    @Test
    void writesElsewhereAreNamedSo() {
        var session = open(QuerySettings.DEFAULT);
        node.file.writable = false;
        assertThatThrownBy(() -> Node.run(session, "INSERT INTO t VALUES (1)"))
                .extracting("code")
                .isEqualTo(Code.NOT_LEADER);
        assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(0L);
    }

    @Test
    void closingAnswersEverybody() throws Exception {
        var session = open(QuerySettings.DEFAULT);
        Node.run(session, "BEGIN");
        Node.run(session, "SELECT * FROM t");
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            var waiting = writes.queue("INSERT INTO t VALUES (1)");
            var closing = writes.start(() -> {
                node.database.close();
                return true;
            });
            assertThat(codeOf(waiting)).isEqualTo(Code.UNAVAILABLE);
            writes.release();
            assertThat(closing.get()).isTrue();
        }
        assertThatThrownBy(() -> Node.run(session, "SELECT 1"))
                .extracting("code")
                .isEqualTo(Code.UNAVAILABLE);
        assertThatThrownBy(() -> Node.run(node.session(), "INSERT INTO t VALUES (1)"))
                .extracting("code")
                .isEqualTo(Code.UNAVAILABLE);
        node.database.close();
    }
}
