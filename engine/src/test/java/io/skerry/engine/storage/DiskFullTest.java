package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.testing.Await;
import io.skerry.engine.testing.SmallDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that fills up while the log goes on.
class DiskFullTest {

    private static final DatabaseId ID = new DatabaseId(new UUID(0, 1));

    @TempDir
    private Path small;

    @TempDir
    private Path elsewhere;

    private SmallDisk disk;

    @BeforeEach
    void mount() {
        disk = SmallDisk.mountOrSkip(small, 4);
    }

    @AfterEach
    void unmount() throws IOException {
        if (disk != null) {
            disk.close();
        }
    }

    @Test
    void writesFailReadsGoOnAndWritesResumeWhenThereIsSpace() throws Exception {
        FakeLog log = new FakeLog();
        try (TestNode leader = new TestNode(disk.resolve("node"), log, true);
                TestNode replica = new TestNode(elsewhere.resolve("replica"), log, false)) {
            leader.group.create(ID);
            leader.exec(ID, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
            long acknowledged = 0;
            while (leader.exec(ID, "INSERT INTO t(b) VALUES (randomblob(20000))")
                            .error()
                    == null) {
                acknowledged++;
                if (acknowledged == 20) {
                    disk.fill(1_000_000);
                }
            }
            for (int i = 0; i < 5; i++) {
                assertThat(leader.number(ID, "SELECT count(*) FROM t")).isEqualTo(acknowledged);
                var outcome = leader.exec(ID, "INSERT INTO t(b) VALUES (randomblob(20000))");
                assertThat(outcome.error()).isNotNull();
                assertThat(outcome.report()).isInstanceOf(CommitReport.NoChange.class);
            }
            leader.group.checkpoint();
            disk.free();
            assertThat(leader.exec(ID, "INSERT INTO t(b) VALUES (randomblob(20000))")
                            .error())
                    .isNull();
            replica.member.awaitApplied(log.last());
            assertThat(replica.number(ID, "SELECT count(*) FROM t")).isEqualTo(acknowledged + 1);
            assertThat(replica.bytes(ID)).isEqualTo(leader.bytes(ID));
        }
    }

    /// First the log has no room for the entry that settles what is in doubt, then the disk none for
    /// the file.
    @Test
    void aLeadersDatabaseThatIsFencedOnAFullDiskIsRebuiltWhenThereIsSpaceAndSaysSoMeanwhile() {
        FakeLog log = new FakeLog();
        try (TestNode leader = new TestNode(disk.resolve("node"), log, true, TestNode.impatient())) {
            leader.group.create(ID);
            leader.exec(ID, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
            for (int i = 0; i < 20; i++) {
                leader.exec(ID, "INSERT INTO t(b) VALUES (randomblob(40000))");
            }
            log.full(true);
            leader.database(ID).commits().distrust("a test says so");
            Await.until("the rebuild waits", () -> !leader.group.troubles().isEmpty());
            assertThat(leader.group.troubles())
                    .singleElement()
                    .asString()
                    .contains("a test says so", "12 KB are free on the log's disk");
            assertThatThrownBy(() -> leader.number(ID, "SELECT count(*) FROM t"))
                    .isInstanceOfSatisfying(
                            DatabaseException.class, e -> assertThat(e.code()).isEqualTo(Code.UNAVAILABLE))
                    .hasMessageContaining("rebuilt from its log")
                    .hasMessageContaining("12 KB are free");

            disk.fill(0);
            log.full(false);
            Await.until(
                    "the file waits", () -> leader.group.troubles().toString().contains("No space left"));
            assertThatThrownBy(() -> leader.number(ID, "SELECT count(*) FROM t"))
                    .hasMessageContaining("No space left");

            disk.free();
            Await.until("it is rebuilt", () -> !leader.database(ID).life().isFenced());
            assertThat(leader.group.troubles()).isEmpty();
            assertThat(leader.number(ID, "SELECT count(*) FROM t")).isEqualTo(20);
            assertThat(leader.exec(ID, "INSERT INTO t(b) VALUES (1)").error()).isNull();
        }
    }

    @Test
    void aReplicaWithAFullDiskCatchesUpWhenThereIsSpace() throws Exception {
        FakeLog log = new FakeLog();
        try (TestNode leader = new TestNode(elsewhere.resolve("leader"), log, true);
                TestNode replica = new TestNode(disk.resolve("replica"), log, false)) {
            leader.group.create(ID);
            leader.exec(ID, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
            disk.fill(1_000_000);
            for (int i = 0; i < 60; i++) {
                leader.exec(ID, "INSERT INTO t(b) VALUES (randomblob(40000))");
            }
            replica.member.awaitApplied(log.last());
            assertThat(replica.database(ID).life().isFenced()).isTrue();
            disk.free();
            replica.awaitFrame(ID, leader.database(ID).frame());
            assertThat(replica.bytes(ID)).isEqualTo(leader.bytes(ID));
        }
    }
}
