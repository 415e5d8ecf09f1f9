package io.skerry.catalog.fleet;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.SystemGroup;
import io.skerry.catalog.database.DatabaseInfo;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.Node;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.raft.NodeId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
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
    private final Placement placement;
    private final Drafts drafts;
    private final FleetLimits limits;
    private final SaidOnce said;

    /// @param log takes what went wrong, a line for each thing once
    Reconciler(
            Catalog catalog,
            Members members,
            Creations creations,
            Placement placement,
            Drafts drafts,
            FleetLimits limits,
            Consumer<String> log) {
        this.catalog = catalog;
        this.members = members;
        this.creations = creations;
        this.placement = placement;
        this.drafts = drafts;
        this.limits = limits;
        this.said = new SaidOnce(log);
    }

    /// @return whether everything was seen to; what was not is left for the next time. The members of groups are
    ///     changed in the background, which this does not wait for.
    boolean run() {
        boolean all = false;
        try {
            all = seeToAll();
        } finally {
            if (said.next() && all) {
                LOG.info("what could not be seen to on the nodes is done");
            }
        }
        return all;
    }

    private boolean seeToAll() {
        if (!isConfirmed()) {
            return false;
        }
        // First: the rest waits for nodes that hang, and for databases that are being filled.
        catalog.read(Groups::all).forEach(group -> placement.look(group.id()));
        // Nodes are asked before the catalog, and what was being created then is in it, or gone, by the time it
        // is read.
        Present present = new Present();
        boolean all = present.ask();
        if (!creations.awaitBegun(limits.copy()) || !isConfirmed()) {
            return false;
        }
        List<Group> known = catalog.read(Groups::all);
        all &= removeUnknownGroups(present, known);
        for (Group group : known) {
            all &= attempt(
                    "drop unknown databases of group " + group.id(),
                    () -> dropUnknownDatabases(group, present.databases.getOrDefault(group.id(), List.of())));
        }
        return all;
    }

    /// What is on the nodes.
    private final class Present {
        private final Map<NodeId, Collection<GroupId>> groups = new HashMap<>();
        /// As the primary of each group has them.
        private final Map<GroupId, Collection<DatabaseId>> databases = new HashMap<>();

        boolean ask() {
            boolean all = true;
            for (Node node : members.nodes()) {
                all &= attempt(
                        "ask node " + node.id() + " for its groups",
                        () -> groups.put(node.id(), members.client(node).groups()));
            }
            for (Group group : catalog.read(Groups::all)) {
                all &= attempt(
                        "ask the primary of group " + group.id() + " for its databases",
                        () -> databases.put(group.id(), members.primary(group).databases(group.id())));
            }
            return all;
        }
    }

    private boolean isConfirmed() {
        try {
            catalog.confirm();
            return true;
        } catch (DatabaseException e) {
            // Of its full disk the node speaks itself.
            if (e.code() != Code.DISK_FULL) {
                said.say("nodes are left as they are: the catalog here may not be the newest; tried again later: " + e);
            }
            return false;
        }
    }

    private boolean removeUnknownGroups(Present present, List<Group> known) {
        Map<GroupId, Group> byId = known.stream().collect(Collectors.toMap(Group::id, group -> group));
        boolean all = true;
        for (Node node : members.nodes()) {
            for (GroupId id : present.groups.getOrDefault(node.id(), List.of())) {
                Group group = byId.get(id);
                if (group != null) {
                    all &= attempt(
                            "take group " + id + " from node " + node.id(), () -> removeUnlessPlaced(group, node));
                } else if (!id.equals(SystemGroup.GROUP)) {
                    LOG.warn("setting group {} aside on node {}: the catalog does not name it", id, node.id());
                    all &= attempt(
                            "set group " + id + " aside on node " + node.id(),
                            () -> members.client(node).setAsideGroup(id, limits.delete()));
                }
            }
        }
        return all;
    }

    /// A location that was removed leaves this where its node did not answer, or the process died.
    private void removeUnlessPlaced(Group group, Node node) {
        // An archived one is taken from there when it is brought back.
        boolean left = catalog.group(group.id()).map(Group::archived).orElse(true);
        if (left || catalog.read(sql -> Groups.isOn(sql, group.id(), node.id()))) {
            return;
        }
        LOG.info("taking group {} from node {}: not one of its locations", group.id(), node.id());
        try {
            members.primary(group).removeListener(group.id(), node.address(), limits.membership());
        } finally {
            placement.settle(group.id()); // it may have been added again, and joined, meanwhile
        }
    }

    /// Drops the databases of one group that the catalog does not name.
    void dropUnknown(GroupId id) {
        Group group = catalog.group(id).orElse(null);
        if (group == null || group.archived()) {
            return;
        }
        Collection<DatabaseId> present = members.primary(group).databases(id);
        if (creations.awaitBegun(limits.copy()) && !activeIn(group).containsAll(present) && isConfirmed()) {
            dropUnknownDatabases(group, present);
        }
    }

    private Set<DatabaseId> activeIn(Group group) {
        return Set.copyOf(catalog.read(sql -> Databases.activeIn(sql, group.id())));
    }

    private void dropUnknownDatabases(Group group, Collection<DatabaseId> present) {
        Set<DatabaseId> active = activeIn(group);
        for (DatabaseId id : present) {
            if (active.contains(id)) {
                continue;
            }
            Optional<DatabaseInfo> draft = catalog.read(sql -> Databases.byId(sql, id));
            if (draft.isPresent()) {
                drafts.dropRest(group, id);
            } else {
                LOG.info("dropping database {}: the catalog does not name it", id);
                members.primary(group).dropDatabase(group.id(), id);
            }
        }
    }

    /// One node that does not answer must not keep the others from being mended.
    private boolean attempt(String what, Runnable work) {
        try {
            work.run();
            return true;
        } catch (RuntimeException e) {
            said.say("could not " + what + "; it is tried again later: " + e);
            return false;
        }
    }
}
