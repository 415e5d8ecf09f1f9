package io.skerry.catalog.fleet;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.SystemGroup;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.location.Node;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.raft.MemberState;
import io.skerry.raft.NodeId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes nodes agree with the catalog after a crash.
///
/// It removes what the catalog does not name, so it believes only a catalog that is known to be the newest
/// ([Catalog#confirm]), and sets groups aside instead of deleting them: the catalog itself may come from an old
/// backup, which nothing here can tell.
final class Reconciler {

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);

    private final Catalog catalog;
    private final Members members;
    private final Creations creations;
    private final FleetLimits limits;

    Reconciler(Catalog catalog, Members members, Creations creations, FleetLimits limits) {
        this.catalog = catalog;
        this.members = members;
        this.creations = creations;
        this.limits = limits;
    }

    void run() {
        creations.quietly(() -> {
            // Nodes are asked before the catalog: what is created in between is in the later answer.
            Map<NodeId, Collection<GroupId>> present = new HashMap<>();
            for (Node node : members.nodes()) {
                attempt("ask node " + node.id() + " for its groups", () -> {
                    present.put(node.id(), members.client(node).groups());
                });
            }
            if (!isConfirmed()) {
                return;
            }
            List<Group> known = catalog.read(Groups::all);
            removeUnknownGroups(present, known);
            for (Group group : known) {
                attempt("mend the members of group " + group.id(), () -> mendMembers(group));
                attempt("drop unknown databases of group " + group.id(), () -> dropUnknownDatabases(group));
            }
        });
    }

    private boolean isConfirmed() {
        try {
            catalog.confirm();
            return true;
        } catch (DatabaseException e) {
            LOG.warn("nodes are left as they are: the catalog here may not be the newest; tried at the next start", e);
            return false;
        }
    }

    private void removeUnknownGroups(Map<NodeId, Collection<GroupId>> present, List<Group> known) {
        Set<GroupId> ids = known.stream().map(Group::id).collect(Collectors.toSet());
        for (Node node : members.nodes()) {
            for (GroupId group : present.getOrDefault(node.id(), List.of())) {
                if (!ids.contains(group) && !group.equals(SystemGroup.GROUP)) {
                    LOG.warn("setting group {} aside on node {}: the catalog does not name it", group, node.id());
                    attempt(
                            "set group " + group + " aside on node " + node.id(),
                            () -> members.client(node).setAsideGroup(group, limits.delete()));
                }
            }
        }
    }

    private void mendMembers(Group group) {
        NodeClient primary = members.primary(group);
        Set<NodeId> present =
                primary.members(group.id()).stream().map(MemberState::node).collect(Collectors.toSet());
        if (present.isEmpty()) {
            return; // the primary is not up: there is nobody to ask
        }
        Set<NodeId> wanted = group.locations().stream()
                .map(location -> nodeAt(group, location))
                .collect(Collectors.toSet());
        for (Node node : members.nodes()) {
            if (wanted.contains(node.id()) && !present.contains(node.id())) {
                LOG.info("bringing group {} back to node {}", group.id(), node.id());
                bringBack(primary, group, node);
            } else if (present.contains(node.id()) && !wanted.contains(node.id())) {
                LOG.info("taking group {} from node {}: not one of its locations", group.id(), node.id());
                primary.removeListener(group.id(), node.address(), limits.membership());
            }
        }
    }

    /// Goes on by itself when it takes long: a start does not wait for the copy of a whole group.
    private void bringBack(NodeClient primary, Group group, Node node) {
        Thread joining = Thread.ofVirtual()
                .name("bring-back-" + group.id())
                .start(() -> attempt(
                        "bring group " + group.id() + " back to node " + node.id(),
                        () -> primary.addListener(group.id(), node.address(), limits.membership())));
        try {
            joining.join(limits.membership());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private NodeId nodeAt(Group group, LocationCode location) {
        return members.node(group.id(), location).id();
    }

    private void dropUnknownDatabases(Group group) {
        NodeClient primary = members.primary(group);
        Collection<DatabaseId> present = primary.databases(group.id());
        Set<DatabaseId> known = Set.copyOf(catalog.read(sql -> Databases.activeIn(sql, group.id())));
        for (DatabaseId database : present) {
            if (!known.contains(database)) {
                LOG.info("dropping database {}: the catalog does not name it", database);
                primary.dropDatabase(group.id(), database);
            }
        }
    }

    /// One node that does not answer must not keep the others from being mended.
    private static void attempt(String what, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.warn("could not {}; it is tried again at the next start", what, e);
        }
    }
}
