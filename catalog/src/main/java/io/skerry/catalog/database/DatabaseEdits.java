package io.skerry.catalog.database;

import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.DatabaseId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// Changes of a database that concern the catalog alone. They run on the node that leads the system group; other
/// nodes heed them as soon as the change is applied there. Thread-safe.
public final class DatabaseEdits {

    private final Catalog catalog;

    public DatabaseEdits(Catalog catalog) {
        this.catalog = catalog;
    }

    /// @return the database as it is now; nothing is written if that is as it was
    /// @throws CatalogException NOT_FOUND
    public DatabaseInfo configure(DatabaseId id, DatabaseChange change, Actor actor) {
        DatabaseInfo before = catalog.read(sql -> present(sql, id));
        if (change.applyTo(before).equals(before)) {
            return before;
        }
        return catalog.write(sql -> {
            DatabaseInfo present = present(sql, id);
            DatabaseInfo changed = change.applyTo(present);
            Databases.configure(sql, changed);
            record(sql, present, changed, actor);
            return changed;
        });
    }

    /// Protection has codes of its own; everything else that changed is one entry, which names it.
    private static void record(Sql sql, DatabaseInfo before, DatabaseInfo after, Actor actor) {
        Instant now = Instant.now();
        if (before.deleteProtection() != after.deleteProtection()) {
            Action action = after.deleteProtection() ? Action.DB_PROTECT : Action.DB_UNPROTECT;
            Audit.record(sql, actor, action, after.organization(), after.name(), "", now);
        }
        List<String> changes = new ArrayList<>();
        note(changes, "size_limit", before.sizeLimit().text(), after.sizeLimit().text());
        note(changes, "allow_attach", before.allowAttach(), after.allowAttach());
        note(changes, "block_reads", before.blockReads(), after.blockReads());
        note(changes, "block_writes", before.blockWrites(), after.blockWrites());
        note(
                changes,
                "allowed_ips",
                before.allowedIps().texts(),
                after.allowedIps().texts());
        note(
                changes,
                "allowed_aws_vpc_ids",
                before.allowedVpcs().ids(),
                after.allowedVpcs().ids());
        if (!changes.isEmpty()) {
            String message = String.join(", ", changes);
            Audit.record(sql, actor, Action.DB_CONFIGURE, after.organization(), after.name(), message, now);
        }
    }

    private static void note(List<String> changes, String name, Object before, Object after) {
        if (!before.equals(after)) {
            changes.add(name + "=" + after);
        }
    }

    private static DatabaseInfo present(Sql sql, DatabaseId id) {
        return Databases.byId(sql, id).orElseThrow(() -> new CatalogException(NOT_FOUND, "database not found"));
    }
}
