package io.skerry.catalog.fleet;

import static io.skerry.catalog.CatalogException.Reason.EXISTS;
import static io.skerry.catalog.CatalogException.Reason.INVALID;
import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.database.DatabaseInfo;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.upload.UploadPlace;
import io.skerry.catalog.upload.UploadUse;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Databases that wait for the upload of their content. A draft has a name, a configuration and tokens,
/// and no node has anything of it: what a node has is the rest of an attempt that failed, which the
/// next attempt or the reconciler drops.
final class Drafts {

    private static final Logger LOG = LoggerFactory.getLogger(Drafts.class);

    private final Catalog catalog;
    private final Members members;
    private final Creations creations;
    private final FillOrders orders;
    private final FleetLimits limits;

    Drafts(Catalog catalog, Members members, Creations creations, FillOrders orders, FleetLimits limits) {
        this.catalog = catalog;
        this.members = members;
        this.creations = creations;
        this.orders = orders;
        this.limits = limits;
    }

    DatabaseInfo activate(DatabaseRoute route, UploadPlace place, Actor actor, Requester requester) {
        DatabaseId id = route.database().id();
        Seeding seeding = new Seeding(
                route.organization().id(), route.group().id(), route.database().name());
        return creations.create(Creations.contentOf(id), seeding, () -> {
            try (Requester.Watch _ = seeding.endWith(requester)) {
                return whileThere(id, () -> {
                    DatabaseInfo draft = catalog.read(sql -> draft(sql, id));
                    Node primary =
                            members.node(route.group().id(), route.group().primary());
                    return orders.with(
                            primary.id(),
                            draft.organization(),
                            () -> fill(seeding, draft, members.client(primary), place, actor));
                });
            }
        });
    }

    private DatabaseInfo fill(Seeding seeding, DatabaseInfo draft, NodeClient primary, UploadPlace place, Actor actor) {
        DatabaseId id = draft.id();
        Node node = catalog.node(place.node())
                .orElseThrow(() -> new CatalogException(
                        NOT_FOUND, "there is no such upload (any more): the node that had it is gone"));
        NodeClient holder = members.client(node);
        UploadUse use = UploadUse.ofDraft(id);
        seeding.prepare(progress -> holder.buildUpload(place.upload(), use, limits.copy(), progress))
                .ifPresent(wrong -> {
                    throw invalid(wrong);
                });
        primary.dropDatabase(draft.group(), id);
        CopySource source = new CopySource.OfUpload(node.address(), place.upload());
        DatabaseInfo active = Filling.make(
                primary,
                draft,
                () -> seeding.fill(progress -> Filling.fill(primary, draft, source, limits.copy(), progress)),
                () -> enter(id, actor));
        Filling.discard(holder, place.upload(), use);
        return active;
    }

    /// Where the draft is deleted meanwhile, or its group is deleted or archived, nodes fail in ways that are nobody's
    /// business.
    private DatabaseInfo whileThere(DatabaseId id, Supplier<DatabaseInfo> work) {
        try {
            return work.get();
        } catch (DatabaseException e) {
            DatabaseRoute present = catalog.byId(id).orElse(null);
            if (present != null) {
                present.group().requireOpen();
                throw e;
            }
            LOG.info("database {} was deleted while it was filled: {}", id, e.getMessage());
            throw new CatalogException(NOT_FOUND, "database not found");
        }
    }

    /// Drops what an attempt that failed has left on the primary. Not while another one is under way: what is
    /// there then is about to be the database.
    void dropRest(Group group, DatabaseId draft) {
        creations.create(Creations.contentOf(draft), () -> {
            Optional<DatabaseInfo> present = catalog.read(sql -> Databases.byId(sql, draft));
            if (present.isEmpty() || present.get().isDraft()) {
                LOG.info("dropping the rest of an upload of database {}", draft);
                members.primary(group).dropDatabase(group.id(), draft);
            }
            return present;
        });
    }

    private DatabaseInfo enter(DatabaseId id, Actor actor) {
        return catalog.write(sql -> {
            DatabaseInfo draft = draft(sql, id);
            Databases.activate(sql, id);
            Audit.record(sql, actor, Action.DB_UPLOAD, draft.organization(), draft.name(), "", Instant.now());
            return Databases.byId(sql, id).orElseThrow();
        });
    }

    private static DatabaseInfo draft(Sql sql, DatabaseId id) {
        DatabaseInfo present =
                Databases.byId(sql, id).orElseThrow(() -> new CatalogException(NOT_FOUND, "database not found"));
        if (!present.isDraft()) {
            throw new CatalogException(EXISTS, "database " + present.name() + " has its content already");
        }
        Groups.byId(sql, present.group()).ifPresent(Group::requireOpen);
        return present;
    }

    private static CatalogException invalid(String why) {
        return new CatalogException(INVALID, "invalid upload: " + why);
    }

    /// Deletes those that were created before a moment. One that is being filled loses its name under
    /// the hands of whoever fills it, as if its owner had deleted it.
    void deleteBefore(Instant moment) {
        List<DatabaseId> old = catalog.read(sql -> Databases.draftsBefore(sql, moment));
        for (DatabaseId id : old) {
            boolean deleted = catalog.write(sql -> delete(sql, id));
            if (deleted) {
                creations.deleted(id);
                LOG.info("database {} waited too long for its content and is deleted", id);
            }
        }
    }

    private static boolean delete(Sql sql, DatabaseId id) {
        DatabaseInfo present = Databases.byId(sql, id).orElse(null);
        if (present == null || !present.isDraft()) {
            return false;
        }
        Databases.delete(sql, id);
        Audit.record(
                sql,
                Actor.SYSTEM,
                Action.DB_DELETE,
                present.organization(),
                present.name(),
                "waited too long for its content",
                Instant.now());
        return true;
    }
}
