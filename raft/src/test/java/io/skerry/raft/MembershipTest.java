package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.AppendOutcome.Committed;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class MembershipTest extends GroupAtFra {

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

    /// The limit is for a change in which nothing happens: this copy takes longer.
    @Test
    void aCopyThatGoesOnMayTakeLongerThanTheLimit() throws IOException {
        cluster.close();
        cluster = new TestCluster(
                directory.resolve("slow"),
                RaftSettings.defaults().change().snapshotBytesPerSecond(1 << 20).build());
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
