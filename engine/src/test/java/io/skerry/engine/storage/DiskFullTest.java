package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.DatabaseId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// A disk that fills up while the log goes on. Needs a small file system: `mount -t tmpfs -o size=4m none
/// DIR`, then `-Dskerry.smallDisk=DIR`.
@EnabledIfSystemProperty(named = "skerry.smallDisk", matches = ".+")
class DiskFullTest {

    private static final DatabaseId ID = new DatabaseId(new UUID(0, 1));

    private final Path disk = Path.of(System.getProperty("skerry.smallDisk", ""));
    private final Path ballast = disk.resolve("ballast");

    @AfterEach
    void empty() throws IOException {
        try (Stream<Path> files = Files.walk(disk)) {
            for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
                if (!path.equals(disk)) {
                    Files.delete(path);
                }
            }
        }
    }

    @Test
    void writesFailReadsGoOnAndWritesResumeWhenThereIsSpace() throws Exception {
        FakeLog log = new FakeLog();
        Path small = disk.resolve("node");
        try (TestNode leader = new TestNode(small, log, true);
                TestNode replica = new TestNode(Files.createTempDirectory("replica"), log, false)) {
            leader.group.create(ID);
            leader.exec(ID, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
            long acknowledged = 0;
            while (leader.exec(ID, "INSERT INTO t(b) VALUES (randomblob(20000))")
                            .error()
                    == null) {
                acknowledged++;
                if (acknowledged == 20) {
                    Files.write(ballast, new byte[1_500_000]);
                }
            }
            for (int i = 0; i < 5; i++) {
                assertThat(leader.number(ID, "SELECT count(*) FROM t")).isEqualTo(acknowledged);
                var outcome = leader.exec(ID, "INSERT INTO t(b) VALUES (randomblob(20000))");
                assertThat(outcome.error()).isNotNull();
                assertThat(outcome.report()).isInstanceOf(CommitReport.NoChange.class);
            }
            leader.group.checkpoint();
            Files.delete(ballast);
            assertThat(leader.exec(ID, "INSERT INTO t(b) VALUES (randomblob(20000))")
                            .error())
                    .isNull();
            replica.member.awaitApplied(log.last());
            assertThat(replica.number(ID, "SELECT count(*) FROM t")).isEqualTo(acknowledged + 1);
            assertThat(replica.bytes(ID)).isEqualTo(leader.bytes(ID));
        }
    }

    @Test
    void aReplicaWithAFullDiskCatchesUpWhenThereIsSpace() throws Exception {
        FakeLog log = new FakeLog();
        try (TestNode leader = new TestNode(Files.createTempDirectory("leader"), log, true);
                TestNode replica = new TestNode(disk.resolve("replica"), log, false)) {
            leader.group.create(ID);
            leader.exec(ID, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
            Files.write(ballast, new byte[2_500_000]);
            for (int i = 0; i < 60; i++) {
                leader.exec(ID, "INSERT INTO t(b) VALUES (randomblob(40000))");
            }
            replica.member.awaitApplied(log.last());
            assertThat(replica.database(ID).life().isFenced()).isTrue();
            Files.delete(ballast);
            replica.awaitFrame(ID, leader.database(ID).frame());
            assertThat(replica.bytes(ID)).isEqualTo(leader.bytes(ID));
        }
    }
}
