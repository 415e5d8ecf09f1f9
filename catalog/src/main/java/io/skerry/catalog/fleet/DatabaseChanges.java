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
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.upload.UploadOwner;
import io.skerry.catalog.upload.UploadPlace;
import io.skerry.catalog.upload.UploadUse;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.raft.PeerAddress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Creates and deletes databases: two entries in logs each, one in the group's and one in the catalog's.
final class DatabaseChanges {

    private static final Logger LOG = LoggerFactory.getLogger(DatabaseChanges.class);

    private final Catalog catalog;
    private final Members members;
    private final Creations creations;
    private final FillOrders orders;
    private final FleetLimits limits;
    private final FleetSizes sizes;

    DatabaseChanges(
            Catalog catalog,
            Members members,
            Creations creations,
            FillOrders orders,
            FleetLimits limits,
            FleetSizes sizes) {
        this.catalog = catalog;
        this.members = members;
        this.creations = creations;
        this.orders = orders;
        this.limits = limits;
        this.sizes = sizes;
    }

    DatabaseInfo create(
            Organization organization,
            Group group,
            String name,
            SizeLimit sizeLimit,
            @Nullable Seed seed,
            Actor actor,
            Requester requester) {
        Names.check("database", name);
        String label = Names.label(name, organization.slug());
        Seeding seeding = new Seeding(organization.id(), group.id(), name);
        return creations.create(label, seeding, () -> {
            try (Requester.Watch _ = seeding.endWith(requester)) {
                return whileThere(group, seed, () -> {
                    catalog.read(sql -> requireFree(sql, organization, group, name, label));
                    DatabaseInfo database = create(organization, group, name, sizeLimit, seed);
                    Supplier<DatabaseInfo> enter = () -> enter(organization, group, database, label, seed, actor);
                    Node node = members.node(group.id(), group.primary());
                    NodeClient primary = members.client(node);
                    return switch (seed) {
                        case null -> Filling.make(primary, database, () -> {}, enter);
                        case Seed.Copy copy ->
                            orders.with(
                                    node.id(),
                                    organization.id(),
                                    () -> Filling.make(
                                            primary,
                                            database,
                                            () -> fill(seeding, primary, database, source(copy)),
                                            enter));
                        case Seed.Dump dump ->
                            orders.with(
                                    node.id(),
                                    organization.id(),
                                    () -> load(seeding, organization, database, primary, dump.place(), enter));
                        case Seed.Upload upload -> enter.get();
                    };
                });
            }
        });
    }

    private void fill(Seeding seeding, NodeClient primary, DatabaseInfo database, CopySource source) {
        seeding.fill(progress -> Filling.fill(primary, database, source, limits.copy(), progress));
    }

    private static DatabaseInfo create(
            Organization organization, Group group, String name, SizeLimit sizeLimit, @Nullable Seed seed) {
        DatabaseInfo database = DatabaseInfo.create(
                Databases.newId(),
                organization.id(),
                group.id(),
                name,
                seed instanceof Seed.Upload ? DatabaseInfo.State.DRAFT : DatabaseInfo.State.ACTIVE,
                sizeLimit,
                parent(seed));
        return seed instanceof Seed.Copy(DatabaseRoute original)
                ? database.restrictedAs(original.database())
                : database;
    }

    /// The original may have been restricted while it was copied.
    private static DatabaseInfo asItsOriginal(Sql sql, DatabaseInfo database) {
        DatabaseInfo.Parent parent = database.parent();
        return parent == null
                ? database
                : Databases.byId(sql, parent.id()).map(database::restrictedAs).orElse(database);
    }

    /// Where the group is deleted, or archived, meanwhile, or the original of a copy is gone, nodes fail in ways that
    /// are nobody's business.
    private DatabaseInfo whileThere(Group group, @Nullable Seed seed, Supplier<DatabaseInfo> work) {
        try {
            return work.get();
        } catch (DatabaseException e) {
            Group present = catalog.group(group.id()).orElse(null);
            if (present != null) {
                present.requireOpen();
                requireOriginal(seed);
                throw e;
            }
            LOG.info("group {} was deleted while a database was made in it: {}", group.id(), e.getMessage());
            throw noGroup();
        }
    }

    private void requireOriginal(@Nullable Seed seed) {
        if (seed instanceof Seed.Copy(DatabaseRoute original)
                && catalog.byId(original.database().id()).isEmpty()) {
            throw invalid("database " + original.database().name() + " was deleted before it was copied");
        }
    }

