package io.skerry.catalog.fleet;

import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.GroupId;
import io.skerry.raft.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Archives groups and brings them back: the catalog says so, every node follows its own copy of it ([OpenGroups]),
/// and whoever asked is answered when they have, as far as they can be reached.
final class ArchiveChanges {

    private static final Logger LOG = LoggerFactory.getLogger(ArchiveChanges.class);

    private final Catalog catalog;
    private final Members members;
    private final KeyedLocks<GroupId> changing;
    private final Placement placement;
    private final Reconciler reconciler;
    private final Background background;
    private final FleetLimits limits;
    private final FleetSizes sizes;

    /// @param changing held while a change of a group's locations enters the catalog, or that it is archived, brought
    ///     back or deleted
    ArchiveChanges(
            Catalog catalog,
            Members members,
            KeyedLocks<GroupId> changing,
            Placement placement,
            Reconciler reconciler,
            Background background,
            FleetLimits limits,
            FleetSizes sizes) {
        this.catalog = catalog;
        this.members = members;
        this.changing = changing;
        this.placement = placement;
        this.reconciler = reconciler;
        this.background = background;
        this.limits = limits;
        this.sizes = sizes;
    }

    Group archive(GroupId id, Actor actor) {
        Group group = changing.with(id, () -> {
            Group before = catalog.read(sql -> present(sql, id));
            return before.archived() ? before : enter(id, true, actor);
        });
        members.settle(holders(id), id, catalog.frame(), limits.delete());
        return group;
    }

    Group unarchive(GroupId id, Actor actor) {
        Group group = placement.settleIfDoubted(
                id,
                () -> changing.with(id, () -> {
                    Group before = catalog.read(sql -> present(sql, id));
                    return before.archived() ? enter(id, false, actor) : before;
                }));
        List<Node> primary = known(catalog.read(sql -> Groups.nodes(sql, id, group.primary())));
        members.settle(primary, id, catalog.frame(), limits.membership());
        background.now(() -> finish(id));
        return group;
    }

    private Group enter(GroupId id, boolean archived, Actor actor) {
        // Nobody else changes its locations meanwhile.
        List<Node> holders = holders(id);
        return catalog.write(sql -> {
            Group before = present(sql, id);
            if (before.archived() == archived) {
                return before;
            }
            if (!archived) {
                holders.forEach(node -> sizes.requireRoom(sql, node));
            }
            Groups.archive(sql, id, archived);
            Action action = archived ? Action.GROUP_ARCHIVE : Action.GROUP_UNARCHIVE;
            Audit.record(sql, actor, action, before.organization(), before.name(), "", Instant.now());
            return present(sql, id);
        });
    }

    /// What was asked for, or half done, before the group was archived.
    private void finish(GroupId id) {
        placement.settle(id);
        try {
            reconciler.dropUnknown(id);
        } catch (RuntimeException e) {
            LOG.warn("group {}: what was deleted while it was archived is removed later: {}", id, e.toString());
        }
    }

    private List<Node> holders(GroupId id) {
        return known(catalog.read(sql -> Groups.holders(sql, id)));
    }

    private List<Node> known(List<NodeId> ids) {
        return ids.stream().map(catalog::node).flatMap(Optional::stream).toList();
    }

    private static Group present(Sql sql, GroupId id) {
        return Groups.byId(sql, id).orElseThrow(() -> new CatalogException(NOT_FOUND, "group not found"));
    }
}
