package io.skerry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Meter.Reading;
import io.skerry.engine.query.Program;
import io.skerry.engine.query.ResultSink;
import io.skerry.engine.query.Row;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.engine.query.Sql;
import io.skerry.engine.storage.FakeLog.Fate;
import io.skerry.engine.testing.Await;
import io.skerry.sqlite.Authorizer;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.Statement;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The engine as a whole, from sessions to files, over a log in memory.
class EngineTest extends TwoNodes {

    private static final DatabaseId ID = new DatabaseId(new UUID(0, 1));

    private Database database;

    @BeforeEach
    void start() {
        database = leader.create(ID);
        run(database, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
    }

    private static long number(Database on, String sql) {
        return on.read(connection -> number(connection, sql));
    }

    private static long number(Connection connection, String sql) {
        try (Statement statement = connection.prepare(sql)) {
            statement.step();
            return statement.columnLong(0);
        }
    }

    private Database atReplica() {
        replicaMember.awaitApplied(log.last());
        return replica.database(ID).orElseThrow();
    }

    @Test
    void whatASessionWritesIsReadHereAndThere() {
        run(database, "INSERT INTO t(b) VALUES (1), (2), (3)");
        assertThat(number(database, "SELECT count(*) FROM t")).isEqualTo(3);
        assertThat(atReplica().awaitFrame(database.frame(), Duration.ofSeconds(30)))
                .isTrue();
        assertThat(number(atReplica(), "SELECT count(*) FROM t")).isEqualTo(3);
        assertThat(atReplica().integrityCheck()).containsExactly("ok");
        assertThat(database.sizeBytes()).isEqualTo(2 * 4096);
    }

    @Test
    void writesThatWaitTogetherAreAllThere() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Integer>> writes = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                int value = i;
                writes.add(threads.submit((Callable<Integer>) () -> {
                    run(database, "INSERT INTO t(b) VALUES (" + value + ")");
                    return value;
                }));
            }
            for (Future<Integer> write : writes) {
                write.get();
            }
        }
        assertThat(number(database, "SELECT count(DISTINCT b) FROM t")).isEqualTo(200);
        assertThat(number(atReplica(), "SELECT count(DISTINCT b) FROM t")).isEqualTo(200);
    }

    @Test
    void aCommitInDoubtIsReportedAsSuchAndResolvedFromTheLog() {
        log.next(Fate.UNKNOWN_ARRIVES);
        assertThatThrownBy(() -> run(database, "INSERT INTO t(b) VALUES (1)"))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OUTCOME_UNKNOWN));
        assertThat(number(database, "SELECT count(*) FROM t")).isEqualTo(1);
        run(database, "INSERT INTO t(b) VALUES (2)");
        assertThat(number(atReplica(), "SELECT count(*) FROM t")).isEqualTo(2);
    }

    @Test
    void anOpenTransactionEndsWhenTheDatabaseIsRebuiltOrTheLeadershipLost() {
        try (Session session = database.openSession(SessionOptions.FULL)) {
            session.sequence("BEGIN; INSERT INTO t(b) VALUES (1)");
            leaderMember.lead(false);
            assertThatThrownBy(() -> session.sequence("COMMIT"))
                    .isInstanceOfSatisfying(
                            DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_LEADER));
            leaderMember.lead(true);
            session.sequence("INSERT INTO t(b) VALUES (2)");
        }
        assertThat(number(database, "SELECT b FROM t")).isEqualTo(2);
    }

    @Test
    void aTransactionThatCannotBeRolledBackIsGoneOnceItsDatabaseIsRebuilt() {
        Session session = database.openSession(SessionOptions.FULL);
        session.sequence("PRAGMA foreign_keys=off"); // as the next write has it: nothing is prepared anew
        database.write(connection -> {
            connection.authorizer((action, first, second, schema, trigger) ->
                    "ROLLBACK".equals(first) ? Authorizer.Decision.DENY : Authorizer.Decision.ALLOW);
            return true;
        });
        session.sequence("BEGIN IMMEDIATE; INSERT INTO t(b) VALUES (1)");
        session.close();
        run(database, "INSERT INTO t(b) VALUES (2)");
        assertThat(number(database, "SELECT group_concat(b) FROM t")).isEqualTo(2);
        assertThat(number(atReplica(), "SELECT group_concat(b) FROM t")).isEqualTo(2);
    }

    @Test
    void aReadTransactionAtAReplicaKeepsItsSnapshotWhileEntriesArrive() {
        run(database, "CREATE TABLE seen(n); INSERT INTO t(b) VALUES (1)");
        Database there = atReplica();
        try (Session session = there.openSession(SessionOptions.FULL)) {
            session.sequence("BEGIN; SELECT * FROM t");
            run(database, "INSERT INTO t(b) VALUES (2)");
            replicaMember.awaitApplied(log.last());
            assertThat(number(there, "SELECT count(*) FROM t")).isEqualTo(2);
            session.sequence("SELECT CASE count(*) WHEN 1 THEN 1 ELSE json('not the snapshot') END FROM t; COMMIT");
        }
    }

    @Test
    void aReplicaRefusesWrites() {
        assertThatThrownBy(() -> run(atReplica(), "INSERT INTO t(b) VALUES (1)"))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_LEADER));
    }

    @Test
    void aCheckpointOfTheGroupGoesOnBesideWriters() throws Exception {
        Thread writer = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 200; i++) {
                run(database, "INSERT INTO t(b) VALUES (hex(randomblob(200)))");
            }
        });
        LogIndex last = LogIndex.BEFORE_FIRST;
        while (writer.isAlive()) {
            LogIndex now = leader.checkpoint();
            assertThat(now).isGreaterThanOrEqualTo(last);
            last = now;
        }
        writer.join();
        assertThat(leader.checkpoint().value()).isGreaterThan(100);
        assertThat(number(atReplica(), "SELECT count(*) FROM t")).isEqualTo(200);
        assertThat(atReplica().integrityCheck()).containsExactly("ok");
    }

    @Test
    void whatWasCountedOutlivesTheDatabase() {
        run(database, "INSERT INTO t(b) VALUES (1), (2), (3)");
        leaderEngine.meters().take();
        run(database, "UPDATE t SET b = 0 WHERE a > 1");
        leader.drop(ID);
        assertThat(leaderEngine.meters().take())
                .singleElement()
                .satisfies(reading -> assertThat(reading.rowsWritten()).isEqualTo(2));
        assertThat(replicaEngine.meters().take()).isEmpty();
    }

    @Test
    void aDumpCountsTheRowsThatItReadAlsoIfItEndsEarly() {
        run(database, "INSERT INTO t(b) VALUES (1), (2), (3); CREATE TABLE u(x); INSERT INTO u VALUES (1), (2)");
        leaderEngine.meters().take();
        database.dumpTo(OutputStream.nullOutputStream());
        assertThat(leaderEngine.meters().take()).containsExactly(new Reading(ID, 5, 0, List.of()));
        OutputStream full = new OutputStream() {
            private int rows;

            @Override
            public void write(int b) throws IOException {
                if (b == ')' && ++rows > 2) {
                    throw new IOException("the client is gone");
                }
            }
        };
        assertThatThrownBy(() -> database.dumpTo(full)).hasMessageContaining("the client is gone");
        assertThat(leaderEngine.meters().take()).containsExactly(new Reading(ID, 2, 0, List.of()));
    }

    /// In both of the ways in which a database leaves while it is read.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReadThatRunsWhileItsDatabaseGoesHearsWhatTheNextOneHears(boolean deleted) throws Exception {
        var reads = new CountDownLatch(1);
        Session session = database.openSession(SessionOptions.FULL);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> running = threads.submit(() -> session.run(
                    Program.of(Sql.of("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n) SELECT i FROM n")),
                    new Rows(reads::countDown)));
            Await.latch(reads);
            if (deleted) {
                leader.drop(ID);
            } else {
                leader.close();
            }
            assertThatThrownBy(() -> session.sequence("SELECT 1"))
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            next -> assertThatThrownBy(running::get)
                                    .cause()
                                    .hasMessage(next.getMessage())
                                    .extracting("code")
                                    .isEqualTo(next.code())
                                    .isEqualTo(deleted ? Code.NO_SUCH_DATABASE : Code.UNAVAILABLE));
        }
        session.close();
    }

    /// Takes rows, and throws what ends them.
    private record Rows(Runnable row) implements ResultSink {
        @Override
        public void begin(int step, List<Column> columns) {}

        @Override
        public void row(Row taken) {
            row.run();
        }

        @Override
        public void end(StepResult result) {}

        @Override
        public void failed(int step, DatabaseException error) {
            throw error;
        }

        @Override
        public void skipped(int step) {}

        @Override
        public void restart() {}
    }

    @Test
    void aDroppedDatabaseIsGone() {
        Session session = database.openSession(SessionOptions.FULL);
        session.sequence("INSERT INTO t(b) VALUES (1)");
        leader.drop(ID);
        assertThat(leader.database(ID)).isEmpty();
        assertThatThrownBy(() -> session.sequence("SELECT 1"))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.NO_SUCH_DATABASE));
        session.close();
    }
}
