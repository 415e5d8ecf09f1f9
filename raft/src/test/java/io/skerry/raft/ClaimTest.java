package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.AppendOutcome.Unknown;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClaimTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));

    private static final int ROUNDS_MAX = 20;

    @TempDir
    Path directory;

    @Test
    void anAppendHasOneOutcomeWhoeverComesFirst() {
        var offered = new PendingAppend(new byte[1], true);
        assertThat(offered.claim(new LogIndex(1))).isFalse();
        offered.abandon(Reason.STOPPED, "gone");
        assertThat(offered.enter()).isFalse();
        assertThat(offered.await(System.nanoTime(), "late")).isEqualTo(new Refused(Reason.STOPPED, "gone"));

        var appended = new PendingAppend(new byte[1], true);
        assertThat(appended.enter()).isTrue();
        appended.abandon(Reason.STOPPED, "gone");
        assertThat(appended.claim(new LogIndex(1))).isFalse();
        assertThat(appended.await(System.nanoTime(), "late")).isEqualTo(new Unknown("gone"));

        var claimed = new PendingAppend(new byte[1], true);
        assertThat(claimed.enter()).isTrue();
        assertThat(claimed.claim(new LogIndex(7))).isTrue();
        claimed.abandon(Reason.STOPPED, "too late");
        assertThat(claimed.await(System.nanoTime(), "late")).isEqualTo(new Committed(new LogIndex(7)));
    }

    /// Writers that give up just when the log answers: every entry is claimed by its writer or applied,
    /// never both and never neither. How soon the log answers is the machine's: the limit is sought by
    /// which some writers are in time and some are not.
    @Test
    void anEntryIsClaimedOrAppliedExactlyOnce() throws IOException {
        Duration limit = Duration.ofNanos(300_000);
        for (int round = 0; round < ROUNDS_MAX; round++) {
            Ways ways = race(directory.resolve("round" + round), limit);
            if (!ways.claimed().isEmpty() && !ways.applied().isEmpty()) {
                return;
            }
            limit = ways.claimed().isEmpty() ? limit.multipliedBy(2) : limit.dividedBy(2);
        }
        throw new AssertionError("with no limit some writers were in time and others not, the last was " + limit);
    }

    private record Ways(Set<String> claimed, Set<String> applied) {}

    private static Ways race(Path directory, Duration limit) throws IOException {
        var settings = RaftSettings.defaults().change().appendLimit(limit).build();
        try (var cluster = new TestCluster(directory, settings)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            Map<String, AppendOutcome> outcomes = new ConcurrentHashMap<>();
            var writers = new ArrayList<CompletableFuture<Void>>();
            for (int writer = 0; writer < 4; writer++) {
                String name = "w" + writer + "-";
                writers.add(TestCluster.async(() -> {
                    for (int i = 0; i < 2_000; i++) {
                        outcomes.put(name + i, commit(group, name + i));
                    }
                }));
            }
            writers.forEach(CompletableFuture::join);
            EntryStore store = cluster.store("fra", GROUP);
            await("every entry arrives", () -> store.entries().size() == 8_000);
            var claimed = new HashSet<>(store.claimed());
            var applied = new HashSet<>(store.applied());
            assertThat(store.appliedTwice()).isZero();
            outcomes.forEach((name, outcome) -> {
                switch (outcome) {
                    case Committed committed -> {
                        assertThat(claimed).contains(name);
                        assertThat(applied).doesNotContain(name);
                    }
                    case Unknown unknown -> {
                        assertThat(applied).contains(name);
                        assertThat(claimed).doesNotContain(name);
                    }
                    case Refused refused -> assertThat(refused).isNull();
                }
            });
            return new Ways(claimed, applied);
        }
    }

    @Test
    void aFailedApplyStopsItsGroupAloneAndSaysSo() throws IOException {
        var other = new GroupId(UUID.fromString("99999999-2222-3333-4444-555555555555"));
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            RaftNode node = cluster.start("fra");
            ReplicatedGroup group = node.create(GROUP, LIMIT);
            ReplicatedGroup healthy = node.create(other, LIMIT);
            cluster.store("fra", GROUP).failNextApply = true;

            assertThat(group.log().submit(TestCluster.entry("bad"))).isInstanceOf(Unknown.class);

            assertThat(group.trouble())
                    .hasValueSatisfying(line ->
                            assertThat(line).contains("cannot be applied").contains("restart the node"));
            assertThat(commit(group, "next"))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.STOPPED));
            assertThat(commit(healthy, "fine")).isInstanceOf(Committed.class);
            assertThat(healthy.trouble()).isEmpty();

            // The way out.
            cluster.stop("fra");
            ReplicatedGroup again = cluster.start("fra").group(GROUP).orElseThrow();
            assertThat(again.awaitLeadership(LIMIT)).isTrue();
            assertThat(cluster.store("fra", GROUP).entries()).containsExactly("bad");
            assertThat(again.trouble()).isEmpty();
        }
    }

    @Test
    void anEntryThatTheLogNeverAnswersIsUnknownInTime() throws IOException {
        var settings = RaftSettings.defaults()
                .change()
                .appendLimit(Duration.ofMillis(200))
                .build();
        try (var cluster = new TestCluster(directory, settings)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            var hold = new CompletableFuture<Void>();
            var entered = new CompletableFuture<Void>();
            cluster.store("fra", GROUP).onApply = () -> {
                entered.complete(null);
                hold.join();
            };
            var stuck = TestCluster.async(() -> group.log().submit(TestCluster.entry("stuck")));
            entered.join();

            assertThat(commit(group, "behind")).isInstanceOf(Unknown.class);

            hold.complete(null);
            stuck.join();
            await("both arrive", () -> cluster.store("fra", GROUP).applied().equals(List.of("stuck", "behind")));
        }
    }
}
