package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static io.skerry.raft.TestCluster.entry;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AppendTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));

    @TempDir
    Path directory;

    @Test
    void aCommitIsClaimedByItsWriterAndNotAppliedAgain() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);

            AppendOutcome outcome = commit(group, "one");

            assertThat(outcome).isInstanceOf(Committed.class);
            assertThat(cluster.store("fra", GROUP).claimed()).containsExactly("one");
            assertThat(cluster.store("fra", GROUP).applied()).isEmpty();
            assertThat(group.log().applied()).isEqualTo(((Committed) outcome).index());
        }
    }

    @Test
    void aSubmittedEntryIsAppliedBeforeItsWriterGoesOn() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);

            assertThat(group.log().submit(entry("create"))).isInstanceOf(Committed.class);

            assertThat(cluster.store("fra", GROUP).applied()).containsExactly("create");
        }
    }

    @Test
    void onlyTheLastPieceOfATransactionIsClaimed() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);

            AppendOutcome outcome =
                    group.log().commit(EntryStore.DATABASE, List.of(entry("a"), entry("b"), entry("last")));

            assertThat(outcome).isInstanceOf(Committed.class);
            assertThat(cluster.store("fra", GROUP).applied()).containsExactly("a", "b");
            assertThat(cluster.store("fra", GROUP).claimed()).containsExactly("last");
        }
    }

    /// It does not wait for places that it has itself.
    @Test
    void aTransactionMayHaveMorePiecesThanMayWaitAtOneTime() throws IOException {
        RaftSettings settings = RaftSettings.defaults();
        int pieces = 2 * settings.entriesInFlightMax() + 1;
        try (var cluster = new TestCluster(directory, settings)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            List<byte[]> all =
                    IntStream.range(0, pieces).mapToObj(i -> entry("p" + i)).toList();

            AppendOutcome outcome = group.log().commit(EntryStore.DATABASE, all);

            assertThat(outcome).isInstanceOf(Committed.class);
            EntryStore store = cluster.store("fra", GROUP);
            assertThat(store.applied())
                    .hasSize(pieces - 1)
                    .startsWith("p0", "p1")
                    .endsWith("p" + (pieces - 2));
            assertThat(store.claimed()).containsExactly("p" + (pieces - 1));
        }
    }

    /// Members hold what came of a transaction until its end: of all that are under way, no more than this.
    @Test
    void longTransactionsHaveRoomForSoMuchAtOneTimeOnANode() throws IOException {
        RaftSettings settings = RaftSettings.defaults()
                .change()
                .transactionBytesMax(RaftSettings.ENTRY_BYTES_MAX)
                .appendLimit(Duration.ofMillis(500))
                .build();
        try (var cluster = new TestCluster(directory, settings)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            byte[] large = new byte[RaftSettings.ENTRY_BYTES_MAX - 10];

            AppendOutcome fits = group.log().commit(EntryStore.DATABASE, List.of(large, entry("last")));
            AppendOutcome tooMuch =
                    group.log().commit(EntryStore.DATABASE, List.of(large, large, large, entry("never")));

            assertThat(fits).isInstanceOf(Committed.class);
            assertThat(tooMuch)
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.OVERLOADED));
            assertThat(cluster.store("fra", GROUP).claimed()).containsExactly("last");
            assertThat(commit(group, "short")).isInstanceOf(Committed.class);
        }
    }

    @Test
    void anEntryBeyondTheLimitIsRefusedAndTheNextOneIsNot() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);

            AppendOutcome large =
                    group.log().commit(EntryStore.DATABASE, List.of(new byte[RaftSettings.ENTRY_BYTES_MAX + 1]));
            AppendOutcome largest =
                    group.log().commit(EntryStore.DATABASE, List.of(new byte[RaftSettings.ENTRY_BYTES_MAX]));

            assertThat(large)
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.TOO_LARGE));
            assertThat(largest).isInstanceOf(Committed.class);
        }
    }

    @Test
    void aRestartReplaysWhatWasNotCheckpointed() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            LogIndex last = LogIndex.BEFORE_FIRST;
            for (int i = 0; i < 50; i++) {
                last = ((Committed) commit(group, "e" + i)).index();
            }
            long term = group.leadingTerm().orElseThrow();
            cluster.stop("fra");

            ReplicatedGroup again = cluster.start("fra").group(GROUP).orElseThrow();

            assertThat(again.awaitLeadership(LIMIT)).isTrue();
            assertThat(again.leadingTerm().orElseThrow()).isGreaterThan(term);
            EntryStore store = cluster.store("fra", GROUP);
            assertThat(store.entries()).hasSize(50).startsWith("e0").endsWith("e49");
            assertThat(store.applied()).hasSize(50);
            assertThat(store.replayTarget()).isEqualTo(last);
            assertThat(again.log().applied()).isEqualTo(last);
            TestCluster.await("leadership reaches the databases", store::leader);
        }
    }

    @Test
    void replayShowsTheEntriesOfAnInterval() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            LogIndex first = ((Committed) commit(group, "one")).index();
            commit(group, "two");
            LogIndex third = ((Committed) commit(group, "three")).index();

            var seen = new ArrayList<String>();
            group.log().replay(first, third, (index, bytes) -> seen.add(index + " " + new String(bytes)));

            assertThat(seen).containsExactly((third.value() - 1) + " two", third + " three");
        }
    }

    @Test
    void aClosedNodeRefusesAppends() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            cluster.stop("fra");

            assertThat(commit(group, "late"))
                    .isInstanceOfSatisfying(
                            Refused.class,
                            refused -> assertThat(refused.reason()).isEqualTo(Reason.STOPPED));
        }
    }

    @Test
    void aDiskBelowItsReserveRefusesAndResumes() throws IOException {
        var settings = RaftSettings.defaults()
                .change()
                .diskReserveBytes(Long.MAX_VALUE)
                .build();
        try (var cluster = new TestCluster(directory, settings)) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);

            assertThat(commit(group, "full")).isInstanceOfSatisfying(Refused.class, refused -> {
                assertThat(refused.reason()).isEqualTo(Reason.DISK_FULL);
                assertThat(refused.message()).contains("writes resume when there is space");
            });
            assertThat(cluster.store("fra", GROUP).entries()).isEmpty();
        }
    }

    @Test
    void aDiskBelowItsReserveIsToldOnceForTheNodeThoughNobodyWrites() throws IOException {
        var settings = RaftSettings.defaults()
                .change()
                .diskReserveBytes(Long.MAX_VALUE)
                .build();
        try (var log = new LogLines(Spell.class);
                var cluster = new TestCluster(directory, settings)) {
            cluster.start("fra").create(GROUP, LIMIT);
            await("it is told", () -> !log.warnings().isEmpty());

            assertThat(log.warnings())
                    .singleElement()
                    .asString()
                    .startsWith("node fra takes no writes: ")
                    .contains("less than the reserve of", "writes resume when there is space")
                    .contains(directory.resolve("fra").toString());
        }
    }
}
