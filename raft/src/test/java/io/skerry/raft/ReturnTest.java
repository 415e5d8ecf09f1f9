package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.LogIndex;
import io.skerry.engine.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.junit.jupiter.api.Test;

/// Members that were away, or lost what they had.
class ReturnTest extends GroupAtFra {

    @Test
    void aListenerThatLostItsStorageIsRefusedUntilItIsRemoved() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("a", 3);
        cluster.stop("lhr");
        cluster.wipe("lhr");
        cluster.start("lhr");

        assertThatThrownBy(() -> group.addListener(cluster.address("lhr"), LIMIT))
                .isInstanceOf(MembershipException.class)
                .hasMessageContaining("lost its storage; remove it first");

        group.removeListener(cluster.address("lhr"), LIMIT);
        group.addListener(cluster.address("lhr"), LIMIT);
        write("b", 3);
        awaitSame("lhr");
    }

    @Test
    void aListenerThatIsDownCanBeRemovedAndWhatItKeptIsReplacedLater() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("a", 3);
        awaitSame("lhr");
        cluster.stop("lhr");
        await("lhr is seen to be down", () -> !group.members().getLast().up());

        group.removeListener(cluster.address("lhr"), LIMIT);
        assertThat(members()).containsExactly(new NodeId("fra"));
        write("b", 3);

        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("c", 3);
        awaitSame("lhr");
    }

    @Test
    void aRestartedListenerCatchesUp() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("a", 3);
        awaitSame("lhr");
        cluster.stop("lhr");
        write("b", 30);

        cluster.start("lhr");

        awaitSame("lhr");
    }

    @Test
    void aRestartedLeaderKeepsItsListeners() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("a", 3);
        cluster.stop("fra");

        group = cluster.start("fra").group(GROUP).orElseThrow();
        assertThat(group.awaitLeadership(LIMIT)).isTrue();
        write("b", 3);

        awaitSame("lhr");
        assertThat(members()).containsExactly(new NodeId("fra"), new NodeId("lhr"));
    }

    @Test
    void aListenerOutlivesTheAbsenceOfALeaderThatWasRestarted() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        cluster.stop("fra");
        group = cluster.start("fra").group(GROUP).orElseThrow();
        assertThat(group.awaitLeadership(LIMIT)).isTrue();
        write("a", 3);
        awaitSame("lhr");
        EntryStore before = cluster.store("lhr", GROUP);
        cluster.stop("fra");
        // Ratis gives the listener up, and it is started again.
        await("lhr was started again", () -> cluster.store("lhr", GROUP) != before);

        group = cluster.start("fra").group(GROUP).orElseThrow();
        assertThat(group.awaitLeadership(LIMIT)).isTrue();
        write("b", 3);

        awaitSame("lhr");
    }

    /// A leader sends an entry before its own disk has it; after a crash the listener holds more than the log.
    @Test
    void aListenerWhoseTailIsTakenBackDoesNotWaitForIt() throws IOException {
        cluster.start("lhr");
        group.addListener(cluster.address("lhr"), LIMIT);
        write("a", 5);
        awaitSame("lhr");
        cluster.stop("lhr");
        cluster.stop("fra");
        TestCluster.copy(cluster.directory("fra").resolve("log"), directory.resolve("kept"));
        group = cluster.start("fra").group(GROUP).orElseThrow();
        cluster.start("lhr");
        assertThat(group.awaitLeadership(LIMIT)).isTrue();
        write("lost", 20);
        awaitSame("lhr");
        cluster.stop("lhr");
        cluster.stop("fra");
        // The term was on disk before the entries were sent.
        Path term = Path.of(GROUP.toString(), "current", "raft-meta");
        Files.copy(
                cluster.directory("fra").resolve("log").resolve(term),
                directory.resolve("kept").resolve(term),
                StandardCopyOption.REPLACE_EXISTING);
        FileTree.delete(cluster.directory("fra").resolve("log"));
        TestCluster.copy(directory.resolve("kept"), cluster.directory("fra").resolve("log"));

        cluster.start("lhr");
        LogIndex lost = cluster.store("lhr", GROUP).replayTarget();
        group = cluster.start("fra").group(GROUP).orElseThrow();
        assertThat(group.awaitLeadership(LIMIT)).isTrue();

        await("the listener starts anew with the log there is", () -> {
            LogIndex target = cluster.store("lhr", GROUP).replayTarget();
            return target != null && lost != null && target.value() < lost.value();
        });
        awaitSame("lhr");
        assertThat(cluster.store("lhr", GROUP).entries()).containsExactly("a0", "a1", "a2", "a3", "a4");
        ReplicatedGroup there = cluster.node("lhr").group(GROUP).orElseThrow();
        assertThat(there.log().applied())
                .isGreaterThanOrEqualTo(cluster.store("lhr", GROUP).replayTarget());
    }
}
