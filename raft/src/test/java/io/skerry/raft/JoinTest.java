package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.DatabaseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/// Joins that fail, hang, or meet the end of their group.
class JoinTest extends GroupAtFra {

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

    /// Without an end of the leadership: nobody who writes notices.
    @Test
    void aChangeThatNeverCompletesIsUndoneWhileWritesGoOn() throws IOException {
        write("a", 10);
        cluster.start("lhr");
        cluster.cutSnapshotsAt = 0;
        long term = group.leadingTerm().orElseThrow();
        var stop = new AtomicBoolean();
        var writer = TestCluster.async(() -> {
            while (!stop.get()) {
                write("w", 1);
                LockSupport.parkNanos(10_000_000);
            }
        });

        assertThatThrownBy(() -> group.addListener(cluster.address("lhr"), Duration.ofSeconds(3)))
                .isInstanceOf(MembershipException.class)
                .hasMessageContaining("time limit");

        cluster.cutSnapshotsAt = Long.MAX_VALUE;
        group.addListener(cluster.address("lhr"), LIMIT);
        stop.set(true);
        writer.join();
        assertThat(group.leadingTerm()).hasValue(term);
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

        try (var log = new LogLines(Membership.class)) {
            group.removeListener(cluster.address("lhr"), LIMIT);

            assertThat(log.warnings())
                    .as("Ratis' staging timeout is not waited for")
                    .anyMatch(line -> line.contains("a join was given up"));
        }
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

    /// A node does not know a group any more shortly before its files are gone.
    private void awaitRidOfIt(String name) {
        await(
                name + " is rid of it",
                () -> cluster.node(name).group(GROUP).isEmpty()
                        && !cluster.stores(name).has(GROUP));
    }
}
