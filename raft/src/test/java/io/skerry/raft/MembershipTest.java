package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;
import io.skerry.engine.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembershipTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));

    @TempDir
    Path directory;

    private TestCluster cluster;
    private ReplicatedGroup group;

    @BeforeEach
    void start() throws IOException {
        cluster = new TestCluster(directory, RaftSettings.defaults());
        group = cluster.start("fra").create(GROUP, LIMIT);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private void write(String prefix, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(commit(group, prefix + i)).isInstanceOf(Committed.class);
        }
    }

    private void awaitSame(String name) {
        await(
                name + " has every entry",
                () -> cluster.store(name, GROUP)
                        .entries()
                        .equals(cluster.store("fra", GROUP).entries()));
    }

    /// A node does not know a group any more shortly before its files are gone.
    private void awaitRidOfIt(String name) {
        await(
                name + " is rid of it",
                () -> cluster.node(name).group(GROUP).isEmpty()
                        && !cluster.stores(name).has(GROUP));
    }

    private List<NodeId> members() {
        return group.members().stream().map(MemberState::node).toList();
    }

    @Test
    void anAddedListenerHasWhatWasWrittenBeforeAndGetsWhatIsWrittenAfter() throws IOException {
        write("before", 20);
        cluster.start("lhr");

        group.addListener(cluster.address("lhr"), LIMIT);
        write("after", 20);

        awaitSame("lhr");
        assertThat(members()).containsExactly(new NodeId("fra"), new NodeId("lhr"));
        await(
                "lhr serves without lag",
                () -> group.members().stream()
                        .allMatch(member -> member.up() && member.serving() && member.lagEntries() == 0));
        ReplicatedGroup there = cluster.node("lhr").group(GROUP).orElseThrow();
        assertThat(there.leader()).contains(new NodeId("fra"));
        assertThat(there.log().isLeader()).isFalse();
        assertThat(there.leadingTerm()).isEmpty();
    }

    @Test
    void anEmptyGroupTakesAListener() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("first", 1);
        awaitSame("lhr");
    }

    @Test
    void addingAMemberTwiceChangesNothing() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("a", 3);

        group.addListener(cluster.address("lhr"), LIMIT);

        assertThat(members()).containsExactly(new NodeId("fra"), new NodeId("lhr"));
        awaitSame("lhr");
    }

    @Test
    void aRemovedListenerLosesItsFilesAndCanComeBack() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("a", 3);
        awaitSame("lhr");

        group.removeListener(cluster.address("lhr"), LIMIT);

        assertThat(members()).containsExactly(new NodeId("fra"));
        assertThat(cluster.node("lhr").group(GROUP)).isEmpty();
        assertThat(cluster.stores("lhr").has(GROUP)).isFalse();
        group.removeListener(cluster.address("lhr"), LIMIT);

        write("b", 3);
        group.addListener(cluster.address("lhr"), LIMIT);
        write("c", 3);
        awaitSame("lhr");
    }

    @Test
    void aNodeThatIsDownCannotBeAddedAndTheNextChangeProceeds() throws IOException {
        assertThatThrownBy(() -> group.addListener(cluster.address("lhr"), LIMIT))
                .isInstanceOf(MembershipException.class)
                .hasMessageContaining("the members are as before");

        cluster.start("bos");
        group.addListener(cluster.address("bos"), LIMIT);
        write("a", 1);
        awaitSame("bos");
        assertThat(members()).containsExactly(new NodeId("fra"), new NodeId("bos"));
    }

    @Test
    void aNodeThatDiesWhileItIsAddedDoesNotBlockTheNextChange() throws IOException {
        write("a", 10);
        cluster.start("lhr");
        cluster.cutSnapshotsAt = 0;
        var adding = TestCluster.async(() -> group.addListener(cluster.address("lhr"), Duration.ofSeconds(10)));
        await("lhr hosts the group", () -> cluster.node("lhr").group(GROUP).isPresent());
        cluster.stop("lhr");

        assertThatThrownBy(adding::join).hasCauseInstanceOf(MembershipException.class);
        cluster.cutSnapshotsAt = Long.MAX_VALUE;

        cluster.start("bos");
        group.addListener(cluster.address("bos"), LIMIT);
        write("b", 3);
        awaitSame("bos");
        assertThat(members()).containsExactly(new NodeId("fra"), new NodeId("bos"));
    }

    @Test
    void aChangeThatNeverCompletesIsUndone() throws IOException {
        write("a", 10);
        cluster.start("lhr");
        cluster.cutSnapshotsAt = 0;

        assertThatThrownBy(() -> group.addListener(cluster.address("lhr"), Duration.ofSeconds(3)))
                .isInstanceOf(MembershipException.class)
                .hasMessageContaining("time limit");

        cluster.cutSnapshotsAt = Long.MAX_VALUE;
        group.addListener(cluster.address("lhr"), LIMIT);
        write("b", 3);
        awaitSame("lhr");
    }

    @Test
    void aNodeThatIsRemovedWhileItJoinsIsLeftWithNothing() throws IOException {
        write("a", 10);
        cluster.start("lhr");
        var adding = stuckJoin();

        group.removeListener(cluster.address("lhr"), LIMIT);

        assertThatThrownBy(adding::join)
                .hasCauseInstanceOf(MembershipException.class)
                .hasMessageContaining("removed before it had joined");
        assertThat(members()).containsExactly(new NodeId("fra"));
        assertThat(cluster.node("lhr").group(GROUP)).isEmpty();
        assertThat(cluster.stores("lhr").has(GROUP)).isFalse();
        cluster.cutSnapshotsAt = Long.MAX_VALUE;
        group.addListener(cluster.address("lhr"), LIMIT);
        write("b", 3);
        awaitSame("lhr");
    }

    @Test
    void aNodeWhoseStartOfTheGroupFailedJoinsTheNextTime() throws IOException {
        write("a", 10);
        cluster.start("lhr");
        cluster.stores("lhr").onOpen.set(() -> {
            throw new OutOfMemoryError("told to fail");
        });
        assertThatThrownBy(() -> group.addListener(cluster.address("lhr"), LIMIT))
                .isInstanceOf(MembershipException.class);

        group.addListener(cluster.address("lhr"), LIMIT);

        awaitSame("lhr");
    }

    @Test
    void filesThatNoGroupOfTheNodeUsesAreNoObstacle() throws IOException {
        write("a", 10);
        cluster.start("lhr");
        Path log = Files.createDirectories(cluster.directory("lhr")
                .resolve("log")
                .resolve(GROUP.toString())
                .resolve("current"));
        Files.writeString(log.resolve("raft-meta.conf"), "cut short");

        group.addListener(cluster.address("lhr"), LIMIT);

        awaitSame("lhr");
    }

    @Test
    void aGroupIsRemovedOnlyWhenItsStartHasEnded() throws Exception {
        var go = new CountDownLatch(1);
        var adding = joinHeldInItsStart(go);
        RaftNode lhr = cluster.node("lhr");

        assertThatThrownBy(() -> lhr.delete(GROUP, Duration.ofMillis(50)))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("is being started");

        go.countDown();
        adding.join();
        awaitSame("lhr");
        group.removeListener(cluster.address("lhr"), LIMIT);
        awaitRidOfIt("lhr");
    }

    @Test
    void aGroupIsArchivedOnlyWhenItsStartHasEnded() throws Exception {
        var go = new CountDownLatch(1);
        var adding = joinHeldInItsStart(go);
        RaftNode lhr = cluster.node("lhr");

        assertThatThrownBy(() -> lhr.archive(GROUP, Duration.ofMillis(50)))
                .isInstanceOf(DatabaseException.class)
                .hasMessageContaining("is being started");

        go.countDown();
        adding.join();
        awaitSame("lhr");
        lhr.archive(GROUP, LIMIT);
        assertThat(lhr.archived()).containsExactly(GROUP);
        lhr.unarchive(GROUP, LIMIT);
        awaitSame("lhr");
    }

    /// lhr joins, and its start of the group does not go on before `go`, or for as long as all is
    /// waited for.
    private CompletableFuture<Void> joinHeldInItsStart(CountDownLatch go) throws IOException {
        write("a", 10);
        cluster.start("lhr");
        var opening = new CountDownLatch(1);
        cluster.stores("lhr").onOpen.set(() -> {
            opening.countDown();
            TestCluster.awaitLatch(go);
        });
        var adding = TestCluster.async(() -> group.addListener(cluster.address("lhr"), LIMIT));
        TestCluster.awaitLatch(opening);
        return adding;
    }

    @Test
    void aJoinThatFailsLeavesTheOtherListenersAsTheyWere() throws IOException {
        cluster.start("bos");
        group.addListener(cluster.address("bos"), LIMIT);
        write("a", 10);
        cluster.start("lhr");
        var adding = stuckJoin();

        group.removeListener(cluster.address("lhr"), LIMIT);

        assertThatThrownBy(adding::join).hasCauseInstanceOf(MembershipException.class);
        write("b", 3);
        awaitSame("bos");
        assertThat(members()).containsExactly(new NodeId("fra"), new NodeId("bos"));
    }

    @Test
    void aGroupThatIsDeletedWhileANodeJoinsIsNowhere() throws IOException {
        write("a", 10);
        cluster.start("lhr");
        var adding = stuckJoin();

        cluster.node("fra").delete(GROUP, LIMIT);

        assertThatThrownBy(adding::join).hasCauseInstanceOf(MembershipException.class);
        awaitRidOfIt("lhr");
        assertThat(cluster.node("fra").group(GROUP)).isEmpty();
    }

    /// An addition of lhr that gets nowhere and has ten minutes to do so.
    private CompletableFuture<Void> stuckJoin() {
        cluster.cutSnapshotsAt = 0;
        var adding = TestCluster.async(() -> group.addListener(cluster.address("lhr"), Duration.ofMinutes(10)));
        await(
                "lhr joins, and is not up",
                () -> group.members().stream()
                        .anyMatch(member -> member.role() == MemberState.Role.JOINING && !member.up()));
        await("lhr hosts the group", () -> cluster.node("lhr").group(GROUP).isPresent());
        return adding;
    }

    /// The limit is for a change in which nothing happens: this copy takes longer.
    @Test
    void aCopyThatGoesOnMayTakeLongerThanTheLimit() throws IOException {
        cluster.close();
        cluster = new TestCluster(
                directory.resolve("slow"), RaftSettings.defaults().withSnapshotBytesPerSecond(1 << 20));
        group = cluster.start("fra").create(GROUP, LIMIT);
        write("a", 3);
        cluster.store("fra", GROUP).ballast = 16 << 20;
        cluster.start("lhr");

        long start = System.nanoTime();
        group.addListener(cluster.address("lhr"), Duration.ofSeconds(10));

        assertThat(System.nanoTime() - start)
                .isGreaterThan(Duration.ofSeconds(10).toNanos());
        awaitSame("lhr");
    }

    @Test
    void aListenerThatLostItsStorageIsRefusedUntilItIsRemoved() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("a", 3);
        cluster.stop("lhr");
        cluster.wipe("lhr");
        cluster.start("lhr");

        assertThatThrownBy(() -> group.addListener(cluster.address("lhr"), LIMIT))
                .isInstanceOf(MembershipException.class)
                .hasMessageContaining("lost its storage; remove it first");

        group.removeListener(cluster.address("lhr"), LIMIT);
        group.addListener(cluster.address("lhr"), LIMIT);
        write("b", 3);
        awaitSame("lhr");
    }

    @Test
    void aListenerThatIsDownCanBeRemovedAndWhatItKeptIsReplacedLater() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("a", 3);
        awaitSame("lhr");
        cluster.stop("lhr");
        await("lhr is seen to be down", () -> !group.members().getLast().up());

        group.removeListener(cluster.address("lhr"), LIMIT);
        assertThat(members()).containsExactly(new NodeId("fra"));
        write("b", 3);

        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("c", 3);
        awaitSame("lhr");
    }

    @Test
    void aRestartedListenerCatchesUp() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("a", 3);
        awaitSame("lhr");
        cluster.stop("lhr");
        write("b", 30);

        cluster.start("lhr");

        awaitSame("lhr");
    }

    @Test
    void aRestartedLeaderKeepsItsListeners() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("a", 3);
        cluster.stop("fra");

        group = cluster.start("fra").group(GROUP).orElseThrow();
        assertThat(group.awaitLeadership(LIMIT)).isTrue();
        write("b", 3);

        awaitSame("lhr");
        assertThat(members()).containsExactly(new NodeId("fra"), new NodeId("lhr"));
    }

    @Test
    void aListenerOutlivesTheAbsenceOfALeaderThatWasRestarted() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        cluster.stop("fra");
        group = cluster.start("fra").group(GROUP).orElseThrow();
        assertThat(group.awaitLeadership(LIMIT)).isTrue();
        write("a", 3);
        awaitSame("lhr");
        EntryStore before = cluster.store("lhr", GROUP);
        cluster.stop("fra");
        // Ratis gives the listener up, and it is started again.
        await("lhr was started again", () -> cluster.store("lhr", GROUP) != before);

        group = cluster.start("fra").group(GROUP).orElseThrow();
        assertThat(group.awaitLeadership(LIMIT)).isTrue();
        write("b", 3);

        awaitSame("lhr");
    }

    /// A leader sends an entry before its own disk has it; after a crash the listener holds more than the log.
    @Test
    void aListenerWhoseTailIsTakenBackDoesNotWaitForIt() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("a", 5);
        awaitSame("lhr");
        cluster.stop("lhr");
        cluster.stop("fra");
        TestCluster.copy(cluster.directory("fra").resolve("log"), directory.resolve("kept"));
        group = cluster.start("fra").group(GROUP).orElseThrow();
        cluster.start("lhr");
        assertThat(group.awaitLeadership(LIMIT)).isTrue();
        write("lost", 20);
        awaitSame("lhr");
        cluster.stop("lhr");
        cluster.stop("fra");
        // The term was on disk before the entries were sent.
        Path term = Path.of(GROUP.toString(), "current", "raft-meta");
        Files.copy(
                cluster.directory("fra").resolve("log").resolve(term),
                directory.resolve("kept").resolve(term),
                StandardCopyOption.REPLACE_EXISTING);
        FileTree.delete(cluster.directory("fra").resolve("log"));
        TestCluster.copy(directory.resolve("kept"), cluster.directory("fra").resolve("log"));

        cluster.start("lhr");
        LogIndex lost = cluster.store("lhr", GROUP).replayTarget();
        group = cluster.start("fra").group(GROUP).orElseThrow();
        assertThat(group.awaitLeadership(LIMIT)).isTrue();

        await("the listener starts anew with the log there is", () -> {
            LogIndex target = cluster.store("lhr", GROUP).replayTarget();
            return target != null && lost != null && target.value() < lost.value();
        });
        awaitSame("lhr");
        assertThat(cluster.store("lhr", GROUP).entries()).containsExactly("a0", "a1", "a2", "a3", "a4");
        ReplicatedGroup there = cluster.node("lhr").group(GROUP).orElseThrow();
        assertThat(there.log().applied())
                .isGreaterThanOrEqualTo(cluster.store("lhr", GROUP).replayTarget());
    }

    @Test
    void membersComeAndGoWhileWritesGoOn() throws IOException {
        cluster.start("lhr");
        cluster.start("bos");
        var stop = new AtomicBoolean();
        var writer = TestCluster.async(() -> {
            for (int i = 0; !stop.get(); i++) {
                assertThat(commit(group, "w" + i)).isInstanceOf(Committed.class);
            }
        });
        for (int round = 0; round < 3; round++) {
            group.addListener(cluster.address("lhr"), LIMIT);
            group.addListener(cluster.address("bos"), LIMIT);
            group.removeListener(cluster.address("lhr"), LIMIT);
            group.removeListener(cluster.address("bos"), LIMIT);
        }
        group.addListener(cluster.address("lhr"), LIMIT);
        stop.set(true);
        writer.join();
        awaitSame("lhr");
    }
}
