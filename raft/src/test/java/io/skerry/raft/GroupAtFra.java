package io.skerry.raft;

import static io.skerry.raft.TestCluster.LIMIT;
import static io.skerry.raft.TestCluster.await;
import static io.skerry.raft.TestCluster.commit;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/// A group that fra leads, and whose other members come and go.
abstract class GroupAtFra {

    static final GroupId GROUP = new GroupId(UUID.fromString("11111111-2222-3333-4444-555555555555"));

    @TempDir
    Path directory;

    TestCluster cluster;
    ReplicatedGroup group;

    @BeforeEach
    void start() throws IOException {
        cluster = new TestCluster(directory, RaftSettings.defaults());
        group = cluster.start("fra").create(GROUP, LIMIT);
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    void write(String prefix, int count) {
        for (int i = 0; i < count; i++) {
            assertThat(commit(group, prefix + i)).isInstanceOf(Committed.class);
        }
    }

    void awaitSame(String name) {
        await(
                name + " has every entry",
                () -> cluster.store(name, GROUP)
                        .entries()
                        .equals(cluster.store("fra", GROUP).entries()));
    }

    List<NodeId> members() {
        return group.members().stream().map(MemberState::node).toList();
    }
}
