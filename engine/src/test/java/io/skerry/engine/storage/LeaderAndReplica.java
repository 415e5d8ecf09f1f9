package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.DatabaseId;
import java.nio.file.Path;
import java.util.List;

/// Two members over one log, and databases with a table `t` that both have.
final class LeaderAndReplica implements AutoCloseable {

    final FakeLog log = new FakeLog();
    final TestNode leader;
    final TestNode replica;

    LeaderAndReplica(Path directory, DatabaseId... ids) {
        this(directory, TestNode.SETTINGS, ids);
    }

    /// @param settings of the leader
    LeaderAndReplica(Path directory, StorageSettings settings, DatabaseId... ids) {
        leader = new TestNode(directory.resolve("leader"), log, true, settings);
        replica = new TestNode(directory.resolve("replica"), log, false);
        for (DatabaseId id : ids) {
            leader.group.create(id);
            leader.exec(id, "CREATE TABLE t(a INTEGER PRIMARY KEY, b)");
            replica.awaitFrame(id, leader.database(id).frame());
        }
        replica.member.awaitApplied(log.last());
    }

    static void insert(TestNode at, DatabaseId id, int rows) {
        for (int i = 0; i < rows; i++) {
            assertThat(at.exec(id, "INSERT INTO t(b) VALUES (hex(randomblob(50)))")
                            .error())
                    .isNull();
        }
    }

    /// Waits until both have what the other has.
    void assertEqual(DatabaseId id) {
        replica.awaitFrame(id, leader.database(id).frame());
        leader.awaitFrame(id, replica.database(id).frame());
        for (TestNode node : List.of(leader, replica)) {
            assertThat(node.integrity(id)).isEqualTo("ok");
        }
        assertThat(replica.bytes(id)).isEqualTo(leader.bytes(id));
    }

    @Override
    public void close() {
        replica.member.pause(false);
        leader.close();
        replica.close();
    }
}