    /// What is wrong with a dump is known before anything is made for it.
    private DatabaseInfo load(
            Seeding seeding,
            Organization organization,
            DatabaseInfo database,
            NodeClient primary,
            UploadPlace place,
            Supplier<DatabaseInfo> enter) {
        Node node = catalog.node(place.node()).orElseThrow(() -> invalid("the node that had the dump is gone"));
        NodeClient holder = members.client(node);
        UploadUse use = new UploadUse(new UploadOwner.OfOrganization(organization.id()), database.id());
        try {
            build(seeding, holder, place, use).ifPresent(wrong -> {
                throw invalid(wrong);
            });
        } catch (DatabaseException e) {
            // Else it would take its place at the holder until its time is over: nobody hears that it was
            // built. Where another call uses it, nothing happens.
            Filling.discard(holder, place.upload(), use);
            throw e;
        }
        try {
            CopySource source = new CopySource.OfUpload(node.address(), place.upload());
            return Filling.make(primary, database, () -> fill(seeding, primary, database, source), enter);
        } finally {
            Filling.discard(holder, place.upload(), use);
        }
    }

    /// One that is not there is a fault of the request here, which names it in its body.
    private Optional<String> build(Seeding seeding, NodeClient holder, UploadPlace place, UploadUse use) {
        try {
            return seeding.prepare(progress -> holder.buildUpload(place.upload(), use, limits.copy(), progress));
        } catch (CatalogException e) {
            if (e.reason() == NOT_FOUND) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private static CatalogException invalid(String why) {
        return new CatalogException(INVALID, "invalid seed: " + why);
    }

    private static DatabaseInfo.@Nullable Parent parent(@Nullable Seed seed) {
        return seed instanceof Seed.Copy(DatabaseRoute original)
                ? new DatabaseInfo.Parent(
                        original.database().id(),
                        original.database().name(),
                        Instant.now().truncatedTo(ChronoUnit.MILLIS))
                : null;
    }

    private CopySource source(Seed.Copy copy) {
        Group from = copy.original().group();
        from.requireOpen();
        PeerAddress holder = members.node(from.id(), from.primary()).address();
        return new CopySource.OfDatabase(
                holder, from.id(), copy.original().database().id());
    }

    private DatabaseInfo enter(
            Organization organization,
            Group group,
            DatabaseInfo database,
            String label,
            @Nullable Seed seed,
            Actor actor) {
        String with = group.name() + from(seed);
        Instant now = Instant.now();
        return catalog.write(sql -> {
            requireFree(sql, organization, group, database.name(), label);
            if (Groups.byId(sql, group.id())
                    .filter(present -> present.organization().equals(organization.id()))
                    .isEmpty()) {
                // It was deleted, or given away, meanwhile.
                throw noGroup();
            }
            DatabaseInfo entered = asItsOriginal(sql, database);
            Databases.insert(sql, entered, label, now);
            Audit.record(sql, actor, Action.DB_CREATE, organization.id(), database.name(), with, now);
            return entered;
        });
    }

    /// For the audit log; that of a dump names it as its upload does.
    private static String from(@Nullable Seed seed) {
        return switch (seed) {
            case null -> "";
            case Seed.Copy(DatabaseRoute original) ->
                ", from database " + original.database().name();
            case Seed.Dump(UploadPlace place) -> ", from dump " + place.upload();
            case Seed.Upload _ -> ", waits for a file";
        };
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
        creations.deleted(id);
        members.awaitCatalog(catalog.frame(), limits.spread()); // what goes on there ends in words
        try {
            Group group = catalog.group(database.group()).orElseThrow(GroupChanges::notFound);
            if (group.archived()) {
                LOG.info("deleted database {} has files until its group is brought back or deleted", id);
                return;
            }
            members.primary(group).dropDatabase(group.id(), id);
        } catch (RuntimeException e) {
            LOG.warn("deleted database {} still has files, which will be removed later", id, e);
        }
    }

    private static CatalogException noGroup() {
        return new CatalogException(INVALID, "group not found");
    }

    private boolean requireFree(Sql sql, Organization organization, Group group, String name, String label) {
        if (Databases.byName(sql, organization.id(), name).isPresent()) {
            throw new CatalogException(EXISTS, "database with name " + name + " already exists");
        }
        if (Databases.isLabelTaken(sql, label, name)) {
            throw new CatalogException(NAME_TAKEN, "database name " + name + " is not available");
        }
        Groups.byId(sql, group.id()).ifPresent(Group::requireOpen);
        sizes.requireRoom(sql, group.id());
        return true;
    }
}
