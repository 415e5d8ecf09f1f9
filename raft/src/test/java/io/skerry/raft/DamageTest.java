package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DamageTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));
    private static final GroupId OTHER = new GroupId(UUID.fromString("99999999-2222-3333-4444-555555555555"));

    @TempDir
    Path directory;

    private static Path segment(TestCluster cluster) throws IOException {
        try (Stream<Path> files = Files.list(cluster.directory("fra").resolve("log/" + GROUP + "/current"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("log_"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    /// As Ratis leaves it on a disk that is full to the last byte.
    @Test
    void anEmptyTermFileIsMendedAtVoterAndListener() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            cluster.start("lhr");
            group.addListener(cluster.address("lhr"), LIMIT);
            commit(group, "one");
            TestCluster.await(
                    "lhr has it", () -> cluster.store("lhr", GROUP).entries().equals(List.of("one")));
            for (String name : List.of("lhr", "fra")) {
                cluster.stop(name);
                Files.write(cluster.directory(name).resolve("log/" + GROUP + "/current/raft-meta"), new byte[0]);
            }

            group = cluster.start("fra").group(GROUP).orElseThrow();
            cluster.start("lhr");

            assertThat(group.awaitLeadership(LIMIT)).isTrue();
            assertThat(commit(group, "two")).isInstanceOf(Committed.class);
            assertThat(cluster.store("fra", GROUP).entries()).containsExactly("one", "two");
            TestCluster.await(
                    "lhr follows", () -> cluster.store("lhr", GROUP).entries().equals(List.of("one", "two")));
        }
    }

    @Test
    void anEmptyTermFileOfOneVoterAmongSeveralIsDamage() throws IOException {
        RaftSettings several = RaftSettings.defaults()
                .change()
                .timeouts(ThreeVotersTest.CLOCKS)
                .build();
        try (var cluster = new TestCluster(directory, several)) {
            cluster.start("fra").create(GROUP, LIMIT);
            cluster.stop("fra");
            Files.write(cluster.directory("fra").resolve("log/" + GROUP + "/current/raft-meta"), new byte[0]);

            ReplicatedGroup group = cluster.start("fra").group(GROUP).orElseThrow();

            assertThat(group.trouble())
                    .hasValueSatisfying(line -> assertThat(line).contains("given its vote"));
        }
    }

    @Test
    void aDamagedLogIsMovedAsideAndTheOtherGroupsStart() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode node = cluster.start("fra");
            ReplicatedGroup group = node.create(GROUP, LIMIT);
            ReplicatedGroup healthy = node.create(OTHER, LIMIT);
            for (int i = 0; i < 20; i++) {
                commit(group, "entry number " + i);
                commit(healthy, "other " + i);
            }
            cluster.stop("fra");
            Path segment = segment(cluster);
            byte[] bytes = Files.readAllBytes(segment);
            bytes[bytes.length / 2] ^= 0x10;
            Files.write(segment, bytes);

            node = cluster.start("fra");

            ReplicatedGroup damaged = node.group(GROUP).orElseThrow();
            assertThat(damaged.trouble())
                    .hasValueSatisfying(line -> assertThat(line)
                            .contains("damaged")
                            .contains(directory.resolve("fra/damaged").toString())
                            .contains("add it again"));
            assertThatThrownBy(damaged::store).isInstanceOf(DatabaseException.class);
            assertThat(damaged.members()).isEmpty();
            healthy = node.group(OTHER).orElseThrow();
            assertThat(healthy.awaitLeadership(LIMIT)).isTrue();
            assertThat(cluster.store("fra", OTHER).entries()).hasSize(20);
            assertThat(commit(healthy, "more")).isInstanceOf(Committed.class);

            // It is remembered.
            cluster.stop("fra");
            assertThat(cluster.start("fra").group(GROUP).orElseThrow().trouble())
                    .isPresent();
        }
    }

    /// Ratis starts all groups or none: what one of them throws would keep the node down.
    @Test
    void aGroupWhoseDatabasesCannotBeOpenedIsStoppedAndTheOtherGroupsStart() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode node = cluster.start("fra");
            commit(node.create(GROUP, LIMIT), "entry");
            commit(node.create(OTHER, LIMIT), "other");
            cluster.stop("fra");
            Path file = cluster.directory("fra").resolve("stores").resolve(GROUP + ".entries");
            Files.deleteIfExists(file);
            Files.createDirectories(file.resolve("is no file"));

            node = cluster.start("fra");

            assertThat(node.group(GROUP).orElseThrow().trouble())
                    .hasValueSatisfying(line -> assertThat(line).contains("its databases cannot be opened"));
            ReplicatedGroup healthy = node.group(OTHER).orElseThrow();
            assertThat(healthy.awaitLeadership(LIMIT)).isTrue();
            assertThat(commit(healthy, "more")).isInstanceOf(Committed.class);
        }
    }

    @Test
    void aDatabaseThatCannotBeUsedIsSaidToBeAndTheGroupGoesOn() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            cluster.store("fra", GROUP).troubles = List.of("database one waits for space");
            assertThat(group.trouble()).hasValue("database one waits for space");
            cluster.store("fra", GROUP).troubles = List.of("database one waits for space", "so does two", "and three");
            assertThat(group.trouble()).hasValue("database one waits for space (and 2 databases more)");
            assertThat(commit(group, "entry")).isInstanceOf(Committed.class);
            cluster.store("fra", GROUP).troubles = List.of();
            assertThat(group.trouble()).isEmpty();
        }
    }

    @Test
    void aLogThatWasCutOffInItsLastEntryStarts() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            for (int i = 0; i < 20; i++) {
                commit(group, "entry number " + i);
            }
            cluster.stop("fra");
            Path segment = segment(cluster);
            byte[] bytes = Files.readAllBytes(segment);
            int end = bytes.length;
            while (bytes[end - 1] == 0) {
                end--;
            }
            Files.write(segment, java.util.Arrays.copyOf(bytes, end - 3));

            group = cluster.start("fra").group(GROUP).orElseThrow();

            assertThat(group.awaitLeadership(LIMIT)).isTrue();
            assertThat(group.trouble()).isEmpty();
            assertThat(cluster.store("fra", GROUP).entries()).hasSize(19);
        }
    }

    @Test
    void aDirectoryServesOneNodeOnly() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            cluster.start("fra");
            cluster.stop("fra");
            var stores = new EntryStore.Stores(directory.resolve("stores"));
            var other = new PeerAddress(new NodeId("lhr"), "127.0.0.1:" + TestCluster.freePort(), "");

            assertThatThrownBy(() -> RaftNode.open(
                            other, cluster.directory("fra"), RaftSettings.defaults(), stores, cluster.transport(other)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("belongs to node fra, not to lhr");
        }
    }

    @Test
    void aDeletedGroupLeavesNothing() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode node = cluster.start("fra");
            ReplicatedGroup group = node.create(GROUP, LIMIT);
            commit(group, "one");

            node.delete(GROUP, LIMIT);

            assertThat(node.group(GROUP)).isEmpty();
            assertThat(cluster.directory("fra").resolve("log/" + GROUP)).doesNotExist();
            node.delete(GROUP, LIMIT);
            assertThat(commit(node.create(GROUP, LIMIT), "new")).isInstanceOf(Committed.class);
            assertThat(cluster.store("fra", GROUP).entries()).containsExactly("new");
        }
    }
}
