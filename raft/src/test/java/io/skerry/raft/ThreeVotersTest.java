package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.AppendOutcome.Unknown;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Groups with several voters are not offered yet; the log is ready for them.
class ThreeVotersTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));
    private static final List<String> NAMES = List.of("a", "b", "c");

    /// Those of a cluster, for a machine that has no core to spare. A leader may be taken for dead all
    /// the same: then another one is asked.
    static final Timeouts CLOCKS = new Timeouts(
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofMillis(300),
            Duration.ofMillis(600),
            Duration.ofSeconds(3),
            Duration.ofSeconds(3),
            true);

    @TempDir
    Path directory;

    private static ReplicatedGroup group(TestCluster cluster, String name) {
        return cluster.node(name).group(GROUP).orElseThrow();
    }

    private static String leader(TestCluster cluster, List<String> names) {
        var found = new ArrayList<String>();
        await("a leader is elected", () -> {
            found.clear();
            names.stream().filter(name -> group(cluster, name).log().isLeader()).forEach(found::add);
            return !found.isEmpty();
        });
        return found.getFirst();
    }

    /// Through whoever leads: a machine that is busy may see the leader change.
    private static void commitAtLeader(TestCluster cluster, List<String> names, String text) {
        var tries = new AtomicInteger();
        await(
                text + " is committed",
                () -> commit(group(cluster, leader(cluster, names)), text + tries.getAndIncrement())
                        instanceof Committed);
    }

    @Test
    void aGroupWithSeveralVotersIsNotCreatedByTheClocksOfOne() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            List<PeerAddress> voters = NAMES.stream().map(cluster::address).toList();
            RaftNode node = cluster.start("a");
            assertThatThrownBy(() -> node.create(GROUP, voters, LIMIT))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("3 voters")
                    .hasMessageContaining("with one voter");
            assertThat(node.group(GROUP)).isEmpty();
        }
    }

    @Test
    void aMemberThatComesBackWithTheClocksOfASingleVoterIsStoppedAndTheOthersGoOn() throws IOException {
        var settings = RaftSettings.defaults().change().timeouts(CLOCKS).build();
        try (var cluster = new TestCluster(directory, settings)) {
            List<PeerAddress> voters = NAMES.stream().map(cluster::address).toList();
            for (String name : NAMES) {
                cluster.start(name).create(GROUP, voters, LIMIT);
            }
            commitAtLeader(cluster, NAMES, "before");
            cluster.stop("c");
            cluster.start("c", RaftSettings.defaults());
            await(
                    "it says so",
                    () -> group(cluster, "c")
                            .trouble()
                            .filter(line -> line.contains("3 voters"))
                            .isPresent());
            assertThat(commit(group(cluster, "c"), "there")).isInstanceOf(Refused.class);
            commitAtLeader(cluster, List.of("a", "b"), "after");
        }
    }

    @Test
    void whatWasAcknowledgedSurvivesTheLeaderAndWhatIsUnknownIsResolved() throws IOException {
        var settings = RaftSettings.defaults().change().timeouts(CLOCKS).build();
        try (var cluster = new TestCluster(directory, settings)) {
            List<PeerAddress> voters = NAMES.stream().map(cluster::address).toList();
            for (String name : NAMES) {
                cluster.start(name).create(GROUP, voters, LIMIT);
            }
            String first = leader(cluster, NAMES);
            Map<String, AppendOutcome> outcomes = new ConcurrentHashMap<>();
            var stop = new AtomicBoolean();
            var writers = new ArrayList<CompletableFuture<Void>>();
            ReplicatedGroup leading = group(cluster, first);
            for (int writer = 0; writer < 4; writer++) {
                String prefix = writer + "-";
                writers.add(TestCluster.async(() -> {
                    for (int i = 0; !stop.get(); i++) {
                        outcomes.put(prefix + i, commit(leading, prefix + i));
                    }
                }));
            }
            await("writes flow", () -> outcomes.size() > 200);
            cluster.stop(first);
            stop.set(true);
            writers.forEach(CompletableFuture::join);

            List<String> rest =
                    NAMES.stream().filter(name -> !name.equals(first)).toList();
            commitAtLeader(cluster, rest, "after");
            List<String> truth = cluster.store(leader(cluster, rest), GROUP).entries();
            cluster.start(first);

            for (String name : NAMES) {
                await(
                        name + " has the same entries",
                        () -> cluster.store(name, GROUP).entries().equals(truth));
            }
            assertThat(truth).doesNotHaveDuplicates();
            Set<String> there = Set.copyOf(truth); // writers were refused very often meanwhile
            outcomes.forEach((name, outcome) -> {
                switch (outcome) {
                    case Committed committed ->
                        assertThat(there.contains(name)).as(name).isTrue();
                    case Refused refused ->
                        assertThat(there.contains(name)).as(name).isFalse();
                    case Unknown unknown -> assertThat(unknown.message()).isNotBlank();
                }
            });
        }
    }
}
