package io.skerry.catalog.group;

import static io.skerry.catalog.CatalogException.Reason.EXISTS;
import static io.skerry.catalog.CatalogException.Reason.NAME_TAKEN;
import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.Names;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.database.DatabaseInfo;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Changes of a group that concern the catalog alone. They run on the node that leads the system group.
/// Thread-safe. Each returns the group as it is now, writes nothing if that is as it was, and throws NOT_FOUND if
/// the group is gone.
public final class GroupEdits {

    private final Catalog catalog;

    public GroupEdits(Catalog catalog) {
        this.catalog = catalog;
    }

    public Group protect(Group group, boolean on, Actor actor) {
        if (group.deleteProtection() == on) {
            return group;
        }
        return edit(group.id(), on ? Action.GROUP_PROTECT : Action.GROUP_UNPROTECT, "", actor, (sql, present) -> {
            Groups.protect(sql, present.id(), on);
        });
    }

    /// Its databases keep their host names, and tokens stay good: both follow ids.
    ///
    /// @throws CatalogException INVALID name; EXISTS
    public Group rename(Group group, String name, Actor actor) {
        Names.check("group", name);
        if (group.name().equals(name)) {
            return group;
        }
        return edit(group.id(), Action.GROUP_RENAME, "now " + name, actor, (sql, present) -> {
            Optional<Group> holder = Groups.byName(sql, present.organization(), name);
            if (holder.isPresent() && !holder.get().id().equals(present.id())) {
                throw new CatalogException(EXISTS, "group already exists");
            }
            Groups.rename(sql, present.id(), name);
        });
    }

    /// Gives the group and its databases to another organization. Their tokens stay good, and the host names that
    /// they had go on meaning them until their former organization gives one of the names to another database.
    /// API tokens that are restricted to the group end: they were for a member of the former organization.
    ///
    /// @throws CatalogException EXISTS or NAME_TAKEN if the organization has a group or a database of such a name
    public Group transfer(Group group, Organization target, Actor actor) {
        if (group.organization().equals(target.id())) {
            return group;
        }
        return catalog.write(sql -> {
            Group before = present(sql, group.id());
            Organizations.require(sql, target.id());
            if (Groups.byName(sql, target.id(), before.name()).isPresent()) {
                throw new CatalogException(
                        EXISTS, "group already exists: " + before.name() + " in organization " + target.slug());
            }
            for (DatabaseId database : Databases.idsOf(sql, before.id())) {
                Databases.byId(sql, database).ifPresent(present -> move(sql, present, target));
            }
            Groups.transfer(sql, before.id(), target.id());
            for (OrganizationId side : List.of(before.organization(), target.id())) {
                Audit.record(
                        sql, actor, Action.GROUP_TRANSFER, side, before.name(), "to " + target.slug(), Instant.now());
            }
            return present(sql, group.id());
        });
    }

    private static void move(Sql sql, DatabaseInfo database, Organization target) {
        String name = database.name();
        if (Databases.byName(sql, target.id(), name).isPresent()) {
            throw new CatalogException(
                    EXISTS, "database with name " + name + " already exists in organization " + target.slug());
        }
        String label = Names.label(name, target.slug());
        if (Databases.isLabelTaken(sql, label, name)) {
            throw new CatalogException(
                    NAME_TAKEN, "database name " + name + " is not available in organization " + target.slug());
        }
        Databases.transfer(sql, database.id(), target.id(), label);
    }

    private Group edit(GroupId id, Action action, String message, Actor actor, BiConsumer<Sql, Group> work) {
        return catalog.write(sql -> {
            Group before = present(sql, id);
            work.accept(sql, before);
            Audit.record(sql, actor, action, before.organization(), before.name(), message, Instant.now());
            return present(sql, id);
        });
    }

    private static Group present(Sql sql, GroupId id) {
        return Groups.byId(sql, id).orElseThrow(() -> new CatalogException(NOT_FOUND, "group not found"));
    }
}
