package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.testing.FakeNode;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.GroupId;
import io.skerry.engine.testing.Await;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the log says while a group is copied to a new location.
@Timeout(120)
class CopyProgressTest {

    private static final LocationCode LHR = new LocationCode("lhr");
    private static final GroupId GROUP = new GroupId(UUID.randomUUID());
    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final FleetLimits LIMITS = new FleetLimits(
            SECOND,
            SECOND,
            SECOND,
            SECOND,
            SECOND,
            SECOND,
            SECOND,
            Duration.ofMillis(1),
            Duration.ofMillis(5),
            SECOND,
            SECOND);

    private final TestCluster cluster = new TestCluster();
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private volatile boolean wanted = true;

    @BeforeEach
    void aGroupOnItsWay() {
        FakeNode fra = cluster.node("fra");
        fra.createGroup(GROUP, SECOND);
        cluster.node("lhr").serving(false);
        fra.addListener(GROUP, new PeerAddress(new NodeId("lhr-1"), "127.0.0.1:1", "127.0.0.1:2"), SECOND);
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void theBeginningTheWayAndTheEndAreLinesOfTheLog() throws Exception {
        try (CopyProgress progress = begin()) {
            assertThat(lines).first().isEqualTo("group " + GROUP + ": copying to lhr (node lhr-1) begins");
            await(now -> now.size() >= 3);
            assertThat(lines.subList(1, 3))
                    .allMatch(line -> line.startsWith("group " + GROUP + ": copying to lhr: 1024 of 4096 bytes after ")
                            && line.endsWith(" ms, lag 0 entries, 0 ms"));

            cluster.node("lhr").serving(true);

            await(now -> now.getLast().contains(" serves: "));
            assertThat(lines.getLast())
                    .matches("group " + GROUP
                            + ": lhr serves: 4096 bytes in \\d+ ms \\(\\d+\\.\\d MB/s\\), lag 0 entries, 0 ms");
            assertThat(progress).isNotNull();
        }
    }

    @Test
    void aCopyThatIsGivenUpSaysSo() throws Exception {
        begin().close();
        await(now -> now.getLast().contains("was given up"));
    }

    @Test
    void aLocationThatIsTakenBackIsWatchedNoMore() throws Exception {
        try (CopyProgress progress = begin()) {
            await(now -> now.size() >= 3);
            wanted = false;
            await(now -> now.getLast().contains("was given up"));
            assertThat(progress).isNotNull();
        }
    }

    @Test
    void aPrimaryThatDoesNotAnswerIsNotWatchedForEver() throws Exception {
        cluster.node("fra").reachable(false);
        try (CopyProgress progress = begin()) {
            await(now -> now.getLast().contains("was given up"));
            assertThat(lines).anyMatch(line -> line.contains("the primary does not tell"));
            assertThat(progress).isNotNull();
        }
    }

    private CopyProgress begin() {
        return CopyProgress.begin(
                GROUP, LHR, new NodeId("lhr-1"), cluster.node("fra"), LIMITS, () -> wanted, lines::add);
    }

    private void await(Predicate<List<String>> condition) {
        Await.until("the log says so", () -> condition.test(lines));
    }
}
