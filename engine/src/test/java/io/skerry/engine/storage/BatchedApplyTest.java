package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.LogIndex;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.OpenMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Entries that wait at a replica. That batches give the same bytes as single entries, [RandomHistoryTest] says.
class BatchedApplyTest {

    private static final DatabaseId ONE = new DatabaseId(new UUID(0, 1));
    private static final DatabaseId TWO = new DatabaseId(new UUID(0, 2));

    @TempDir
    private Path directory;

    private LeaderAndReplica both;
    private FakeLog log;
    private TestNode leader;
    private TestNode replica;

    @BeforeEach
    void start() {
        both = new LeaderAndReplica(directory, ONE, TWO);
        log = both.log;
        leader = both.leader;
        replica = both.replica;
    }

    @AfterEach
    void stop() {
        both.close();
    }

    @Test
    void whatWaitsIsOneTransactionOfSqlite() throws IOException {
        Path wal = replica.directory.resolve(ONE + ".db-wal");
        long before = Files.size(wal);
        replica.member.pause(true);
        LeaderAndReplica.insert(leader, ONE, 10);
        LeaderAndReplica.insert(leader, TWO, 10);
        LeaderAndReplica.insert(leader, ONE, 10);
        replica.member.pause(false);
        replica.awaitFrame(ONE, leader.database(ONE).frame());
        // The one page that all of them change; the entry that met the pause may have been alone.
        assertThat(Files.size(wal) - before).isLessThanOrEqualTo(2 * (WalCommit.FRAME_HEADER_BYTES + 4096));
        assertThat(replica.number(ONE, "SELECT count(*) FROM t")).isEqualTo(20);
        both.assertEqual(ONE);
        both.assertEqual(TWO);
    }

    @Test
    void aDatabaseThatCannotTakeABatchIsRebuiltAndTheOthersGoOn() {
        replica.member.pause(true);
        LeaderAndReplica.insert(leader, ONE, 5);
        LeaderAndReplica.insert(leader, TWO, 5);
        Path file = replica.directory.resolve(ONE + DatabasePaths.FILE);
        try (Connection other = Connection.open(file, OpenMode.READ_WRITE)) {
            other.exec("BEGIN IMMEDIATE");
            replica.member.pause(false);
            replica.awaitFrame(TWO, leader.database(TWO).frame());
            assertThat(replica.number(TWO, "SELECT count(*) FROM t")).isEqualTo(5);
            other.exec("ROLLBACK");
        }
        LeaderAndReplica.insert(leader, ONE, 1);
        both.assertEqual(ONE);
        both.assertEqual(TWO);
        assertThat(replica.member.failure()).isNull();
    }

    @Test
    void aCrashInTheMiddleOfABatchIsMadeGoodByTheLog() {
        leader.exec(ONE, "INSERT INTO t VALUES (1000, randomblob(50000))");
        replica.awaitFrame(ONE, leader.database(ONE).frame());
        replica.member.pause(true);
        LeaderAndReplica.insert(leader, ONE, 3);
        // Ends the first transaction of the batch: the database gets smaller.
        leader.exec(ONE, "PRAGMA auto_vacuum=0; DELETE FROM t WHERE a = 1000");
        leader.exec(ONE, "VACUUM");
        LeaderAndReplica.insert(leader, ONE, 3);
        Path crashed = directory.resolve("crashed");
        replica.crashBetweenCommitAndAccount(ONE, () -> replica.member.pause(false), 3, crashed);
        assertThat(new DatabasePaths(crashed, ONE).position().read())
                .isInstanceOfSatisfying(
                        PositionFile.Reading.Found.class,
                        found -> assertThat(found.position().consistentAt()).isEqualTo(new LogIndex(log.last())));
        try (TestNode restarted = new TestNode(crashed, log, false)) {
            restarted.awaitFrame(ONE, leader.database(ONE).frame());
            assertThat(restarted.bytes(ONE)).isEqualTo(leader.bytes(ONE));
        }
        both.assertEqual(ONE);
    }
}
