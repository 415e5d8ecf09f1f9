package io.skerry.catalog.fleet;

import static io.skerry.catalog.CatalogException.Reason.EXISTS;
import static io.skerry.catalog.CatalogException.Reason.INVALID;
import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.Names;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.GroupLocation;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import io.skerry.raft.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Creates and deletes groups.
final class GroupChanges {

    private static final Logger LOG = LoggerFactory.getLogger(GroupChanges.class);

    /// What the API calls the version of a group's servers: the release of libSQL's server whose protocols we
    /// speak. Clients show it, and some look for a generation in it.
    static final String VERSION = "v0.24.33";

    private final Catalog catalog;
    private final Members members;
    private final Creations creations;
    private final KeyedLocks<GroupId> changing;
    private final FleetLimits limits;
    private final FleetSizes sizes;

    /// @param changing held while a change of a group's locations enters the catalog, or its deletion
    GroupChanges(
            Catalog catalog,
            Members members,
            Creations creations,
            KeyedLocks<GroupId> changing,
            FleetLimits limits,
            FleetSizes sizes) {
        this.catalog = catalog;
        this.members = members;
        this.creations = creations;
        this.changing = changing;
        this.limits = limits;
        this.sizes = sizes;
    }

    void bootstrap(String slug, String name, LocationCode primary) {
        Organization organization = catalog.read(sql -> Organizations.bySlug(sql, slug))
                .orElseThrow(() -> new CatalogException(NOT_FOUND, "organization not found"));
        if (catalog.read(sql -> Groups.byName(sql, organization.id(), name)).isEmpty()) {
            create(organization, name, primary, "", Actor.SYSTEM);
        }
    }

    Group create(Organization organization, String name, LocationCode primary, String extensions, Actor actor) {
        Names.check("group", name);
        Node node = catalog.nodesAt(primary).stream()
                .findFirst()
                .orElseThrow(() -> new CatalogException(INVALID, "invalid location: " + primary));
        return creations.create(
                organization.id() + "/" + name, () -> create(organization, name, node, extensions, actor));
    }

    private Group create(Organization organization, String name, Node node, String extensions, Actor actor) {
        catalog.read(sql -> {
            requireFree(Groups.byName(sql, organization.id(), name).isPresent());
            sizes.requireRoom(sql, node);
            return true;
        });
        GroupLocation place = new GroupLocation(node.location(), UUID.randomUUID());
        Group group = new Group(
                new GroupId(UUID.randomUUID()),
                organization.id(),
                name,
                node.location(),
                List.of(place),
                VERSION,
                extensions,
                false,
                false,
                1);
        members.client(node).createGroup(group.id(), limits.create());
        try {
            Instant now = Instant.now();
            return catalog.write(sql -> {
                Organizations.require(sql, organization.id());
                requireFree(Groups.byName(sql, organization.id(), name).isPresent());
                sizes.requireRoom(sql, node);
                Groups.insert(sql, group, now);
                Groups.addLocation(sql, group.id(), place, node.id(), true, now);
                Audit.record(
                        sql,
                        actor,
                        Action.GROUP_CREATE,
                        organization.id(),
                        name,
                        node.location().value(),
                        now);
                return group;
            });
        } catch (RuntimeException e) {
            undo(node, group.id(), e);
            throw e;
        }
    }

    void delete(Group group, Actor actor) {
        List<NodeId> holders = changing.with(group.id(), () -> catalog.write(sql -> forget(sql, group.id(), actor)));
        // Without the lock: who wants anything of the group is told at once that it is gone.
        members.awaitCatalog(catalog.frame(), limits.spread()); // what goes on there ends in words
        // The primary, which is the first, ends what it does with the others.
        holders.stream().map(catalog::node).flatMap(Optional::stream).forEach(node -> dismantle(node, group.id()));
    }

    private static List<NodeId> forget(Sql sql, GroupId id, Actor actor) {
        Group present = Groups.byId(sql, id).orElseThrow(GroupChanges::notFound);
        if (present.deleteProtection()) {
            throw new CatalogException(
                    INVALID, "group " + present.name() + " is protected from deletion: lift the protection first");
        }
        List<String> kept = Databases.protectedIn(sql, id);
        if (!kept.isEmpty()) {
            throw new CatalogException(
                    INVALID,
                    "database " + kept.getFirst() + " of group " + present.name()
                            + " is protected from deletion: lift the protection first");
        }
        List<NodeId> nodes = present.locations().stream()
                .flatMap(location -> Groups.nodes(sql, id, location).stream())
                .toList();
        String with = "with its databases (" + Databases.countIn(sql, id) + ")";
        Groups.delete(sql, id);
        Audit.record(sql, actor, Action.GROUP_DELETE, present.organization(), present.name(), with, Instant.now());
        return nodes;
    }

    /// For the caller the group is gone. A node that does not answer is left to the reconciler; one that does not close
    /// the group in time deletes it when it has, and one that cannot delete its files shows the group to the
    /// reconciler after its next start.
    private void dismantle(Node node, GroupId group) {
        try {
            members.client(node).deleteGroup(group, limits.delete());
        } catch (RuntimeException e) {
            LOG.warn("deleted group {} is still on node {} and is removed later: {}", group, node.id(), e.toString());
        }
    }

    private void undo(Node node, GroupId group, RuntimeException cause) {
        if (cause instanceof DatabaseException e && e.code() == Code.OUTCOME_UNKNOWN) {
            return; // the catalog may name it: the reconciler will see
        }
        try {
            members.client(node).deleteGroup(group, limits.delete());
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    static CatalogException notFound() {
        return new CatalogException(NOT_FOUND, "group not found");
    }

    private static void requireFree(boolean exists) {
        if (exists) {
            throw new CatalogException(EXISTS, "group already exists");
        }
    }
}
