package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.testing.Await;
import io.skerry.raft.NodeId;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.raft.Replication;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A node opens and closes its groups as its copy of the catalog says.
@Timeout(120)
class OpenGroupsTest {

    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final Actor ANA = new Actor("ana", "api", "127.0.0.1", "req-1");

    private final TestCluster cluster = new TestCluster();
    private final NodeGroups node = new NodeGroups();
    private final OpenGroups groups = new OpenGroups(node, cluster::database);

    @AfterEach
    void close() {
        cluster.close();
    }

    private Group group() {
        return cluster.group("default");
    }

    @Test
    void whatIsArchivedIsClosedWhatIsNotIsOpenedAndWhatIsUnknownIsLeft() {
        Group other = cluster.fleet().createGroup(cluster.acme(), "eu", new LocationCode("fra"), "", ANA);
        GroupId unknownOpen = new GroupId(UUID.randomUUID());
        GroupId unknownArchived = new GroupId(UUID.randomUUID());
        node.open.addAll(Set.of(group().id(), unknownOpen));
        node.archived.addAll(Set.of(other.id(), unknownArchived));
        cluster.fleet().archiveGroup(group(), ANA);

        groups.settle(LIMIT);

        assertThat(node.open).containsExactlyInAnyOrder(other.id(), unknownOpen);
        assertThat(node.archived).containsExactlyInAnyOrder(group().id(), unknownArchived);
    }

    @Test
    void anOrderThatComesLateDoesWhatTheCatalogSaysByThen() {
        node.open.add(group().id());
        cluster.fleet().archiveGroup(group(), ANA);
        cluster.fleet().unarchiveGroup(group(), ANA);

        assertThat(groups.settle(group().id(), LIMIT)).isTrue();

        assertThat(node.open).containsExactly(group().id());
    }

    @Test
    void oneThatCannotBeClosedKeepsNoOtherFromIt() {
        Group other = cluster.fleet().createGroup(cluster.acme(), "eu", new LocationCode("fra"), "", ANA);
        node.open.addAll(Set.of(group().id(), other.id()));
        node.stuck.add(group().id());
        cluster.fleet().archiveGroup(group(), ANA);
        cluster.fleet().archiveGroup(other, ANA);

        assertThatThrownBy(() -> groups.settle(LIMIT)).isInstanceOf(DatabaseException.class);
        assertThat(node.archived).containsExactly(other.id());
        node.stuck.clear();
        groups.settle(LIMIT);

        assertThat(node.archived).containsExactlyInAnyOrder(group().id(), other.id());
    }

    @Test
    void aNodeFollowsByItselfAndTellsOnceWhatWasArchived() throws InterruptedException {
        node.open.add(group().id());
        var told = new CountDownLatch(1);
        try (GroupFollower follower = GroupFollower.start(cluster.catalog(), groups, () -> {
            assertThat(node.open).contains(group().id());
            assertThat(told.getCount()).isOne();
            told.countDown();
        })) {
            cluster.fleet().archiveGroup(group(), ANA);
            told.await();
            Await.until("the group is closed", node.open::isEmpty);

            cluster.fleet().unarchiveGroup(group(), ANA);
            Await.until("the group is open again", () -> node.open.contains(group().id()));
            assertThat(follower).isNotNull();
        }
    }

    /// A node that remembers which of its groups are open.
    private static final class NodeGroups implements Replication {
        private final Set<GroupId> open = ConcurrentHashMap.newKeySet();
        private final Set<GroupId> archived = ConcurrentHashMap.newKeySet();
        private final Set<GroupId> stuck = ConcurrentHashMap.newKeySet();

        @Override
        public NodeId self() {
            return new NodeId("fra-1");
        }

        @Override
        public Collection<ReplicatedGroup> groups() {
            return open.stream().map(NodeGroups::named).toList();
        }

        /// A group that can tell nothing but its id.
        private static ReplicatedGroup named(GroupId id) {
            return (ReplicatedGroup) Proxy.newProxyInstance(
                    ReplicatedGroup.class.getClassLoader(),
                    new Class<?>[] {ReplicatedGroup.class},
                    (proxy, method, arguments) -> {
                        assertThat(method.getName()).isEqualTo("id");
                        return id;
                    });
        }

        @Override
        public Collection<GroupId> archived() {
            return Set.copyOf(archived);
        }

        @Override
        public OptionalLong archivedBytes(GroupId group, DatabaseId database) {
            return OptionalLong.empty();
        }

        @Override
        public void archive(GroupId id, Duration limit) {
            if (stuck.contains(id)) {
                throw new DatabaseException(Code.UNAVAILABLE, "told to fail");
            }
            if (open.remove(id)) {
                archived.add(id);
            }
        }

        @Override
        public void unarchive(GroupId id, Duration limit) {
            if (archived.remove(id)) {
                open.add(id);
            }
        }

        @Override
        public Optional<ReplicatedGroup> group(GroupId id) {
            return Optional.empty();
        }

        @Override
        public ReplicatedGroup create(GroupId id, Duration limit) {
            throw new UnsupportedOperationException(List.of(id, limit).toString());
        }

        @Override
        public void delete(GroupId id, Duration limit) {
            throw new UnsupportedOperationException(List.of(id, limit).toString());
        }

        @Override
        public void setAside(GroupId id, Duration limit) {
            throw new UnsupportedOperationException(List.of(id, limit).toString());
        }

        @Override
        public void close() {}
    }
}
