package io.skerry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.query.AttachGrants;
import io.skerry.engine.query.Attachables;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.engine.storage.StorageSettings;
import io.skerry.engine.testing.Await;
import io.skerry.sqlite.vfs.BarrierVfs;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Databases of one group that are attached to each other, with their real files.
@Timeout(60)
class AttachedDatabaseTest extends TwoNodes {

    private static final DatabaseId MAIN = new DatabaseId(new UUID(0, 1));
    private static final DatabaseId OTHER = new DatabaseId(new UUID(0, 2));
    private static final Attachables ANY = new Attachables() {
        @Override
        public DatabaseId find(String name, AttachGrants grants) {
            return new DatabaseId(UUID.fromString(name));
        }

        @Override
        public void require(DatabaseId database, String name, AttachGrants grants) {
            // Always.
        }
    };
    /// Of which no more than two can be open at once.
    private static final StorageSettings TWO = new StorageSettings(
            2, Duration.ofSeconds(60), Duration.ofSeconds(5), 64L << 20, 64L << 20, 4096, 500, 2, Integer.MAX_VALUE);

    @Override
    StorageSettings settings() {
        return TWO;
    }

    @BeforeEach
    void start() {
        run(leader.create(MAIN), "CREATE TABLE t(a)");
        run(leader.create(OTHER), "CREATE TABLE o(a); INSERT INTO o VALUES (1)");
    }

    private static Session attached(GroupStore at) {
        Session session = at.database(MAIN).orElseThrow().openSession(SessionOptions.FULL);
        session.attachables(ANY);
        session.sequence("ATTACH \"" + OTHER + "\" AS o");
        return session;
    }

    private Database other() {
        return leader.database(OTHER).orElseThrow();
    }

    private static void expect(Session session, String sum) {
        session.sequence("SELECT CASE sum(a) WHEN " + sum + " THEN 1 ELSE json('it is ' || sum(a)) END FROM o.o");
    }

    @Test
    void theEntriesOfTheLogAreThoseOfOneDatabase() {
        try (Session session = attached(leader)) {
            FrameNo before = other().frame();
            session.sequence("INSERT INTO t SELECT a FROM o.o; BEGIN; INSERT INTO t SELECT a + 1 FROM o.o; COMMIT");
            assertThat(other().frame()).isEqualTo(before);
        }
        replicaMember.awaitApplied(log.last());
        assertThat(replica.database(MAIN).orElseThrow().<Long>read(connection -> {
                    try (var sum = connection.prepare("SELECT sum(a) FROM t")) {
                        sum.step();
                        return sum.columnLong(0);
                    }
                }))
                .isEqualTo(3);
        for (GroupStore at : new GroupStore[] {leader, replica}) {
            for (DatabaseId id : new DatabaseId[] {MAIN, OTHER}) {
                assertThat(at.database(id).orElseThrow().integrityCheck()).containsExactly("ok");
            }
        }
    }

    @Test
    void aReplicaSeesWhatArrivesAndATransactionDoesNot() {
        replicaMember.awaitApplied(log.last());
        try (Session session = attached(replica)) {
            expect(session, "1");
            session.sequence("BEGIN");
            expect(session, "1");
            run(other(), "INSERT INTO o VALUES (2)");
            replicaMember.awaitApplied(log.last());
            expect(session, "1");
            session.sequence("COMMIT");
            expect(session, "3");
        }
        assertThat(replica.database(OTHER).orElseThrow().integrityCheck()).containsExactly("ok");
    }

    @ParameterizedTest
    @ValueSource(strings = {"BEGIN", "BEGIN IMMEDIATE"})
    void aDatabaseThatIsReadIsNotClosedForAThird(String begin) {
        Database third = leader.create(new DatabaseId(new UUID(0, 3)));
        try (Session session = attached(leader)) {
            session.sequence(begin);
            expect(session, "1");
            assertThatThrownBy(() -> run(third, "CREATE TABLE x(a)"))
                    .isInstanceOfSatisfying(
                            DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OVERLOADED));
            expect(session, "1");
            session.sequence("COMMIT");
            onceThereIsRoom(() -> run(third, "CREATE TABLE x(a)"));
            onceThereIsRoom(() -> expect(session, "1"));
        }
    }

    /// A writer is busy for a moment after it has answered.
    private static void onceThereIsRoom(Runnable work) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try {
                work.run();
                return;
            } catch (DatabaseException e) {
                if (e.code() != Code.OVERLOADED || System.nanoTime() - end > 0) {
                    throw e;
                }
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SELECT 1", "BEGIN", "BEGIN IMMEDIATE"})
    void aDatabaseThatIsDeletedIsNotAttachedAnyMore(String begin) {
        replicaMember.awaitApplied(log.last());
        int wals = BarrierVfs.openWals();
        try (Session session = attached(leader)) {
            session.sequence(begin);
            expect(session, "1");
            leader.drop(OTHER);
            assertThatThrownBy(() -> readUntilItEnds(session))
                    .isInstanceOfSatisfying(
                            DatabaseException.class,
                            e -> assertThat(e.code()).isIn(Code.ATTACHMENT_ENDED, Code.UNAVAILABLE));
            assertThat(session.autocommit()).isTrue();
            assertThatThrownBy(() -> {
                        session.sequence("SELECT a FROM o.o");
                        session.sequence("SELECT a FROM o.o");
                    })
                    .isInstanceOf(DatabaseException.class);
            session.sequence("INSERT INTO t VALUES (1)");
        }
        Await.until("the WAL of what is deleted is closed", () -> BarrierVfs.openWals() <= wals);
    }

    /// The file is closed after the deletion has been answered; what is open sees its snapshot until then.
    private static void readUntilItEnds(Session session) {
        long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() - end < 0) {
            expect(session, "1");
        }
    }

    /// SQLite must not see the file change under it: it is closed and made anew from the log.
    @ParameterizedTest
    @ValueSource(strings = {"BEGIN", "BEGIN IMMEDIATE"})
    void aDatabaseThatIsRebuiltEndsTheTransactionThatReadsIt(String begin) {
        try (Session session = attached(leader)) {
            session.sequence(begin);
            expect(session, "1");
            rebuild();
            assertThatThrownBy(() -> expect(session, "1"))
                    .isInstanceOfSatisfying(
                            DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
                    .hasMessageContaining("being closed");
            expect(session, "1");
            session.sequence("INSERT INTO t SELECT a FROM o.o");
        }
        assertThat(other().integrityCheck()).containsExactly("ok");
    }

    /// As after a rollback that failed.
    private void rebuild() {
        Session session = other().openSession(SessionOptions.FULL);
        session.sequence("PRAGMA foreign_keys=off"); // as the next write has it: nothing is prepared anew
        other().write(connection -> {
            connection.authorizer((action, first, second, schema, trigger) -> "ROLLBACK".equals(first)
                    ? io.skerry.sqlite.Authorizer.Decision.DENY
                    : io.skerry.sqlite.Authorizer.Decision.ALLOW);
            return true;
        });
        session.sequence("BEGIN IMMEDIATE; INSERT INTO o VALUES (7)");
        session.close();
        run(other(), "UPDATE o SET a = 1"); // waits for it
    }
}
