package io.skerry.engine.storage;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.AppendOutcome.Unknown;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.LogEntry;
import io.skerry.engine.entry.PageImage;
import io.skerry.engine.storage.FakeLog.Fate;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommitBarrierTest {

    private static final DatabaseId ID = DatabaseId.parse("00000000-0000-0000-0000-000000000001");
    private static final long WAL_BYTES = TestNode.SETTINGS.walBytes();

    @TempDir
    private Path directory;

    private LeaderAndReplica both;
    private FakeLog log;
    private TestNode leader;
    private TestNode replica;

    @BeforeEach
    void start() {
        both = new LeaderAndReplica(directory, ID);
        log = both.log;
        leader = both.leader;
        replica = both.replica;
    }

    @AfterEach
    void stop() {
        both.close();
    }

    private LogEntry.Pages lastEntry() {
        return (LogEntry.Pages) LogEntry.decode(log.entry(log.last()));
    }

    @Test
    void aCommitIsOneEntryAndArrivesAtTheReplica() {
        long before = log.last();
        var outcome = leader.exec(ID, "INSERT INTO t VALUES (1, 'one')");
        assertThat(outcome.error()).isNull();
        assertThat(outcome.report()).isEqualTo(new CommitReport.Published(new FrameNo(3), new LogIndex(before + 1)));
        assertThat(log.last()).isEqualTo(before + 1);
        both.assertEqual(ID);
        assertThat(replica.number(ID, "SELECT count(*) FROM t")).isEqualTo(1);
    }

    @Test
    void aPageIsWholeAtItsFirstTouchAndByteRangesAfterwards() {
        leader.exec(ID, "INSERT INTO t VALUES (1, 'one')");
        assertThat(lastEntry().pages()).extracting(PageImage::isWhole).containsExactly(false);
        leader.database(ID).checkpoints().run(Duration.ofSeconds(30));
        leader.exec(ID, "INSERT INTO t VALUES (2, 'two')");
        assertThat(lastEntry().epochStart()).isTrue();
        assertThat(lastEntry().pages()).allMatch(PageImage::isWhole);
        leader.exec(ID, "INSERT INTO t VALUES (3, 'three')");
        assertThat(lastEntry().epochStart()).isFalse();
        assertThat(lastEntry().pages()).extracting(PageImage::isWhole).containsExactly(false);
        assertThat(log.entry(log.last())).hasSizeLessThan(200);
        both.assertEqual(ID);
    }

    @Test
    void aCommitThatChangesNothingMakesNoEntry() {
        leader.exec(ID, "INSERT INTO t VALUES (1, 'one')");
        long before = log.last();
        assertThat(leader.exec(ID, "UPDATE t SET b = b").report()).isInstanceOf(CommitReport.NoChange.class);
        assertThat(leader.exec(ID, "BEGIN; COMMIT").report()).isInstanceOf(CommitReport.NoChange.class);
        assertThat(leader.exec(ID, "DELETE FROM t WHERE a = 9").report()).isInstanceOf(CommitReport.NoChange.class);
        assertThat(log.last()).isEqualTo(before);
        assertThat(leader.exec(ID, "INSERT INTO t VALUES (2, 'two')").error()).isNull();
        both.assertEqual(ID);
    }

    /// A full disk leaves one: the head of a frame is written, its page is not.
    @Test
    void aFrameThatWasWrittenInPartIsNoCommit() throws IOException {
        leader.exec(ID, "INSERT INTO t VALUES (1, 'one')");
        Path wal = leader.directory.resolve(ID + ".db-wal");
        int frameBytes = WalCommit.FRAME_HEADER_BYTES + 4096;
        try (FileChannel file = FileChannel.open(wal, READ, WRITE)) {
            var header = ByteBuffer.allocate(WalCommit.HEADER_BYTES);
            file.read(header, 0);
            var frame = ByteBuffer.allocate(WalCommit.FRAME_HEADER_BYTES);
            frame.putInt(2).putInt(2).putLong(header.getLong(16)).flip();
            long frames = (file.size() - WalCommit.HEADER_BYTES) / frameBytes;
            file.write(frame, WalCommit.HEADER_BYTES + frames * frameBytes);
        }

        assertThat(leader.exec(ID, "UPDATE t SET b = b").report()).isInstanceOf(CommitReport.NoChange.class);
        assertThat(leader.exec(ID, "INSERT INTO t VALUES (2, 'two')").report())
                .isInstanceOf(CommitReport.Published.class);
        assertThat(leader.exec(ID, "UPDATE t SET b = b").report()).isInstanceOf(CommitReport.NoChange.class);
        both.assertEqual(ID);
    }

    @Test
    void aCommitThatWentAroundTheBarrierIsFoundAndUndone() {
        leader.exec(ID, "INSERT INTO t VALUES (1, 'one')");
        assertThatThrownBy(() -> leader.exec(ID, "PRAGMA synchronous=OFF; INSERT INTO t VALUES (2, 'two')"))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OUTCOME_UNKNOWN));
        assertThat(leader.number(ID, "SELECT count(*) FROM t")).isEqualTo(1);
        both.assertEqual(ID);
    }

    @Test
    void aRefusedCommitLeavesNothing() {
        log.next(Fate.REFUSE);
        var outcome = leader.exec(ID, "INSERT INTO t VALUES (1, 'no')");
        assertThat(outcome.error()).isNotNull();
        assertThat(outcome.error().extendedCode()).isEqualTo(CommitBarrier.REFUSED);
        assertThat(((CommitReport.Failed) outcome.report()).outcome()).isInstanceOf(Refused.class);
        assertThat(leader.number(ID, "SELECT count(*) FROM t")).isZero();
        leader.exec(ID, "INSERT INTO t VALUES (2, 'yes')");
        both.assertEqual(ID);
    }

    @Test
    void aRefusedCommitDoesNotComeBackThroughTheWal() throws Exception {
        log.next(Fate.REFUSE);
        leader.exec(ID, "INSERT INTO t VALUES (1, 'no')");
        leader.crashTo(directory.resolve("seen"));
        try (var connection = io.skerry.sqlite.Connection.open(
                directory.resolve("seen").resolve(ID + ".db"), io.skerry.sqlite.OpenMode.READ_WRITE)) {
            assertThat(PlainUser.number(connection, "SELECT count(*) FROM t")).isZero();
        }
        long before = log.last();
        leader.database(ID).checkpoints().run(Duration.ofSeconds(30));
        assertThat(log.last()).as("no phantom entry of the checkpoint's sync").isEqualTo(before);
        both.assertEqual(ID);
    }

    @Test
    void anUnknownOutcomeIsResolvedByTheLogWhenTheEntryArrives() {
        log.next(Fate.UNKNOWN_ARRIVES);
        var outcome = leader.exec(ID, "INSERT INTO t VALUES (1, 'late')");
        assertThat(((CommitReport.Failed) outcome.report()).outcome()).isInstanceOf(Unknown.class);
        assertThat(leader.number(ID, "SELECT count(*) FROM t")).isEqualTo(1);
        assertThat(leader.exec(ID, "INSERT INTO t VALUES (2, 'next')").error()).isNull();
        both.assertEqual(ID);
    }

    @Test
    void anUnknownOutcomeIsResolvedByTheLogWhenTheEntryIsLost() {
        log.next(Fate.UNKNOWN_LOST);
        leader.exec(ID, "INSERT INTO t VALUES (1, 'lost')");
        assertThat(leader.number(ID, "SELECT count(*) FROM t")).isZero();
        assertThat(leader.exec(ID, "INSERT INTO t VALUES (2, 'next')").error()).isNull();
        both.assertEqual(ID);
    }

    @Test
    void aCommitOvertakenByAnotherEntryIsNotAcknowledged() {
        log.next(Fate.OVERTAKEN);
        var outcome = leader.exec(ID, "INSERT INTO t VALUES (1, 'twice in the log')");
        assertThat(((CommitReport.Failed) outcome.report()).outcome()).isInstanceOf(Unknown.class);
        assertThat(leader.number(ID, "SELECT count(*) FROM t")).isEqualTo(1);
        assertThat(leader.exec(ID, "INSERT INTO t VALUES (2, 'next')").error()).isNull();
        both.assertEqual(ID);
    }

    @Test
    void whileTheLogIsDownAFencedDatabaseWaitsAndComesBack() {
        log.down(true);
        leader.exec(ID, "INSERT INTO t VALUES (1, 'lost')");
        assertThat(leader.database(ID).life().isFenced()).isTrue();
        log.down(false);
        assertThat(leader.exec(ID, "INSERT INTO t VALUES (2, 'next')").error()).isNull();
        assertThat(leader.number(ID, "SELECT a FROM t")).isEqualTo(2);
        both.assertEqual(ID);
    }

    @Test
    void aTooLargeTransactionIsRefusedBeforeTheLog() {
        var small = new StorageSettings(
                100, Duration.ofHours(1), Duration.ofSeconds(60), 200_000, 100_000, 4096, 4, 2, Integer.MAX_VALUE);
        var smallLog = new FakeLog();
        try (TestNode node = new TestNode(directory.resolve("small"), smallLog, true, small)) {
            node.group.create(ID);
            node.exec(ID, "CREATE TABLE t(b)");
            long before = smallLog.last();
            var outcome = node.exec(ID, "INSERT INTO t VALUES (randomblob(300000))");
            assertThat(outcome.report())
                    .isInstanceOfSatisfying(
                            CommitReport.Failed.class,
                            failed -> assertThat(failed.outcome().toString())
                                    .contains("TOO_LARGE")
                                    .contains("split it"));
            assertThat(smallLog.last()).isEqualTo(before);
            assertThat(node.exec(ID, "INSERT INTO t VALUES (1)").error()).isNull();
        }
    }

    /// Pages of zeros are next to nothing in the log, but each is held by whoever waits for the last piece.
    @Test
    void aTransactionThatNobodyCouldHoldIsRefusedHoweverShortItIs() {
        // Of small pages: what is spilled of large ones would be too much first.
        var small = new StorageSettings(
                100, Duration.ofHours(1), Duration.ofSeconds(60), 200_000, 100_000, 512, 4, 2, Integer.MAX_VALUE);
        var smallLog = new FakeLog();
        try (TestNode node = new TestNode(directory.resolve("small"), smallLog, true, small)) {
            node.group.create(ID);
            node.exec(ID, "CREATE TABLE t(b)");
            long before = smallLog.last();
            var outcome = node.exec(ID, "INSERT INTO t VALUES (zeroblob(512 * 1250))");
            assertThat(outcome.report())
                    .isInstanceOfSatisfying(
                            CommitReport.Failed.class,
                            failed -> assertThat(failed.outcome().toString()).contains("TOO_LARGE", "in the log"));
            assertThat(smallLog.last()).isEqualTo(before);
            assertThat(node.exec(ID, "INSERT INTO t VALUES (zeroblob(512 * 500))")
                            .error())
                    .isNull();
        }
    }

    @Test
    void aTransactionOfSeveralPiecesIsAppliedAsOne() {
        leader.exec(ID, "INSERT INTO t VALUES (1, randomblob(3000000))");
        assertThat(lastEntry().piece()).isPositive();
        both.assertEqual(ID);
    }

    @Test
    void aCommitThatPassesWithoutTheBarrierFencesTheDatabase() {
        assertThatThrownBy(() -> leader.exec(ID, "PRAGMA synchronous=OFF; INSERT INTO t VALUES (1, 'unseen')"))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.OUTCOME_UNKNOWN));
        assertThat(leader.number(ID, "SELECT count(*) FROM t")).isZero();
        assertThat(leader.exec(ID, "INSERT INTO t VALUES (2, 'seen')").error()).isNull();
        both.assertEqual(ID);
    }

    @Test
    void withoutLeadershipNothingIsWrittenAndReadsGoOn() {
        leader.exec(ID, "INSERT INTO t VALUES (1, 'one')");
        leader.member.lead(false);
        assertThatThrownBy(() -> leader.exec(ID, "INSERT INTO t VALUES (2, 'two')"))
                .isInstanceOfSatisfying(
                        DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.NOT_LEADER));
        assertThat(leader.number(ID, "SELECT count(*) FROM t")).isEqualTo(1);
    }

    @Test
    void leadershipMovesThereAndBack() {
        for (int round = 0; round < 6; round++) {
            TestNode writer = round % 2 == 0 ? leader : replica;
            TestNode other = round % 2 == 0 ? replica : leader;
            other.member.lead(false);
            writer.member.awaitApplied(log.last());
            writer.member.lead(true);
            for (int i = 0; i < 20; i++) {
                assertThat(writer.exec(ID, "INSERT INTO t(b) VALUES (hex(randomblob(50)))")
                                .error())
                        .isNull();
            }
            other.awaitFrame(ID, writer.database(ID).frame());
            assertThat(other.number(ID, "SELECT count(*) FROM t")).isEqualTo(20L * (round + 1));
        }
        assertThat(leader.bytes(ID)).isEqualTo(replica.bytes(ID));
    }

    @Test
    void whoAppliesAgainAfterLeadingKnowsTheSizeOfTheDatabase() {
        String rows = " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)"
                + " SELECT randomblob(1000) FROM n";
        replica.awaitFrame(ID, leader.database(ID).frame());
        leader.member.lead(false);
        replica.member.lead(true);
        assertThat(replica.exec(ID, "INSERT INTO t(b)" + rows).error()).isNull();
        leader.awaitFrame(ID, replica.database(ID).frame());
        replica.member.lead(false);
        leader.member.lead(true);
        assertThat(leader.exec(ID, "CREATE TABLE u AS SELECT * FROM t").error()).isNull();
        leader.member.lead(false);
        replica.awaitFrame(ID, leader.database(ID).frame());
        replica.member.lead(true);
        // Changes pages in the middle: the last page of the database is not in the entry.
        assertThat(replica.exec(ID, "UPDATE t SET b = 1 WHERE a = 5").error()).isNull();
        leader.awaitFrame(ID, replica.database(ID).frame());
        assertThat(leader.integrity(ID)).isEqualTo("ok");
        assertThat(leader.bytes(ID)).isEqualTo(replica.bytes(ID));
    }

    @Test
    void spilledAndRolledBackTransactionsLeaveNoEntry() {
        long before = log.last();
        leader.exec(
                ID,
                "PRAGMA cache_size=5; BEGIN; INSERT INTO t(b) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
                        + " FROM n WHERE i < 200) SELECT randomblob(2000) FROM n; ROLLBACK");
        assertThat(log.last()).isEqualTo(before);
        leader.database(ID).checkpoints().run(Duration.ofSeconds(30));
        assertThat(leader.exec(ID, "INSERT INTO t VALUES (1, 'after')").error()).isNull();
        both.assertEqual(ID);
    }

    @Test
    void shrinkingAndSchemaChangesArrive() {
        for (String sql : List.of(
                "INSERT INTO t(b) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
                        + " SELECT randomblob(2000) FROM n",
                "CREATE INDEX i ON t(b)",
                "DELETE FROM t WHERE a > 10",
                "VACUUM",
                "ALTER TABLE t ADD COLUMN c",
                "PRAGMA user_version = 7",
                "DROP INDEX i",
                "PRAGMA auto_vacuum = 1; VACUUM",
                "DELETE FROM t")) {
            assertThat(leader.exec(ID, sql).error()).as(sql).isNull();
            replica.awaitFrame(ID, leader.database(ID).frame());
            assertThat(replica.integrity(ID)).as(sql).isEqualTo("ok");
        }
        assertThat(replica.number(ID, "PRAGMA user_version")).isEqualTo(7);
        both.assertEqual(ID);
    }

    @Test
    void aReaderKeepsItsSnapshotAndTheCheckpointWaitsForIt() {
        leader.exec(ID, "INSERT INTO t VALUES (1, 'one')");
        leader.use(ID, user -> {
            try (var reader = user.holdSnapshot("SELECT count(*) FROM t")) {
                user.exec("INSERT INTO t VALUES (2, 'two')");
                LogIndex before = leader.group.checkpoint();
                assertThat(before.value()).isLessThan(log.last());
                assertThat(PlainUser.number(reader, "SELECT count(*) FROM t")).isEqualTo(1);
            }
            return 0;
        });
        assertThat(leader.group.checkpoint()).isEqualTo(leader.member.applied());
        both.assertEqual(ID);
    }

    @Test
    void aWalThatAReaderMadeLargeIsCutWhenItBeginsAnew() throws Exception {
        replica.member.awaitApplied(log.last());
        for (TestNode node : List.of(leader, replica)) {
            var wal = new DatabasePaths(node.directory, ID).wal();
            node.use(ID, user -> {
                try (var reader = user.holdSnapshot("SELECT count(*) FROM t")) {
                    LeaderAndReplica.insert(leader, ID, 200);
                    node.awaitFrame(ID, leader.database(ID).frame());
                    assertThat(wal.toFile().length()).isGreaterThan(2 * WAL_BYTES);
                    assertThat(reader.isOpen()).isTrue();
                }
                return 0;
            });
            leader.group.checkpoint();
            node.group.checkpoint();
            LeaderAndReplica.insert(leader, ID, 1);
            node.awaitFrame(ID, leader.database(ID).frame());
            assertThat(wal.toFile().length()).isLessThanOrEqualTo(WAL_BYTES);
        }
        both.assertEqual(ID);
    }
}
