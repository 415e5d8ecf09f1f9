package io.skerry.catalog.fleet;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.location.Node;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.raft.MemberState;
import io.skerry.raft.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Which nodes hold a group, and the way to them.
final class Members {

    private static final Logger LOG = LoggerFactory.getLogger(Members.class);

    private final Catalog catalog;
    private final NodeClients clients;

    Members(Catalog catalog, NodeClients clients) {
        this.catalog = catalog;
        this.clients = clients;
    }

    NodeClient client(Node node) {
        return clients.of(node);
    }

    /// The node that takes the group's writes.
    NodeClient primary(Group group) {
        return client(node(group.id(), group.primary()));
    }

    /// The node that holds the group at a location.
    ///
    /// @throws DatabaseException UNAVAILABLE if the catalog names none
    Node node(GroupId group, LocationCode location) {
        return catalog.read(sql -> Groups.nodes(sql, group, location)).stream()
                .map(catalog::node)
                .flatMap(Optional::stream)
                .findFirst()
                .orElseThrow(() -> new DatabaseException(
                        Code.UNAVAILABLE, "no node holds group " + group + " at " + location + " at the moment"));
    }

    List<Node> nodes() {
        return catalog.nodes();
    }

    /// Makes nodes follow the catalog for a group, all at once, and waits for them. One that cannot follows later by
    /// itself.
    void settle(List<Node> nodes, GroupId group, FrameNo frame, Duration limit) {
        List<Future<?>> orders = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            nodes.forEach(node -> orders.add(threads.submit(() -> settle(node, group, frame, limit))));
        }
        for (Future<?> order : orders) {
            if (order.state() == Future.State.FAILED && order.exceptionNow() instanceof Error error) {
                throw error;
            }
        }
    }

    private void settle(Node node, GroupId group, FrameNo frame, Duration limit) {
        try {
            client(node).settleGroup(group, frame, limit);
        } catch (RuntimeException e) {
            LOG.warn("group {}: node {} follows the catalog later: {}", group, node.id(), e.toString());
        }
    }

    List<LocationState> states(Group group) {
        if (group.archived()) {
            return group.locations().stream().map(LocationState::unknown).toList();
        }
        List<MemberState> seen = seenByPrimary(group);
        return group.locations().stream().map(location -> state(location, seen)).toList();
    }

    void awaitCatalog(FrameNo frame, Duration limit) {
        // All at once: one that hangs costs its own time and not that of the others.
        try (ExecutorService questions = Executors.newVirtualThreadPerTaskExecutor()) {
            nodes().forEach(node -> questions.execute(() -> awaitCatalog(node, frame, limit)));
        }
    }

    private void awaitCatalog(Node node, FrameNo frame, Duration limit) {
        try {
            if (!client(node).awaitCatalog(frame, limit)) {
                LOG.warn("node {} did not apply frame {} of the catalog within {}", node.id(), frame, limit);
            }
        } catch (RuntimeException e) {
            LOG.warn("node {} cannot tell how far its catalog is: {}", node.id(), e.toString());
        }
    }

    /// Whether the group's primary has the node at `location` for a member; not while that joins.
    boolean hasJoined(Group group, LocationCode location) {
        List<NodeId> nodes = catalog.nodesAt(location).stream().map(Node::id).toList();
        return seenByPrimary(group).stream()
                .anyMatch(member -> nodes.contains(member.node()) && member.role() != MemberState.Role.JOINING);
    }

    private List<MemberState> seenByPrimary(Group group) {
        try {
            return primary(group).members(group.id());
        } catch (RuntimeException e) {
            LOG.warn("the primary of group {} does not answer: {}", group.id(), e.toString());
            return List.of();
        }
    }

    private LocationState state(LocationCode location, List<MemberState> seen) {
        List<NodeId> nodes = catalog.nodesAt(location).stream().map(Node::id).toList();
        return seen.stream()
                .filter(member -> nodes.contains(member.node()))
                .findFirst()
                .map(member -> new LocationState(
                        location,
                        member.serving(),
                        member.bytesCopied(),
                        member.bytesTotal(),
                        member.lagEntries(),
                        member.lagMillis()))
                .orElseGet(() -> LocationState.unknown(location));
    }
}
