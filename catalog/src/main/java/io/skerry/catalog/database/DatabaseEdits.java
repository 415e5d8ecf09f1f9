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
            Audit.record(
                    sql, actor, action(present, changed), changed.organization(), changed.name(), "", Instant.now());
            return changed;
        });
    }

    private static Action action(DatabaseInfo before, DatabaseInfo after) {
        if (before.deleteProtection() == after.deleteProtection()) {
            return Action.DB_CONFIGURE;
        }
        return after.deleteProtection() ? Action.DB_PROTECT : Action.DB_UNPROTECT;
    }

    private static DatabaseInfo present(Sql sql, DatabaseId id) {
        return Databases.byId(sql, id).orElseThrow(() -> new CatalogException(NOT_FOUND, "database not found"));
    }
}
