package io.skerry.catalog.fleet;

import static io.skerry.catalog.CatalogException.Reason.INVALID;
import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.GroupLocation;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Adds locations to groups and takes them away.
final class LocationChanges {

    private static final Logger LOG = LoggerFactory.getLogger(LocationChanges.class);

    private final Catalog catalog;
    private final Members members;
    private final FleetLimits limits;
    private final KeyedLocks<GroupId> changing = new KeyedLocks<>();

    LocationChanges(Catalog catalog, Members members, FleetLimits limits) {
        this.catalog = catalog;
        this.members = members;
        this.limits = limits;
    }

    Group add(GroupId id, LocationCode location, Actor actor) {
        Node node = catalog.nodesAt(location).stream()
                .findFirst()
                .orElseThrow(() -> new CatalogException(INVALID, "invalid location: " + location));
        return changing.with(id, () -> {
            Group group = catalog.read(sql -> present(sql, id));
            if (group.place(location).isPresent()) {
                return group;
            }
            if (group.archived()) {
                throw new CatalogException(INVALID, "group " + group.name() + " is archived");
            }
            NodeClient primary = members.primary(group);
            CopyProgress progress = CopyProgress.begin(id, location, node.id(), primary, limits, LOG::info);
            try {
                primary.addListener(id, node.address(), limits.membership());
                return enter(group, node, actor);
            } catch (RuntimeException e) {
                progress.close();
                throw e;
            }
        });
    }

    Group remove(GroupId id, LocationCode location, Actor actor) {
        return changing.with(id, () -> {
            Group group = catalog.read(sql -> present(sql, id));
            if (location.equals(group.primary())) {
                throw new CatalogException(
                        INVALID, "cannot remove primary location " + location + " from group " + group.name());
            }
            if (group.place(location).isEmpty()) {
                throw new CatalogException(INVALID, "Invalid location code");
            }
            // The member first: if that fails, the group is as before and the call can be repeated. A crash
            // before the next step leaves a location without its member, which the reconciler brings back.
            Node node = members.node(id, location);
            members.primary(group).removeListener(id, node.address(), limits.membership());
            return catalog.write(sql -> {
                present(sql, id);
                Groups.removeLocation(sql, id, location);
                Audit.record(
                        sql,
                        actor,
                        Action.INSTANCE_DELETE,
                        group.organization(),
                        group.name(),
                        location.value(),
                        Instant.now());
                return present(sql, id);
            });
        });
    }

    boolean await(GroupId id, LocationCode location, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        while (!isServing(id, location)) {
            if (System.nanoTime() >= end) {
                return false;
            }
            pause();
        }
        return true;
    }

    private Group enter(Group group, Node node, Actor actor) {
        GroupLocation place = new GroupLocation(node.location(), UUID.randomUUID());
        Instant now = Instant.now();
        try {
            return catalog.write(sql -> {
                present(sql, group.id());
                Groups.addLocation(sql, group.id(), place, node.id(), false, now);
                Audit.record(
                        sql,
                        actor,
                        Action.INSTANCE_CREATE,
                        group.organization(),
                        group.name(),
                        node.location().value(),
                        now);
                return present(sql, group.id());
            });
        } catch (RuntimeException e) {
            if (!(e instanceof DatabaseException refused && refused.code() == Code.OUTCOME_UNKNOWN)) {
                undo(group, node, e);
            }
            throw e;
        }
    }

    private void undo(Group group, Node node, RuntimeException cause) {
        try {
            members.primary(group).removeListener(group.id(), node.address(), limits.membership());
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private boolean isServing(GroupId id, LocationCode location) {
        Group group = catalog.group(id).orElseThrow(GroupChanges::notFound);
        if (group.place(location).isEmpty()) {
            throw new CatalogException(NOT_FOUND, "location " + location + " is not part of group " + group.name());
        }
        boolean serving = members.states(group).stream()
                .anyMatch(state -> state.location().equals(location) && state.serving());
        return serving && hasEveryDatabase(group, location);
    }

    private boolean hasEveryDatabase(Group group, LocationCode location) {
        Set<DatabaseId> missing = new HashSet<>(catalog.read(sql -> Databases.activeIn(sql, group.id())));
        try {
            missing.removeAll(Set.copyOf(
                    members.client(members.node(group.id(), location)).databases(group.id())));
            return missing.isEmpty();
        } catch (DatabaseException e) {
            LOG.debug("{} cannot tell its databases of group {} yet", location, group.id(), e);
            return false;
        }
    }

    private void pause() {
        try {
            Thread.sleep(limits.poll());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(Code.UNAVAILABLE, "the node is stopping", e);
        }
    }

    private static Group present(Sql sql, GroupId id) {
        return Groups.byId(sql, id).orElseThrow(GroupChanges::notFound);
    }
}
