package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.DatabaseId;
import io.skerry.sqlite.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Transactions that do not fit into SQLite's cache, and what they leave in the WAL.
class SpillTest {

    private static final DatabaseId ID = new DatabaseId(new UUID(0, 1));
    private static final long TRANSACTION_BYTES = 200_000;
    private static final long SPILL_BYTES = CommitBarrier.SPILL_FACTOR * TRANSACTION_BYTES;
    private static final StorageSettings SETTINGS = new StorageSettings(
            100,
            Duration.ofHours(1),
            Duration.ofSeconds(60),
            10_000_000,
            TRANSACTION_BYTES,
            4096,
            4,
            2,
            Integer.MAX_VALUE);
    /// Of zeros: its entry is small, its frames are not.
    private static final String MEGABYTE = "INSERT INTO t(b) VALUES (zeroblob(1000000))";

    private static final String ENDLESS =
            "INSERT INTO t(b) WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100)"
                    + " SELECT zeroblob(1000000) FROM n";

    @TempDir
    private Path directory;

    private final FakeLog log = new FakeLog();
    private TestNode leader;

    @BeforeEach
    void start() {
        leader = new TestNode(directory.resolve("leader"), log, true, SETTINGS);
        leader.group.create(ID);
        leader.exec(ID, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
    }

    @AfterEach
    void stop() {
        leader.close();
    }

    private long wal() {
        try {
            return Files.size(new DatabasePaths(leader.directory, ID).wal());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void assertRefused(PlainUser.Outcome outcome, Reason reason) {
        assertThat(outcome.error()).isNotNull();
        assertThat(outcome.report())
                .isInstanceOfSatisfying(
                        CommitReport.Failed.class,
                        failed -> assertThat(failed.outcome())
                                .isInstanceOfSatisfying(
                                        Refused.class,
                                        refused -> assertThat(refused.reason()).isEqualTo(reason)));
    }

    @Test
    void aStatementThatSpillsWithoutEndIsRefusedBeforeItsCommitAndLeavesNothing() {
        leader.exec(ID, "INSERT INTO t(b) VALUES ('before')");
        long before = wal();
        AtomicLong atEnd = new AtomicLong();
        PlainUser.Outcome outcome = leader.use(
                ID,
                user -> user.write(writer -> {
                    try {
                        writer.exec(ENDLESS);
                    } finally {
                        atEnd.set(wal());
                        assertThat(writer.autocommit()).isTrue();
                    }
                }));
        assertRefused(outcome, Reason.TOO_LARGE);
        assertThat(((CommitReport.Failed) outcome.report()).outcome().toString())
                .contains("3 MB")
                .contains("split it");
        assertThat(atEnd.get()).isBetween(before + SPILL_BYTES - 10_000, before + SPILL_BYTES);
        assertThat(wal()).isEqualTo(before);
        assertThat(leader.exec(ID, "INSERT INTO t(b) VALUES ('after')").error()).isNull();
        assertThat(leader.number(ID, "SELECT count(*) FROM t")).isEqualTo(2);
        assertThat(leader.integrity(ID)).isEqualTo("ok");
    }

    @Test
    void aTransactionOfManyStatementsIsRefusedAndRolledBack() {
        assertThat(leader.exec(ID, "BEGIN; " + MEGABYTE + "; " + MEGABYTE).error())
                .isNull();
        PlainUser.Outcome outcome = leader.exec(ID, MEGABYTE + "; " + MEGABYTE);
        assertRefused(outcome, Reason.TOO_LARGE);
        assertThat(wal()).isLessThan(100_000);
        assertThat(leader.number(ID, "SELECT count(*) FROM t")).isZero();
    }

    @Test
    void whatARolledBackTransactionSpilledIsCutOffBesideAReader() {
        leader.exec(ID, "INSERT INTO t(b) VALUES ('before')");
        long before = wal();
        leader.use(ID, user -> {
            Connection reader = user.holdSnapshot("SELECT count(*) FROM t");
            user.exec("INSERT INTO t(b) VALUES ('newer')");
            long published = wal();
            assertThat(published).isGreaterThan(before);
            user.exec("BEGIN; " + MEGABYTE + "; " + MEGABYTE);
            assertThat(wal()).isGreaterThan(published + 1_000_000);
            user.exec("ROLLBACK");
            assertThat(wal()).isEqualTo(published);
            assertThat(PlainUser.number(reader, "SELECT count(*) FROM t")).isEqualTo(1);
            assertThat(user.number("SELECT count(*) FROM t")).isEqualTo(2);
            return 0;
        });
    }

    /// The WAL begins anew with it, and what the barrier knows of the former one says nothing.
    @Test
    void theFirstTransactionOfANewWalIsMeasuredFromItsBeginning() {
        leader.exec(ID, MEGABYTE);
        leader.database(ID).checkpoints().run(Duration.ofSeconds(30));
        AtomicLong atEnd = new AtomicLong();
        PlainUser.Outcome outcome = leader.use(
                ID,
                user -> user.write(writer -> {
                    try {
                        writer.exec(ENDLESS);
                    } finally {
                        atEnd.set(wal());
                    }
                }));
        assertRefused(outcome, Reason.TOO_LARGE);
        assertThat(atEnd.get()).isBetween(SPILL_BYTES - 10_000, SPILL_BYTES);
        assertThat(wal()).isEqualTo(WalCommit.HEADER_BYTES);
        assertThat(leader.exec(ID, "INSERT INTO t(b) VALUES ('after')").error()).isNull();
        assertThat(leader.number(ID, "SELECT count(*) FROM t")).isEqualTo(2);
    }

    @Test
    void aTransactionThatSpillsLeavesTheSpaceOfADiskThatIsAlmostFullToOthers() {
        log.scarce(true);
        assertThat(leader.exec(ID, "INSERT INTO t(b) VALUES ('small')").error()).isNull();
        assertRefused(leader.exec(ID, "BEGIN; " + MEGABYTE + "; " + MEGABYTE), Reason.DISK_FULL);
        assertThat(wal()).isLessThan(100_000);
        log.scarce(false);
        assertThat(leader.exec(ID, "BEGIN; " + MEGABYTE + "; " + MEGABYTE + "; COMMIT")
                        .error())
                .isNull();
    }

    @Test
    void whatSpillsAndFitsIsCommittedAndArrives() {
        try (TestNode replica = new TestNode(directory.resolve("replica"), log, false, SETTINGS)) {
            for (int i = 0; i < 4; i++) {
                assertThat(leader.exec(ID, "BEGIN; " + MEGABYTE + "; " + MEGABYTE + "; " + MEGABYTE + "; COMMIT")
                                .error())
                        .isNull();
            }
            replica.awaitFrame(ID, leader.database(ID).frame());
            assertThat(replica.bytes(ID)).isEqualTo(leader.bytes(ID));
        }
    }

    /// Entries of others are applied together: so much that no single transaction could write it.
    @Test
    void whoAppliesWhatOthersCommittedIsNotBounded() {
        try (TestNode replica = new TestNode(directory.resolve("replica"), log, false, SETTINGS)) {
            replica.awaitFrame(ID, leader.database(ID).frame());
            PlainUser before = replica.use(ID, user -> user);
            replica.member.pause(true);
            for (int i = 0; i < 6; i++) {
                leader.exec(ID, MEGABYTE);
            }
            replica.member.pause(false);
            replica.awaitFrame(ID, leader.database(ID).frame());
            PlainUser after = replica.use(ID, user -> user);
            assertThat(after).as("the file was not rebuilt from the log").isSameAs(before);
            assertThat(replica.bytes(ID)).isEqualTo(leader.bytes(ID));
        }
    }
}
