package io.skerry.catalog.fleet;

import static io.skerry.catalog.CatalogException.Reason.EXISTS;
import static io.skerry.catalog.CatalogException.Reason.INVALID;
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
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Creates and deletes databases: two entries in logs each, one in the group's and one in the catalog's.
final class DatabaseChanges {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseChanges.class);

    private final Catalog catalog;
    private final Members members;
    private final Creations creations;

    DatabaseChanges(Catalog catalog, Members members, Creations creations) {
        this.catalog = catalog;
        this.members = members;
        this.creations = creations;
    }

    DatabaseInfo create(Organization organization, Group group, String name, SizeLimit sizeLimit, Actor actor) {
        Names.check("database", name);
        String label = Names.label(name, organization.slug());
        return creations.create(label, () -> create(organization, group, name, label, sizeLimit, actor));
    }

    private DatabaseInfo create(
            Organization organization, Group group, String name, String label, SizeLimit sizeLimit, Actor actor) {
        catalog.read(sql -> requireFree(sql, organization, name, label));
        DatabaseInfo database = DatabaseInfo.create(Databases.newId(), organization.id(), group.id(), name, sizeLimit);
        NodeClient primary = members.primary(group);
        primary.createDatabase(group.id(), database.id());
        try {
            Instant now = Instant.now();
            return catalog.write(sql -> {
                requireFree(sql, organization, name, label);
                if (Groups.byId(sql, group.id())
                        .filter(present -> present.organization().equals(organization.id()))
                        .isEmpty()) {
                    // It was deleted, or given away, meanwhile.
                    throw new CatalogException(INVALID, "group not found");
                }
                Databases.insert(sql, database, label, now);
                Audit.record(sql, actor, Action.DB_CREATE, organization.id(), name, group.name(), now);
                return database;
            });
        } catch (RuntimeException e) {
            undo(primary, database, e);
            throw e;
        }
    }

    void delete(DatabaseId id, Actor actor) {
        DatabaseInfo database = catalog.write(sql -> {
            DatabaseInfo present =
                    Databases.byId(sql, id).orElseThrow(() -> new CatalogException(NOT_FOUND, "database not found"));
            if (present.deleteProtection()) {
                throw new CatalogException(
                        INVALID,
                        "database " + present.name() + " is protected from deletion: lift the protection first");
            }
            Databases.delete(sql, id);
            Audit.record(sql, actor, Action.DB_DELETE, present.organization(), present.name(), "", Instant.now());
            return present;
        });
        try {
            Group group = catalog.group(database.group()).orElseThrow(GroupChanges::notFound);
            members.primary(group).dropDatabase(group.id(), id);
        } catch (RuntimeException e) {
            LOG.warn("deleted database {} still has files, which will be removed at the next start", id, e);
        }
    }

    private boolean requireFree(Sql sql, Organization organization, String name, String label) {
        if (Databases.byName(sql, organization.id(), name).isPresent()) {
            throw new CatalogException(EXISTS, "database with name " + name + " already exists");
        }
        if (Databases.isLabelTaken(sql, label, name)) {
            throw new CatalogException(NAME_TAKEN, "database name " + name + " is not available");
        }
        return true;
    }

    private static void undo(NodeClient primary, DatabaseInfo database, RuntimeException cause) {
        if (cause instanceof DatabaseException e && e.code() == Code.OUTCOME_UNKNOWN) {
            return; // the catalog may name it: the reconciler will see
        }
        try {
            primary.dropDatabase(database.group(), database.id());
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }
}
