package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.testing.Await;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Sessions and databases that end in the middle of something, at the worst moment.
@Timeout(120)
class EndingTest {

    @TempDir
    Path directory;

    Node node;

    @BeforeEach
    void open() {
        node = new Node(directory, Node.PATIENT);
        Node.run(node.session(), "CREATE TABLE t (a)");
    }

    @AfterEach
    void close() {
        node.close();
    }

    /// Starts it and returns once it can go no further.
    private static Thread startAndBlock(Runnable closing) {
        var thread = Thread.ofPlatform().start(closing);
        Writes.until(() -> switch (thread.getState()) {
            case WAITING, TIMED_WAITING, TERMINATED -> true;
            case NEW, RUNNABLE, BLOCKED -> false;
        });
        return thread;
    }

    @Test
    void aReadThatBeginsAfterItsSessionWasClosedIsInterrupted() throws Exception {
        var session = node.session();
        var closing = new Thread[1];
        node.file.onFrame = () -> {
            node.file.onFrame = () -> {};
            closing[0] = startAndBlock(session::close);
        };
        var results = Node.all(session, Node.ENDLESS, "SELECT 1");
        closing[0].join();
        assertThat(results.step(0).error()).hasMessage("the session is closed");
        assertThat(results.step(1).error()).hasMessage("the session is closed");
        assertThat(node.leased).hasValue(0);
    }

    @Test
    void aReadWhoseSessionIsEndedSaysWhy() throws Exception {
        var session = node.session();
        var ending = new Thread[1];
        node.file.onFrame = () -> {
            node.file.onFrame = () -> {};
            ending[0] = startAndBlock(() -> session.end(Code.ACCESS_ENDED, "the key was rotated"));
        };
        var results = Node.all(session, Node.ENDLESS, "SELECT 1");
        ending[0].join();
        for (var step = 0; step < 2; step++) {
            assertThat(results.step(step).error()).hasMessage("the key was rotated");
            assertThat(results.step(step).error().code()).isEqualTo(Code.ACCESS_ENDED);
        }
    }

