package io.skerry.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A group that begins with all its members.
class FoundingTest {

    private static final GroupId GROUP = new GroupId(UUID.randomUUID());

    @TempDir
    Path directory;

    @Test
    void aMemberThatComesLateIsWaitedFor() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            List<PeerAddress> lhr = List.of(cluster.address("lhr"));
            // Nobody listens there so far.
            assertThatThrownBy(() -> fra.found(GROUP, lhr, Duration.ZERO))
                    .isInstanceOf(DatabaseException.class)
                    .hasMessageContaining("could not be founded");
            assertThat(fra.group(GROUP)).isEmpty();

            CompletableFuture<Void> founded = TestCluster.async(() -> fra.found(GROUP, lhr, TestCluster.LIMIT));
            cluster.start("lhr");

            founded.get(TestCluster.LIMIT.toSeconds(), TimeUnit.SECONDS);
            TestCluster.await(
                    "lhr is a member", () -> cluster.node("lhr").group(GROUP).isPresent());
        }
    }

    @Test
    void whatAnEarlierAttemptLeftAtAMemberIsMadeAnew() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            RaftNode lhr = cluster.start("lhr");
            List<PeerAddress> members = List.of(cluster.address("lhr"), cluster.address("bos"));
            // Nobody listens at bos, which comes after lhr.
            TestCluster.await("lhr has the group of an attempt that failed", () -> {
                assertThatThrownBy(() -> fra.found(GROUP, members, Duration.ofSeconds(1)))
                        .hasMessageContaining("could not be founded");
                return lhr.group(GROUP).isPresent();
            });
            ReplicatedGroup left = lhr.group(GROUP).orElseThrow();

            RaftNode bos = cluster.start("bos");
            fra.found(GROUP, members, TestCluster.LIMIT);

            assertThat(lhr.group(GROUP)).isPresent().get().isNotSameAs(left);
            TestCluster.await("bos is a member", () -> bos.group(GROUP).isPresent());
        }
    }

    /// Who has made a group writes to it at once.
    @Test
    void aGroupIsThereOnceItsDatabasesTakeWrites() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode fra = cluster.start("fra");
            EntryStore.Stores stores = cluster.stores("fra");
            CountDownLatch told = new CountDownLatch(1);
            stores.onOpen.set(() -> stores.of(GROUP).onLeadership = () -> pass(told));

            CompletableFuture<Void> made = TestCluster.async(() -> fra.create(GROUP, TestCluster.LIMIT));
            TestCluster.await(
                    "Ratis leads the group",
                    () -> fra.group(GROUP).map(group -> group.log().isLeader()).orElse(false));
            ReplicatedGroup group = fra.group(GROUP).orElseThrow();
            assertThat(group.awaitLeadership(Duration.ZERO)).isFalse();
            assertThat(group.leadingTerm()).isEmpty();
            assertThat(made).isNotDone();

            told.countDown();
            made.get(TestCluster.LIMIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(group.leadingTerm()).isPresent();
        }
    }

    private static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(TestCluster.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
