package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.async;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A group is closed on its nodes, its files stay, and it goes on where it was when it is opened again.
@Timeout(120)
class ArchiveTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));
    private static final GroupId OTHER = new GroupId(UUID.fromString("99999999-2222-3333-4444-aaaaaaaaaaaa"));

    @TempDir
    Path directory;

    @Test
    void anArchivedGroupIsClosedOnEveryMemberAndGoesOnWhenItIsOpened() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            RaftNode lhr = cluster.start("lhr");
            ReplicatedGroup group = fra.create(GROUP, LIMIT);
            group.addListener(cluster.address("lhr"), LIMIT);
            commit(group, "one");

            for (RaftNode node : List.of(fra, lhr, fra)) {
                node.archive(GROUP, LIMIT);
                assertThat(node.group(GROUP)).isEmpty();
                assertThat(node.archived()).containsExactly(GROUP);
            }
            await("its threads end", () -> threadsOf(GROUP).isEmpty());
            assertThat(cluster.store("fra", GROUP).closed()).isTrue();
            assertThat(cluster.store("lhr", GROUP).closed()).isTrue();
            assertThat(commit(group, "never"))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.STOPPED));

            for (RaftNode node : List.of(lhr, fra, lhr)) {
                node.unarchive(GROUP, LIMIT);
                assertThat(node.archived()).doesNotContain(GROUP);
            }
            ReplicatedGroup again = fra.group(GROUP).orElseThrow();
            assertThat(again.awaitLeadership(LIMIT)).isTrue();
            assertThat(commit(again, "two")).isInstanceOf(Committed.class);
            assertThat(cluster.store("fra", GROUP).entries()).containsExactly("one", "two");
            await("lhr follows", () -> cluster.store("lhr", GROUP).entries().equals(List.of("one", "two")));
        }
    }

    /// Ratis names the threads of a group by the end of its id.
    private static List<String> threadsOf(GroupId group) {
        String id = group.toString();
        String end = id.substring(id.lastIndexOf('-')).toUpperCase(java.util.Locale.ROOT);
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.toUpperCase(java.util.Locale.ROOT).contains(end))
                .toList();
    }

    @Test
    void writersMeetItsEndWithAnOutcomeAndWhatWasAcknowledgedIsThereAfterwards() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            ReplicatedGroup group = fra.create(GROUP, LIMIT);
            var acknowledged = new ConcurrentLinkedQueue<String>();
            var ends = new ConcurrentLinkedQueue<AppendOutcome>();
            var writers = Stream.of("a", "b", "c", "d")
                    .map(name -> async(() -> {
                        int n = 0;
                        AppendOutcome outcome = commit(group, name + n);
                        while (outcome instanceof Committed) {
                            acknowledged.add(name + n++);
                            outcome = commit(group, name + n);
                        }
                        ends.add(outcome);
                    }))
                    .toList();
            await("they write", () -> acknowledged.size() > 100);

            fra.archive(GROUP, LIMIT);
            writers.forEach(java.util.concurrent.CompletableFuture::join);

            assertThat(ends).hasSize(4).allSatisfy(end -> assertThat(end).isInstanceOf(Refused.class));
            fra.unarchive(GROUP, LIMIT);
            assertThat(fra.group(GROUP).orElseThrow().awaitLeadership(LIMIT)).isTrue();
            assertThat(cluster.store("fra", GROUP).entries()).containsExactlyInAnyOrderElementsOf(acknowledged);
        }
    }

    @Test
    void aSnapshotThatHasComeWhenItsGroupIsClosedIsNotInstalled() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            RaftNode lhr = cluster.start("lhr");
            commit(group, "one");
            var come = new CountDownLatch(1);
            var closed = new CountDownLatch(1);
            cluster.stores("lhr").onOpen.set(() -> {
                EntryStore store = cluster.store("lhr", GROUP);
                store.onReceived = () -> {
                    come.countDown();
                    TestCluster.awaitLatch(closed);
                };
            });
            var adding = async(() -> group.addListener(cluster.address("lhr"), LIMIT));
            TestCluster.awaitLatch(come);
            EntryStore store = cluster.store("lhr", GROUP);

            lhr.archive(GROUP, LIMIT);
            closed.countDown();
            await(
                    "nothing is fetched",
                    () -> TestCluster.threads(lhr.self(), "transfer-\\d+").stream()
                            .noneMatch(ArchiveTest::fetches));

            assertThat(store.installed).isFalse();
            assertThat(cluster.directory("lhr").resolve("log").resolve(GROUP.toString()))
                    .doesNotExist();
            lhr.unarchive(GROUP, LIMIT);
            adding.join();
            await("lhr has all", () -> cluster.store("lhr", GROUP).entries().equals(List.of("one")));
        }
    }

    private static boolean fetches(Thread worker) {
        return Stream.of(worker.getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(SnapshotFetch.class.getName()));
    }

    /// Each start of a group is a term, and so a file of the log, of its own; each end a checkpoint, which lets go of
    /// the files before.
    @Test
    void aMemberWhoseLogEndsRightBeforeWhatTheLeaderStillHasFollows() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            RaftNode lhr = cluster.start("lhr");
            ReplicatedGroup group = fra.create(GROUP, LIMIT);
            group.addListener(cluster.address("lhr"), LIMIT);
            commit(group, "one");
            await("lhr has it", () -> cluster.store("lhr", GROUP).entries().equals(List.of("one")));
            lhr.archive(GROUP, LIMIT);
            fra.archive(GROUP, LIMIT);
            fra.unarchive(GROUP, LIMIT);
            group = fra.group(GROUP).orElseThrow();
            assertThat(group.awaitLeadership(LIMIT)).isTrue();
            commit(group, "two");
            fra.archive(GROUP, LIMIT);
            assertThat(cluster.directory("fra").resolve("archived/" + GROUP + "/current"))
                    .isDirectoryNotContaining("glob:**log_0-*");

            fra.unarchive(GROUP, LIMIT);
            lhr.unarchive(GROUP, LIMIT);

            await("lhr follows", () -> cluster.store("lhr", GROUP).entries().equals(List.of("one", "two")));
        }
    }

    @Test
    void aStartOpensTheOtherGroupsOnly() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            commit(fra.create(GROUP, LIMIT), "one");
            commit(fra.create(OTHER, LIMIT), "other");
            fra.archive(GROUP, LIMIT);
            cluster.stop("fra");

            fra = cluster.start("fra");

            assertThat(fra.groups()).extracting(ReplicatedGroup::id).containsExactly(OTHER);
            assertThat(fra.archived()).containsExactly(GROUP);
            assertThat(cluster.stores("fra").opened(GROUP)).isFalse();
            fra.unarchive(GROUP, LIMIT);
            assertThat(fra.group(GROUP).orElseThrow().awaitLeadership(LIMIT)).isTrue();
            assertThat(cluster.store("fra", GROUP).entries()).containsExactly("one");
        }
    }

    @Test
    void aGroupThatWasClosedAndNotPutAwayBeforeTheCrashIsArchivedAfterIt() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            commit(fra.create(GROUP, LIMIT), "one");
            fra.archive(GROUP, LIMIT);
            cluster.stop("fra");
            Files.move(
                    cluster.directory("fra").resolve("archived/" + GROUP),
                    cluster.directory("fra").resolve("log/" + GROUP));

            fra = cluster.start("fra");
            assertThat(fra.group(GROUP)).isPresent();
            fra.archive(GROUP, LIMIT);

            assertThat(fra.archived()).containsExactly(GROUP);
            assertThat(cluster.directory("fra").resolve("log/" + GROUP)).doesNotExist();
        }
    }

    @Test
    void anArchivedGroupIsDeletedOrSetAsideWithAllItsFiles() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            for (GroupId id : List.of(GROUP, OTHER)) {
                commit(fra.create(id, LIMIT), "one");
                fra.archive(id, LIMIT);
                assertThat(cluster.stores("fra").has(id)).isTrue();
            }

            fra.delete(GROUP, LIMIT);
            fra.setAside(OTHER, LIMIT);

            assertThat(fra.archived()).isEmpty();
            assertThat(cluster.stores("fra").has(GROUP)).isFalse();
            assertThat(cluster.stores("fra").has(OTHER)).isFalse();
            assertThat(cluster.directory("fra").resolve("archived")).isEmptyDirectory();
            fra.unarchive(GROUP, LIMIT);
            assertThat(fra.group(GROUP)).isEmpty();
        }
    }

    @Test
    void aMemberThatIsRemovedLosesWhatItHadArchived() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            RaftNode lhr = cluster.start("lhr");
            ReplicatedGroup group = fra.create(GROUP, LIMIT);
            group.addListener(cluster.address("lhr"), LIMIT);
            commit(group, "one");
            await("lhr follows", () -> cluster.store("lhr", GROUP).entries().size() == 1);
            lhr.archive(GROUP, LIMIT);
            group.removeListener(cluster.address("lhr"), LIMIT);

            assertThat(cluster.stores("lhr").has(GROUP)).isFalse();
            assertThat(lhr.archived()).isEmpty();
            group.addListener(cluster.address("lhr"), LIMIT);
            commit(group, "two");
            await("lhr follows", () -> cluster.store("lhr", GROUP).entries().equals(List.of("one", "two")));
        }
    }

    @Test
    void anArchivedLogThatIsDamagedIsMovedAsideWhenItIsToBeOpened() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            ReplicatedGroup group = fra.create(GROUP, LIMIT);
            for (int i = 0; i < 20; i++) {
                commit(group, "entry number " + i);
            }
            fra.archive(GROUP, LIMIT);
            Path log = cluster.directory("fra").resolve("archived/" + GROUP + "/current");
            try (Stream<Path> files = Files.list(log)) {
                Path segment = files.filter(
                                file -> file.getFileName().toString().startsWith("log_"))
                        .findFirst()
                        .orElseThrow();
                byte[] bytes = Files.readAllBytes(segment);
                bytes[bytes.length / 2] ^= 0x10;
                Files.write(segment, bytes);
            }

            fra.unarchive(GROUP, LIMIT);

            assertThat(fra.group(GROUP).orElseThrow().trouble())
                    .hasValueSatisfying(line -> assertThat(line).contains("damaged"));
            fra.archive(GROUP, LIMIT);
            assertThat(fra.group(GROUP).orElseThrow().trouble()).isPresent();
        }
    }
}