    @Test
    void aWriteWhoseSessionIsEndedIsRolledBackAndSaysWhy() throws Exception {
        var session = node.session();
        var begun = new CountDownLatch(1);
        try (var calls = new Calls()) {
            var running = calls.start(() -> {
                session.run(
                        new Program(List.of(
                                new Program.Step(null, Sql.of("BEGIN IMMEDIATE")),
                                new Program.Step(null, Sql.of("INSERT INTO t " + Node.ENDLESS)))),
                        new Signal(begun));
                return true;
            });
            Await.latch(begun);
            session.end(Code.ACCESS_ENDED, "the key was rotated");
            assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS))
                    .cause()
                    .extracting("code")
                    .isEqualTo(Code.ACCESS_ENDED);
        }
        assertThat(Node.run(node.session(), "INSERT INTO t VALUES (1)").only().ok())
                .isTrue();
        assertThat(Node.run(node.session(), "SELECT count(*) FROM t").value()).isEqualTo(1L);
    }

    @Test
    void aReadIsInterruptedWhenReadsAreBlockedAndNotWhenWritesAre() throws Exception {
        var session = node.session();
        node.file.onFrame = () -> {
            node.file.onFrame = () -> {};
            session.restrict(new Restrictions(false, true, Long.MAX_VALUE));
        };
        assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(0L);
        node.file.onFrame = () -> {
            node.file.onFrame = () -> {};
            session.restrict(new Restrictions(true, false, Long.MAX_VALUE));
        };
        assertThat(Node.run(session, Node.ENDLESS).only().error().code()).isEqualTo(Code.BLOCKED);
        session.restrict(Restrictions.NONE);
        assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(0L);
    }

    @Test
    void aWriteIsInterruptedWhenWritesAreBlocked() throws Exception {
        var session = node.session();
        var begun = new CountDownLatch(1);
        var results = new Signal(begun);
        try (var calls = new Calls()) {
            var running = calls.start(() -> {
                session.run(
                        new Program(List.of(
                                new Program.Step(null, Sql.of("SELECT 1")),
                                new Program.Step(null, Sql.of("INSERT INTO t " + Node.ENDLESS)))),
                        results);
                return true;
            });
            Await.latch(begun);
            session.restrict(new Restrictions(false, true, Long.MAX_VALUE));
            running.get(30, TimeUnit.SECONDS);
        }
        assertThat(results.step(1).error().code()).isEqualTo(Code.BLOCKED);
        session.restrict(Restrictions.NONE);
        assertThat(Node.run(session, "INSERT INTO t VALUES (1)").only().ok()).isTrue();
    }

    /// Tells when the first step has ended.
    private static final class Signal extends Results {

        private final CountDownLatch ended;

        Signal(CountDownLatch ended) {
            this.ended = ended;
        }

        @Override
        public void end(StepResult result) {
            super.end(result);
            ended.countDown();
        }
    }

    /// Each view names the one before it twice: the last is short to write and long to prepare.
    @Test
    void aStatementThatIsBeingPreparedIsInterruptedToo() {
        Node.run(node.session(), "CREATE VIEW v0 AS SELECT 1 AS a");
        for (var i = 1; i <= 15; i++) {
            var before = "(SELECT a FROM v" + (i - 1) + ")";
            Node.run(node.session(), "CREATE VIEW v" + i + " AS SELECT " + before + " + " + before + " AS a");
        }
        var session = node.session();
        try (var calls = new Calls()) {
            var preparing = calls.start(() -> session.describe("SELECT a FROM v15"));
            Writes.until(() -> node.database.readers().running() == 1 || preparing.isDone());
            session.close();
            assertThatThrownBy(() -> preparing.get(30, TimeUnit.SECONDS)).hasMessageContaining("the session is closed");
        }
    }

    @Test
    void aReadThatBeginsAfterItsTransactionWasAbortedIsInterrupted() throws Exception {
        var session = node.session();
        Node.run(session, "BEGIN");
        var aborting = new Thread[1];
        node.file.onFrame = () -> {
            node.file.onFrame = () -> {};
            aborting[0] = startAndBlock(() -> node.database.abortTransactions(Failures.notLeader("d")));
        };
        assertThatThrownBy(() -> Node.run(session, Node.ENDLESS))
                .extracting("code")
                .isEqualTo(Code.NOT_LEADER);
        aborting[0].join();
        assertThat(session.autocommit()).isTrue();
    }

    @Test
    void aTransactionThatMovesToTheWriterWhileAllAreAbortedIsRolledBack() throws Exception {
        var session = node.session();
        Node.all(session, "BEGIN", "SELECT * FROM t");
        var aborting = new Thread[1];
        node.file.onFrame = () -> { // on the writer, which asks whether the snapshot is the newest
            node.file.onFrame = () -> {};
            aborting[0] = startAndBlock(() -> node.database.abortTransactions(Failures.notLeader("d")));
        };
        assertThatThrownBy(() -> Node.run(session, "INSERT INTO t VALUES (1)"))
                .extracting("code")
                .isEqualTo(Code.NOT_LEADER);
        aborting[0].join();
        assertThat(session.autocommit()).isTrue();
        assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(0L);
        Writes.until(node.database::idle);
    }

    @Test
    void aTransactionThatTheRunningProgramBeganIsAbortedToo() throws Exception {
        var session = node.session();
        var begun = new CountDownLatch(1);
        var results = new Results() {
            @Override
            public void end(StepResult result) {
                super.end(result);
                begun.countDown();
            }
        };
        try (var calls = new Calls()) {
            var program = List.of(
                    new Program.Step(null, Sql.of("BEGIN IMMEDIATE")),
                    new Program.Step(null, Sql.of("INSERT INTO t " + Node.ENDLESS)));
            var running = calls.start(() -> {
                session.run(new Program(program), results);
                return true;
            });
            Await.latch(begun);
            node.database.abortTransactions(Failures.notLeader("d"));
            assertThat(session.autocommit()).isTrue();
            assertThatThrownBy(() -> running.get(30, TimeUnit.SECONDS))
                    .cause()
                    .extracting("code")
                    .isEqualTo(Code.NOT_LEADER);
        }
        assertThat(Node.run(session, "SELECT count(*) FROM t").value()).isEqualTo(0L);
        Writes.until(node.database::idle);
    }

    @Test
    void aClosedSessionDoesNotWaitForTheWriter() throws Exception {
        var session = (SqlSession) node.session();
        session.close();
        var insert = "INSERT INTO t VALUES (1)";
        var run = new ProgramRun(Program.of(Sql.of(insert)), List.of(SqlText.first(insert)), new Results());
        var queue = node.database.writes();
        try (var writes = new Writes(node, LocalFile.ACCEPT)) {
            var job = writes.start(() -> {
                queue.run(new ProgramJob(session, run, ProgramShape.AUTOCOMMIT, null, queue));
                return true;
            });
            assertThatThrownBy(() -> job.get(30, TimeUnit.SECONDS)).hasMessageContaining("the session is closed");
        }
    }

    @Test
    void aTransactionThatBeginsWhileTheDatabaseClosesIsEnded() throws Exception {
        var session = node.session();
        var closing = new Thread[1];
        node.file.onOpenReader = () -> {
            node.file.onOpenReader = () -> {};
            closing[0] = startAndBlock(node.database::close);
        };
        assertThatThrownBy(() -> Node.run(session, "BEGIN")).extracting("code").isEqualTo(Code.UNAVAILABLE);
        closing[0].join();
        assertThat(session.autocommit()).isTrue();
        assertThat(node.database.idle()).isTrue();
    }

    @Test
    void aTransactionThatTheLastJobLeavesIsRolledBackByClosing() throws Exception {
        var session = node.session();
        var closing = new Thread[1];
        node.file.log = () -> {
            node.file.log = LocalFile.ACCEPT;
            closing[0] = startAndBlock(node.database::close);
            return LocalFile.ACCEPT.get();
        };
        Node.all(session, "INSERT INTO t VALUES (1)", "BEGIN IMMEDIATE");
        closing[0].join();
        assertThat(node.database.writes().idle()).isTrue();
        assertThatThrownBy(() -> Node.run(session, "SELECT 1"))
                .extracting("code")
                .isEqualTo(Code.UNAVAILABLE);
        assertThat(session.autocommit()).isTrue();
    }

    @Test
    void closingIsNotCutShortByAnInterrupt() throws Exception {
        var session = node.session();
        Node.run(session, "BEGIN IMMEDIATE");
        try (var calls = new Calls()) {
            var endless = calls.start(() -> Node.run(session, "INSERT INTO t " + Node.ENDLESS));
            var reading = calls.start(() -> Node.run(node.session(), Node.ENDLESS));
            Writes.until(() ->
                    !node.database.writes().idle() && node.database.readers().running() == 1);
            var closing = Thread.ofPlatform().unstarted(node.database::close);
            closing.start();
            closing.interrupt();
            closing.join();
            assertThat(node.database.idle()).isTrue();
            assertThatThrownBy(endless::get).hasMessageContaining("is being closed");
            assertThat(reading.get().only().error().code()).isEqualTo(Code.UNAVAILABLE);
            assertThat(reading.get().only().error()).hasMessageContaining("is being closed");
        }
    }

    @Test
    void whatRunsWhileItsFileIsClosedForGoodHearsWhatWhoeverComesNowHears() throws Exception {
        try (var calls = new Calls()) {
            var reads = calls.start(
                    () -> Node.run(node.session(), Node.ENDLESS).only().error());
            var platform = calls.start(() -> node.database.read(connection -> {
                connection.exec(Node.ENDLESS);
                return true;
            }));
            var writes = calls.start(() -> Node.run(node.session(), "INSERT INTO t " + Node.ENDLESS)
                    .only()
                    .error());
            Writes.until(() ->
                    !node.database.writes().idle() && node.database.readers().running() == 2);
            var waits = calls.start(() -> Node.run(node.session(), "INSERT INTO t VALUES (1)"));
            Writes.until(() -> node.database.writes().waiting() == 1);
            node.file.ending = new DatabaseException(Code.NO_SUCH_DATABASE, "it was deleted");

            node.database.close();

            for (var failed : List.of(platform, writes, waits)) {
                assertThatThrownBy(() -> failed.get(30, TimeUnit.SECONDS)).hasMessageContaining("it was deleted");
            }
            assertThat(reads.get(30, TimeUnit.SECONDS)).hasMessage("it was deleted");
        }
    }

    /// A batch shares its transaction with others, as a single statement does not. Whether the end meets a
    /// statement that runs, or the moment before it, decides whether the batch fails or that step.
    @Test
    void aBatchOfWritesWhoseSessionIsEndedSaysWhy() throws Exception {
        var session = node.session();
        try (var calls = new Calls()) {
            var running = calls.start(() -> {
                var results = new Results();
                try {
                    session.run(
                            Node.batch("BEGIN", "INSERT INTO t VALUES (1)", "INSERT INTO t " + Node.ENDLESS), results);
                } catch (DatabaseException e) {
                    return List.of(e);
                }
                return results.steps.stream()
                        .flatMap(step -> Stream.ofNullable(step.error))
                        .toList();
            });
            Writes.until(() ->
                    node.file.commits.get() == 1 && !node.database.writes().idle());
            session.end(Code.GROUP_ARCHIVED, "the group is archived");
            assertThat(running.get(30, TimeUnit.SECONDS))
                    .extracting(DatabaseException::code)
                    .containsExactly(Code.GROUP_ARCHIVED);
        }
        assertThat(Node.run(node.session(), "SELECT count(*) FROM t").value()).isEqualTo(0L);
    }

    /// Who heard only that the program failed would run all of it again.
    @Test
    void whatAProgramCommittedStaysToldWhenTheRestOfItFails() throws Exception {
        var session = node.session();
        var committed = new CountDownLatch(1);
        var results = new Signal(committed);
        var program = List.of(
                new Program.Step(null, Sql.of("INSERT INTO t VALUES (1)")),
                new Program.Step(null, Sql.of("BEGIN IMMEDIATE")),
                new Program.Step(null, Sql.of("INSERT INTO t " + Node.ENDLESS)),
                new Program.Step(new Condition.Ok(2), Sql.of("INSERT INTO t VALUES (2)")),
                new Program.Step(null, Sql.of("INSERT INTO t VALUES (3)")));
        try (var calls = new Calls()) {
            var running = calls.start(() -> {
                session.run(new Program(program), results);
                return true;
            });
            Await.latch(committed);
            node.database.abortTransactions(Failures.notLeader("d"));
            running.get(30, TimeUnit.SECONDS);
        }
        assertThat(results.step(0).ok()).isTrue();
        assertThat(results.step(2).error().code()).isEqualTo(Code.NOT_LEADER);
        assertThat(results.step(3).skipped).isTrue();
        assertThat(results.step(4).error().code()).isEqualTo(Code.NOT_LEADER);
        assertThat(session.autocommit()).isTrue();
        assertThat(Node.run(node.session(), "SELECT count(*) FROM t").value()).isEqualTo(1L);
        Writes.until(node.database::idle);
    }

    private static final class Broken extends Results {
        private final boolean atEnd;

        private Broken(boolean atEnd) {
            this.atEnd = atEnd;
        }

        @Override
        public void row(Row row) {
            throw new AssertionError("for this row");
        }

        @Override
        public void end(StepResult result) {
            if (atEnd) {
                throw new AssertionError("at the end");
            }
            super.end(result);
        }
    }

    @Test
    void aReadWhoseRowBringsAnErrorGivesItsSnapshotBack() {
        Node.run(node.session(), "INSERT INTO t VALUES (1)");
        var results = new Broken(false);
        node.session().run(Program.of(Sql.of("SELECT a FROM t")), results);
        assertThat(results.only().error().code()).isEqualTo(Code.INTERNAL);
        Node.run(node.session(), "INSERT INTO t VALUES (2)");
        assertThat(Node.run(node.session(), "SELECT count(*) FROM t").value()).isEqualTo(2L);
        Writes.until(node.database::idle); // the writer tidies up after it has answered
    }

    @Test
    void anErrorInASharedCommitIsToldToAllThatShareIt() throws Exception {
        var writes = new Writes(node, LocalFile.ACCEPT);
        var first = writes.queue("INSERT INTO t VALUES (1)");
        var broken = writes.queue(() -> {
            var results = new Broken(true);
            node.session().run(Program.of(Sql.of("INSERT INTO t VALUES (2)")), results);
            return results;
        });
        writes.release();
        for (var future : List.of(first, broken)) {
            assertThatThrownBy(() -> future.get(30, TimeUnit.SECONDS)).hasMessageContaining("at the end");
        }
        writes.close(); // would wait for ever for one that is not told
        assertThat(Node.run(node.session(), "SELECT count(*) FROM t").value()).isEqualTo(0L);
        assertThat(Node.run(node.session(), "INSERT INTO t VALUES (3)").only().ok())
                .isTrue();
    }
}
