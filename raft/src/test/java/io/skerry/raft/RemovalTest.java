package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A group whose end hangs: in a call of SQLite, or on a disk that does not answer.
@Timeout(180)
class RemovalTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));

    @TempDir
    Path directory;

    @Test
    void aGroupThatDoesNotCloseIsTheTroubleOfThatGroupAlone() throws IOException {
        var release = new CountDownLatch(1);
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            commit(fra.create(GROUP, LIMIT), "one");
            cluster.store("fra", GROUP).onClose = () -> hang(release);
            try {
                assertThatThrownBy(() -> fra.archive(GROUP, Duration.ofSeconds(5)))
                        .isInstanceOf(DatabaseException.class)
                        .hasMessageContaining("did not end in time");

                assertThat(fra.group(GROUP).orElseThrow().trouble())
                        .hasValueSatisfying(line -> assertThat(line).contains("does not end"));
                for (GroupId other : others()) {
                    commit(fra.create(other, LIMIT), "other");
                    fra.archive(other, LIMIT);
                    fra.unarchive(other, LIMIT);
                    fra.delete(other, LIMIT);
                }
                for (Runnable order : Stream.<Runnable>of(
                                () -> fra.archive(GROUP, LIMIT),
                                () -> fra.unarchive(GROUP, LIMIT),
                                () -> fra.setAside(GROUP, LIMIT))
                        .toList()) {
                    assertThatThrownBy(order::run).hasMessageContaining("is being closed here");
                }
            } finally {
                release.countDown();
            }
            await("it is closed", () -> cluster.store("fra", GROUP).closed() && isArchived(fra));
            fra.unarchive(GROUP, LIMIT);
            assertThat(fra.group(GROUP).orElseThrow().awaitLeadership(LIMIT)).isTrue();
            assertThat(fra.group(GROUP).orElseThrow().trouble()).isEmpty();
            assertThat(cluster.store("fra", GROUP).entries()).containsExactly("one");
        }
    }

    /// Whoever deletes it is refused, and finds it deleted when it has closed.
    @Test
    void aDeletionThatMeetsAnArchiveThatHangsIsCarriedOutByItsEnd() throws IOException {
        var release = new CountDownLatch(1);
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = hangingArchive(cluster, release);
            try {
                assertThatThrownBy(() -> fra.delete(GROUP, LIMIT)).hasMessageContaining("is being closed here");
            } finally {
                release.countDown();
            }

            await("its log is gone", () -> !Files.exists(logOf(cluster)));
            assertThat(fra.group(GROUP)).isEmpty();
            assertThat(cluster.stores("fra").has(GROUP)).isFalse();
        }
    }

    @Test
    void aGroupThatClosesAfterTheLimitIsSetAsideByTheNextOrder() throws IOException {
        var release = new CountDownLatch(1);
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = hangingArchive(cluster, release);
            release.countDown();
            await("it is closed", () -> isSetAside(fra));

            assertThat(fra.group(GROUP)).isEmpty();
            assertThat(cluster.stores("fra").has(GROUP)).isFalse();
            assertThat(logOf(cluster)).doesNotExist();
        }
    }

    /// What another node orders comes past this node's locks.
    @Test
    void aGroupThatIsBeingClosedIsNotTakenAnewFromAnotherNode() throws IOException {
        var release = new CountDownLatch(1);
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = hangingArchive(cluster, release);
            try {
                var admin = new PeerAdmin(RaftSettings.defaults().server(directory.resolve("other"), "127.0.0.1", 0));
                assertThatThrownBy(() -> admin.create(cluster.address("fra"), GROUP, LIMIT))
                        .isInstanceOf(IOException.class)
                        .hasStackTraceContaining("is being closed here");
            } finally {
                release.countDown();
            }
            await("it is closed", () -> isArchived(fra));
        }
    }

    @Test
    void aDeletionThatMeetsTheNodesStopLeavesTheLogWithTheDatabases() throws IOException {
        var release = new CountDownLatch(1);
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = hangingArchive(cluster, release);
            try {
                assertThatThrownBy(() -> fra.delete(GROUP, LIMIT)).hasMessageContaining("is being closed here");
                fra.close();
            } finally {
                release.countDown();
            }
            cluster.stop("fra");

            assertThat(cluster.stores("fra").has(GROUP)).isTrue();
            assertThat(cluster.start("fra").group(GROUP)).isPresent();
        }
    }

    /// Its log may fail at its end, which is no reason to start it again.
    @Test
    void nothingIsLeftOfAGroupWhoseLogFailsWhileItIsDeleted() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            commit(fra.create(GROUP, LIMIT), "one");
            cluster.store("fra", GROUP).checkpoint();
            GroupStateMachine machine = machine(fra, GROUP);
            cluster.store("fra", GROUP).onClose = () -> tellOfEnd(machine);

            fra.delete(GROUP, LIMIT);

            assertThat(fra.group(GROUP)).isEmpty();
            assertThat(cluster.stores("fra").has(GROUP)).isFalse();
            assertThat(logOf(cluster)).doesNotExist();
        }
    }

    /// Ratis' updater would wait for the entry to be applied, without a pause and for ever.
    @Test
    void aGroupWhoseEntryFailsWhileItIsClosedEndsAndNoThreadGoesOn() throws IOException {
        var fail = new CountDownLatch(1);
        var entered = new CountDownLatch(1);
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            ReplicatedGroup group = fra.create(GROUP, LIMIT);
            cluster.store("fra", GROUP).onApply = () -> {
                entered.countDown();
                hang(fail);
                throw new IllegalStateException("planned");
            };
            TestCluster.async(() -> group.log().submit(TestCluster.entry("bad")));
            TestCluster.awaitLatch(entered);
            var deleted = TestCluster.async(() -> fra.delete(GROUP, LIMIT));
            await("the closing waits for the entry", () -> isIn("stopAndJoin"));

            fail.countDown();

            deleted.join();
            await("no thread runs for the group", () -> !isIn("StateMachineUpdater"));
            assertThat(cluster.stores("fra").has(GROUP)).isFalse();
        }
    }

    /// Whether a thread is in a method, or in any of a class.
    private static boolean isIn(String name) {
        return Thread.getAllStackTraces().values().stream()
                .flatMap(Stream::of)
                .anyMatch(frame -> frame.getMethodName().equals(name)
                        || frame.getClassName().endsWith("." + name));
    }

    @Test
    void anEndThatIsToldOfLateDoesNotOpenAnArchivedGroup() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            GroupId other = others().getFirst();
            commit(fra.create(GROUP, LIMIT), "one");
            fra.create(other, LIMIT);
            GroupStateMachine archived = machine(fra, GROUP);
            GroupStateMachine before = machine(fra, other);
            fra.archive(GROUP, LIMIT);

            tellOfEnd(archived);
            tellOfEnd(before);
            await("the other is started again", () -> machine(fra, other) != before);

            assertThat(fra.group(GROUP)).isEmpty();
            fra.unarchive(GROUP, LIMIT);
            assertThat(fra.group(GROUP).orElseThrow().awaitLeadership(LIMIT)).isTrue();
            assertThat(cluster.store("fra", GROUP).entries()).containsExactly("one");
        }
    }

    private static GroupStateMachine machine(RaftNode node, GroupId group) {
        return ((LocalGroup) node.group(group).orElseThrow()).machine().orElseThrow();
    }

    private static void tellOfEnd(GroupStateMachine machine) {
        machine.notifyServerShutdown(RoleInfoProto.getDefaultInstance(), false);
    }

    private Path logOf(TestCluster cluster) {
        return cluster.directory("fra").resolve("log").resolve(GROUP.toString());
    }

    private static RaftNode hangingArchive(TestCluster cluster, CountDownLatch release) throws IOException {
        RaftNode fra = cluster.start("fra");
        commit(fra.create(GROUP, LIMIT), "one");
        cluster.store("fra", GROUP).checkpoint();
        cluster.store("fra", GROUP).onClose = () -> hang(release);
        assertThatThrownBy(() -> fra.archive(GROUP, Duration.ofSeconds(5))).hasMessageContaining("did not end in time");
        return fra;
    }

    private static boolean isSetAside(RaftNode node) {
        try {
            node.setAside(GROUP, LIMIT);
            return true;
        } catch (DatabaseException e) {
            return false;
        }
    }

    private static boolean isArchived(RaftNode node) {
        try {
            node.archive(GROUP, LIMIT);
        } catch (DatabaseException e) {
            return false;
        }
        return node.archived().contains(GROUP);
    }

    /// Two whose hash ends as that of the group does, and so do the places of all three in many a table.
    private static java.util.List<GroupId> others() {
        return Stream.iterate(1L, n -> n + 1)
                .map(n -> new GroupId(new UUID(n, 7)))
                .filter(id -> (id.hashCode() & 0xff) == (GROUP.hashCode() & 0xff))
                .limit(2)
                .toList();
    }

    private static void hang(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
