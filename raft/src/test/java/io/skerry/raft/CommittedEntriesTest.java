package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommittedEntriesTest {

    private static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));
    private static final int BEHIND = 150;

    @TempDir
    private Path directory;

    @Test
    void whatWaitsAtAListenerIsAppliedTogetherAndTheLastIsNotWaitedWith() throws IOException {
        try (var cluster = new TestCluster(directory, RaftSettings.defaults())) {
            ReplicatedGroup group = cluster.start("fra").create(GROUP, LIMIT);
            cluster.start("lhr");
            group.addListener(cluster.address("lhr"), LIMIT);
            EntryStore store = cluster.store("lhr", GROUP);
            var goOn = new CountDownLatch(1);
            store.onApply = () -> TestCluster.awaitLatch(goOn);
            long last = 0;
            for (int i = 0; i < BEHIND; i++) {
                last = ((Committed) commit(group, "entry " + i)).index().value();
            }
            long all = last;
            var there = (LocalGroup) cluster.node("lhr").group(GROUP).orElseThrow();
            var log = there.machine().orElseThrow().division().orElseThrow().getRaftLog();
            await("lhr knows that all are committed", () -> log.getLastCommittedIndex() >= all);
            goOn.countDown();

            await("lhr has applied all", () -> there.log().applied().value() >= all);
            assertThat(store.entries()).isEqualTo(cluster.store("fra", GROUP).entries());
            assertThat(store.largestBatch).isGreaterThan(1).isLessThanOrEqualTo(CommittedEntries.WAITING_MAX);
            assertThat(store.appliedTwice()).isZero();
            assertThat(cluster.store("fra", GROUP).largestBatch)
                    .as("writers wait there")
                    .isLessThanOrEqualTo(1);

            // Alone it has nothing to wait for.
            long one = ((Committed) commit(group, "one more")).index().value();
            await("lhr has applied it", () -> there.log().applied().value() >= one);
        }
    }
}
