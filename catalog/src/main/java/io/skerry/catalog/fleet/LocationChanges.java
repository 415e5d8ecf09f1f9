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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Adds locations to groups and takes them away: the catalog says at once where a group is to be, and
/// [Placement] sees to it.
final class LocationChanges {

    private static final Logger LOG = LoggerFactory.getLogger(LocationChanges.class);

    /// Who waits for a long copy asks its primary this often in the end.
    private static final Duration POLL_MAX = Duration.ofMillis(400);

    private final Catalog catalog;
    private final Members members;
    private final KeyedLocks<GroupId> changing;
    private final Placement placement;
    private final Background background;
    private final FleetLimits limits;
    private final FleetSizes sizes;

    /// @param changing held while a change of a group's locations enters the catalog, or its deletion
    LocationChanges(
            Catalog catalog,
            Members members,
            KeyedLocks<GroupId> changing,
            Placement placement,
            Background background,
            FleetLimits limits,
            FleetSizes sizes) {
        this.catalog = catalog;
        this.members = members;
        this.changing = changing;
        this.placement = placement;
        this.background = background;
        this.limits = limits;
        this.sizes = sizes;
    }

    Group add(GroupId id, LocationCode location, Actor actor) {
        Node node = catalog.nodesAt(location).stream()
                .findFirst()
                .orElseThrow(() -> new CatalogException(INVALID, "invalid location: " + location));
        GroupLocation entered = new GroupLocation(location, UUID.randomUUID());
        Group group = placement.settleIfDoubted(
                id,
                () -> changing.with(id, () -> {
                    Group present = catalog.read(sql -> present(sql, id));
                    if (present.place(location).isPresent()) {
                        return present;
                    }
                    return enter(present, entered, node, actor);
                }));
        // Without the lock: others may change its locations meanwhile.
        GroupLocation place = group.place(location).orElseThrow();
        CountDownLatch join = placement.settle(id, place);
        if (!place.equals(entered)) {
            background.now(() -> endIfJoined(join, group, location));
        }
        awaitJoin(join, group, place);
        return group;
    }

    /// Its turn may come late, and there is nothing to wait for.
    private void endIfJoined(CountDownLatch join, Group group, LocationCode location) {
        if (members.hasJoined(group, location)) {
            join.countDown();
        }
    }

    /// What comes of it does not change the answer: the catalog's word is given.
    private void awaitJoin(CountDownLatch join, Group group, GroupLocation place) {
        long end = System.nanoTime() + limits.addition().toNanos();
        try {
            for (long left = limits.addition().toNanos(); left > 0; left = end - System.nanoTime()) {
                long look = Math.min(left, limits.poll().toNanos());
                if (join.await(look, TimeUnit.NANOSECONDS) || !isWanted(group, place)) {
                    return;
                }
            }
            LOG.debug("group {} does not have {} for a member yet; its call is answered", group.id(), place.code());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isWanted(Group group, GroupLocation place) {
        try {
            return catalog.group(group.id())
                    .filter(now -> !now.archived())
                    .flatMap(now -> now.place(place.code()))
                    .filter(place::equals)
                    .isPresent();
        } catch (DatabaseException e) {
            LOG.debug("group {}: whether it is still to be at {} cannot be told now", group.id(), place.code(), e);
            return true;
        }
    }

    private Group enter(Group group, GroupLocation place, Node node, Actor actor) {
        Instant now = Instant.now();
        return catalog.write(sql -> {
            present(sql, group.id()).requireOpen();
            sizes.requireRoom(sql, node);
            Groups.addLocation(sql, group.id(), place, node.id(), false, now);
            record(sql, actor, Action.INSTANCE_CREATE, group, node.location(), now);
            return present(sql, group.id());
        });
    }

    Group remove(GroupId id, LocationCode location, Actor actor) {
        Removed removed = placement.settleIfDoubted(id, () -> changing.with(id, () -> forget(id, location, actor)));
        // Without the lock, which others need meanwhile: if one of them adds the location again, its node may
        // leave after it has joined, and joins anew.
        vacate(removed.left(), removed.node());
        return removed.left();
    }

    /// A group that is no more at the location that a node has.
    private record Removed(Group left, Node node) {}

    private Removed forget(GroupId id, LocationCode location, Actor actor) {
        Group group = catalog.read(sql -> present(sql, id));
        if (location.equals(group.primary())) {
            throw new CatalogException(
                    INVALID, "cannot remove primary location " + location + " from group " + group.name());
        }
        if (group.place(location).isEmpty()) {
            throw new CatalogException(INVALID, "Invalid location code");
        }
        Node node = members.node(id, location);
        Group left = catalog.write(sql -> {
            present(sql, id).requireOpen();
            Groups.removeLocation(sql, id, location);
            record(sql, actor, Action.INSTANCE_DELETE, group, location, Instant.now());
            return present(sql, id);
        });
        return new Removed(left, node);
    }

    /// Ends a join that is under way there, too, which the group's turn in [Placement] would wait for.
    private void vacate(Group group, Node node) {
        CountDownLatch end = new CountDownLatch(1);
        background.now(() -> {
            try {
                members.primary(group).removeListener(group.id(), node.address(), limits.membership());
            } catch (RuntimeException e) {
                LOG.warn("group {} is still on node {} and is removed later: {}", group.id(), node.id(), e.toString());
            } finally {
                end.countDown();
                // It may have failed, or come after the location was added again.
                placement.settle(group.id());
            }
        });
        try {
            if (!end.await(limits.removal().toNanos(), TimeUnit.NANOSECONDS)) {
                LOG.info("group {} is being removed from node {}; its call is answered", group.id(), node.id());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void record(Sql sql, Actor actor, Action action, Group group, LocationCode location, Instant now) {
        Audit.record(sql, actor, action, group.organization(), group.name(), location.value(), now);
    }

    boolean await(GroupId id, LocationCode location, Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        Duration pause = limits.poll();
        while (!isServing(id, location)) {
            if (System.nanoTime() >= end) {
                return false;
            }
            sleep(pause);
            pause = pause.compareTo(POLL_MAX) < 0 ? pause.multipliedBy(2) : pause;
        }
        return true;
    }

    private boolean isServing(GroupId id, LocationCode location) {
        Group group = catalog.group(id).orElseThrow(GroupChanges::notFound);
        if (group.place(location).isEmpty()) {
            throw new CatalogException(NOT_FOUND, "location " + location + " is not part of group " + group.name());
        }
        group.requireOpen();
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

    private static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(Code.UNAVAILABLE, "the node is stopping", e);
        }
    }

    private static Group present(Sql sql, GroupId id) {
        return Groups.byId(sql, id).orElseThrow(GroupChanges::notFound);
    }
}
