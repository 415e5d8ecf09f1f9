package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));
    private static final RaftSettings SMALL = RaftSettings.defaults()
            .change()
            .checkpointLogBytes(4 << 20)
            .purgeHoldLogBytes(24 << 20)
            .build();

    @TempDir
    Path directory;

    private static void fill(ReplicatedGroup group, int megabytes) {
        for (int i = 0; i < megabytes; i++) {
            byte[] entry = new byte[1 << 20];
            byte[] name = TestCluster.entry("m" + i);
            System.arraycopy(name, 0, entry, 0, name.length);
            assertThat(group.log().commit(EntryStore.DATABASE, List.of(entry))).isInstanceOf(Committed.class);
        }
    }

    private static long bytes(Path log) {
        try (Stream<Path> files = Files.walk(log)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(SnapshotTest::size)
                    .sum();
        } catch (IOException | UncheckedIOException e) {
            // A segment was deleted while the directory was read.
            return Long.MAX_VALUE;
        }
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theLogOnDiskIsBoundedOnLeaderAndListener() throws IOException {
        try (var cluster = new TestCluster(directory, SMALL)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            cluster.start("lhr");
            group.addListener(cluster.address("lhr"), LIMIT);

            fill(group, 120);

            // What is held for a member that has just joined (24 MB), what waits for the next checkpoint, and room.
            long most = 50L << 20;
            for (String name : List.of("fra", "lhr")) {
                await(
                        name + " purged its log",
                        () -> bytes(cluster.directory(name).resolve("log")) < most);
            }
            await(
                    "lhr has all",
                    () -> cluster.store("lhr", GROUP)
                            .entries()
                            .equals(cluster.store("fra", GROUP).entries()));
        }
    }

    @Test
    void aRestartBeginsAtTheCheckpoint() throws IOException {
        try (var cluster = new TestCluster(directory, SMALL)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            fill(group, 40);
            Path mark = cluster.directory("fra").resolve("log/" + GROUP + "/sm/snapshot");
            await("a checkpoint was made", () -> Files.exists(mark));
            List<String> before = cluster.store("fra", GROUP).entries();
            cluster.stop("fra");

            group = cluster.start("fra").group(GROUP).orElseThrow();
            assertThat(group.awaitLeadership(LIMIT)).isTrue();

            assertThat(cluster.store("fra", GROUP).entries()).isEqualTo(before);
            assertThat(cluster.store("fra", GROUP).applied()).hasSizeLessThan(40);
            assertThat(commit(group, "after")).isInstanceOf(Committed.class);
        }
    }

    @Test
    void aListenerThatFellBehindThePurgedLogFetchesASnapshot() throws IOException {
        try (var cluster = new TestCluster(directory, SMALL)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            cluster.start("lhr");
            group.addListener(cluster.address("lhr"), LIMIT);
            commit(group, "a");
            cluster.stop("lhr");
            fill(group, 60);
            Path current = cluster.directory("fra").resolve("log/" + GROUP + "/current");
            await("the log's beginning is gone", () -> {
                try (Stream<Path> files = Files.list(current)) {
                    return files.noneMatch(file -> file.getFileName().toString().startsWith("log_0-"));
                } catch (IOException e) {
                    return false;
                }
            });

            cluster.start("lhr");

            await(
                    "lhr has all",
                    () -> cluster.store("lhr", GROUP)
                            .entries()
                            .equals(cluster.store("fra", GROUP).entries()));
            assertThat(cluster.store("lhr", GROUP).applied()).hasSizeLessThan(61);
            commit(group, "after");
            await(
                    "lhr follows",
                    () -> cluster.store("lhr", GROUP).entries().getLast().equals("after"));
            // And once more after a restart on what it fetched.
            cluster.stop("lhr");
            commit(group, "later");
            cluster.start("lhr");
            await(
                    "lhr follows again",
                    () -> cluster.store("lhr", GROUP)
                            .entries()
                            .equals(cluster.store("fra", GROUP).entries()));
        }
    }

    /// Ratis leaves its file of the members empty on a disk that is full to the last byte.
    @Test
    void theMembersAreKnownWithoutTheLogThatIsLetGoOf() throws IOException {
        try (var cluster = new TestCluster(directory, SMALL)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            commit(group, "a");
            Path members = cluster.directory("fra").resolve("log/" + GROUP + "/current/raft-meta.conf");
            await("Ratis has written them", () -> Files.exists(members));
            Files.write(members, new byte[0]);

            fill(group, 6);

            await("they are written again", () -> size(members) > 0);
            assertThat(LogEntryProto.parseFrom(Files.readAllBytes(members))
                            .getConfigurationEntry()
                            .getPeersList())
                    .extracting(peer -> peer.getId().toStringUtf8())
                    .containsExactly("fra");
        }
    }

    /// What a node leaves that dies, or closes the group, after it installed a snapshot and before Ratis let go of the
    /// log: a mark beyond the last entry of the open segment.
    @Test
    void aSnapshotWhoseLogWasNotLetGoOfIsFollowedAfterTheNextStart() throws IOException {
        try (var cluster = new TestCluster(directory, SMALL)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            cluster.start("lhr");
            group.addListener(cluster.address("lhr"), LIMIT);
            commit(group, "a");
            await("lhr has it", () -> cluster.store("lhr", GROUP).entries().equals(List.of("a")));
            cluster.stop("lhr");
            fill(group, 6);
            Path mark = Path.of("log/" + GROUP + "/sm/snapshot");
            await(
                    "a checkpoint was made",
                    () -> Files.exists(cluster.directory("fra").resolve(mark)));
            Path databases = Path.of("stores/" + GROUP + ".entries");
            for (Path file : List.of(databases, mark)) {
                Path to = cluster.directory("lhr").resolve(file);
                Files.createDirectories(to.getParent());
                Files.copy(cluster.directory("fra").resolve(file), to, StandardCopyOption.REPLACE_EXISTING);
            }

            cluster.start("lhr");

            commit(group, "after");
            await(
                    "lhr follows",
                    () -> cluster.store("lhr", GROUP)
                            .entries()
                            .equals(cluster.store("fra", GROUP).entries()));
            assertThat(cluster.store("lhr", GROUP).applied()).doesNotContain("a");
        }
    }

    @Test
    void aSnapshotIsInstalledWhileWritesGoOnAndACutOneIsFetchedAgain() throws IOException {
        try (var cluster = new TestCluster(directory, SMALL);
                var lines = new LogLines(SnapshotFetch.class)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            fill(group, 10);
            cluster.store("fra", GROUP).ballast = 64 << 20;
            cluster.start("lhr");
            var stop = new AtomicBoolean();
            var writer = TestCluster.async(() -> {
                for (int i = 0; !stop.get(); i++) {
                    assertThat(commit(group, "w" + i)).isInstanceOf(Committed.class);
                }
            });
            // It stays as far as it has come until that was seen.
            var seen = new CountDownLatch(1);
            cluster.cutSnapshotsAt = 20 << 20;
            cluster.beforeCuts = () -> TestCluster.awaitLatch(seen);
            var adding = TestCluster.async(() -> group.addListener(cluster.address("lhr"), LIMIT));
            await(
                    "progress is seen",
                    () -> group.members().stream()
                            .anyMatch(member -> member.node().value().equals("lhr")
                                    && !member.serving()
                                    && member.bytesCopied() > 10 << 20
                                    && member.lagEntries() > 0
                                    && member.lagMillis() > 0
                                    && member.bytesTotal() == 64 << 20));
            assertThat(adding).isNotDone();
            seen.countDown();
            await("a cut one is fetched again", () -> cluster.cuts.get() > 1);
            cluster.cutSnapshotsAt = Long.MAX_VALUE;
            adding.join();
            stop.set(true);
            writer.join();

            await(
                    "lhr has all",
                    () -> cluster.store("lhr", GROUP)
                            .entries()
                            .equals(cluster.store("fra", GROUP).entries()));
            assertThat(lines.warnings()).isNotEmpty().allMatch(line -> line.contains("was not fetched"));
            assertThat(lines.withStack()).isEmpty();
        }
    }
}
