package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.GroupId;
import io.skerry.raft.metrics.NoMetrics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.ratis.metrics.MetricRegistries;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.server.RaftServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a listener is sent, and what becomes of that when it is made a voter.
class ListenerReplicationTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));

    /// Those of a cluster, for a machine that has no core to spare: no leader is to be taken for dead
    /// here.
    private static final Timeouts CLOCKS = new Timeouts(
            Duration.ofSeconds(3),
            Duration.ofSeconds(6),
            Duration.ofMillis(300),
            Duration.ofMillis(600),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            true);

    @TempDir
    Path directory;

    private TestCluster cluster;
    private ReplicatedGroup group;

    @BeforeEach
    void start() throws IOException {
        cluster = new TestCluster(
                directory, RaftSettings.defaults().change().timeouts(CLOCKS).build());
        group = cluster.start("fra").create(GROUP, LIMIT);
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private RaftServer.Division division(String name) {
        var local = (LocalGroup) cluster.node(name).group(GROUP).orElseThrow();
        return local.machine().orElseThrow().division().orElseThrow();
    }

    private void awaitSame() {
        await(
                "lhr has every entry",
                () -> cluster.store("lhr", GROUP)
                        .entries()
                        .equals(cluster.store("fra", GROUP).entries()));
    }

    private void makeVoter() throws Exception {
        RaftServer.Division leader = division("fra");
        List<RaftPeer> voters = new ArrayList<>(leader.getRaftConf().getCurrentPeers(RaftPeerRole.FOLLOWER));
        voters.add(Groups.peer(cluster.address("lhr"), RaftPeerRole.FOLLOWER));
        var arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setServersInNewConf(voters)
                .setListenersInNewConf(List.of())
                .build();
        RaftClientReply reply = leader.getRaftServer()
                .setConfigurationAsync(new SetConfigurationRequest(
                        ClientId.randomId(), leader.getId(), Groups.raftId(GROUP), 1, arguments))
                .get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(reply.isSuccess()).isTrue();
    }

    @Test
    void aListenerThatIsMadeAVoterVotesForEntriesThatNeedIt() throws Exception {
        assertThat(commit(group, "before")).isInstanceOf(Committed.class);
        makeVoter();
        // Two voters: nothing is committed unless lhr is sent what is not committed yet.
        for (int i = 0; i < 20; i++) {
            assertThat(commit(group, "after" + i)).isInstanceOf(Committed.class);
        }
        awaitSame();
    }

    @Test
    void aListenerIsMadeAVoterWhileWritesGoOn() throws Exception {
        var outcomes = new ConcurrentLinkedQueue<AppendOutcome>();
        var stop = new AtomicBoolean();
        CompletableFuture<Void> writer = TestCluster.async(() -> {
            for (int i = 0; !stop.get(); i++) {
                outcomes.add(commit(group, "w" + i));
            }
        });
        await("writes flow", () -> outcomes.size() > 50);
        makeVoter();
        int then = outcomes.size();
        await("writes go on", () -> outcomes.size() > then + 50);
        stop.set(true);
        writer.join();
        assertThat(outcomes).allMatch(outcome -> outcome instanceof Committed);
        awaitSame();
    }

    @Test
    void manyWritersReachAListenerAndItStaysCloseBehind() {
        var writers = new ArrayList<CompletableFuture<Void>>();
        for (int writer = 0; writer < 8; writer++) {
            String prefix = writer + "-";
            writers.add(TestCluster.async(() -> {
                for (int i = 0; i < 200; i++) {
                    assertThat(commit(group, prefix + i)).isInstanceOf(Committed.class);
                }
            }));
        }
        writers.forEach(CompletableFuture::join);
        awaitSame();
        assertThat(cluster.store("lhr", GROUP).entries()).hasSize(1_600);
        // The last commit index arrives too, without another entry.
        await("lhr knows of every commit", () -> group.members().stream().allMatch(member -> member.lagEntries() == 0));
    }

    @Test
    void aListenerThatWasAwayGetsWhatItMissed() throws IOException {
        assertThat(commit(group, "a")).isInstanceOf(Committed.class);
        awaitSame();
        cluster.stop("lhr");
        for (int i = 0; i < 50; i++) {
            assertThat(commit(group, "missed" + i)).isInstanceOf(Committed.class);
        }
        cluster.start("lhr");
        awaitSame();
        assertThat(commit(group, "b")).isInstanceOf(Committed.class);
        awaitSame();
    }

    @Test
    void ratisMeasuresNothing() {
        assertThat(MetricRegistries.global()).isInstanceOf(NoMetrics.class);
    }
}
