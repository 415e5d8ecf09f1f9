package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.LogIndex;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.OpenMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Entries that wait at a replica. That batches give the same bytes as single entries, [RandomHistoryTest] says.
class BatchedApplyTest {

    private static final DatabaseId ONE = new DatabaseId(new UUID(0, 1));
    private static final DatabaseId TWO = new DatabaseId(new UUID(0, 2));

    private final FakeLog log = new FakeLog();

    @TempDir
    private Path directory;

    private TestNode leader;
    private TestNode replica;

    @BeforeEach
    void start() {
        leader = new TestNode(directory.resolve("leader"), log, true);
        replica = new TestNode(directory.resolve("replica"), log, false);
        for (DatabaseId id : new DatabaseId[] {ONE, TWO}) {
            leader.group.create(id);
            leader.exec(id, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
            replica.awaitFrame(id, leader.database(id).frame());
        }
        replica.member.awaitApplied(log.last());
    }

    @AfterEach
    void stop() {
        replica.member.pause(false);
        leader.close();
        replica.close();
    }

    private void insert(DatabaseId id, int rows) {
        for (int i = 0; i < rows; i++) {
            assertThat(leader.exec(id, "INSERT INTO t(b) VALUES ('row')").error())
                    .isNull();
        }
    }

    private void assertEqual(DatabaseId id) {
        replica.awaitFrame(id, leader.database(id).frame());
        assertThat(replica.integrity(id)).isEqualTo("ok");
        assertThat(replica.bytes(id)).isEqualTo(leader.bytes(id));
    }

    @Test
    void whatWaitsIsOneTransactionOfSqlite() throws IOException {
        Path wal = replica.directory.resolve(ONE + ".db-wal");
        long before = Files.size(wal);
        replica.member.pause(true);
        insert(ONE, 10);
        insert(TWO, 10);
        insert(ONE, 10);
        replica.member.pause(false);
        replica.awaitFrame(ONE, leader.database(ONE).frame());
        // The one page that all of them change; the entry that met the pause may have been alone.
        assertThat(Files.size(wal) - before).isLessThanOrEqualTo(2 * (WalCommit.FRAME_HEADER_BYTES + 4096));
        assertThat(replica.number(ONE, "SELECT count(*) FROM t")).isEqualTo(20);
        assertEqual(ONE);
        assertEqual(TWO);
    }

    @Test
    void aDatabaseThatCannotTakeABatchIsRebuiltAndTheOthersGoOn() {
        replica.member.pause(true);
        insert(ONE, 5);
        insert(TWO, 5);
        Path file = replica.directory.resolve(ONE + DatabasePaths.FILE);
        try (Connection other = Connection.open(file, OpenMode.READ_WRITE)) {
            other.exec("BEGIN IMMEDIATE");
            replica.member.pause(false);
            replica.awaitFrame(TWO, leader.database(TWO).frame());
            assertThat(replica.number(TWO, "SELECT count(*) FROM t")).isEqualTo(5);
            other.exec("ROLLBACK");
        }
        insert(ONE, 1);
        assertEqual(ONE);
        assertEqual(TWO);
        assertThat(replica.member.failure()).isNull();
    }

    @Test
    void aCrashInTheMiddleOfABatchIsMadeGoodByTheLog() {
        leader.exec(ONE, "INSERT INTO t VALUES (1000, randomblob(50000))");
        replica.awaitFrame(ONE, leader.database(ONE).frame());
        StoredDatabase database = replica.database(ONE);
        var user = (PlainUser) database.acquire();
        var keptOut = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        user.whenAborted(() -> {
            keptOut.countDown();
            await(goOn);
        });
        replica.member.pause(true);
        insert(ONE, 3);
        // Ends the first transaction of the batch: the database gets smaller.
        leader.exec(ONE, "PRAGMA auto_vacuum=0; DELETE FROM t WHERE a = 1000");
        leader.exec(ONE, "VACUUM");
        insert(ONE, 3);
        Path crashed = directory.resolve("crashed");
        Path file = replica.directory.resolve(ONE + DatabasePaths.FILE);
        try (Connection other = Connection.open(file, OpenMode.READ_WRITE)) {
            other.exec("BEGIN IMMEDIATE");
            replica.member.pause(false);
            await(keptOut);
            // SQLite commits, and the lock keeps the applying thread from saying so and going on.
            database.life().lock.lock();
            try {
                other.exec("ROLLBACK");
                goOn.countDown();
                await(other, "SELECT count(*) FROM t", 3);
                database.checkpoints().run(Duration.ofSeconds(10));
                replica.crashTo(crashed);
            } finally {
                database.life().lock.unlock();
            }
        } finally {
            database.release();
        }
        assertThat(new DatabasePaths(crashed, ONE).position().read())
                .isInstanceOfSatisfying(
                        PositionFile.Reading.Found.class,
                        found -> assertThat(found.position().consistentAt()).isEqualTo(new LogIndex(log.last())));
        try (TestNode restarted = new TestNode(crashed, log, false)) {
            restarted.awaitFrame(ONE, leader.database(ONE).frame());
            assertThat(restarted.bytes(ONE)).isEqualTo(leader.bytes(ONE));
        }
        assertEqual(ONE);
    }

    private static void await(Connection connection, String sql, long wanted) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (PlainUser.number(connection, sql) != wanted) {
            assertThat(System.nanoTime()).as("time to wait").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
