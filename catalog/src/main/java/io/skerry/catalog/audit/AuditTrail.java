package io.skerry.catalog.audit;

import io.skerry.catalog.Catalog;
import java.time.Instant;
import java.util.List;

/// The way from any node into the audit log, for what is no change of the catalog and so is in no transaction of one.
/// Thread-safe.
@FunctionalInterface
public interface AuditTrail {

    /// Writes entries; returns when they are durable. Those of an organization that is gone are left out.
    ///
    /// @throws io.skerry.engine.DatabaseException if they could not be written: after OUTCOME_UNKNOWN they may
    ///     be there
    void write(List<AuditNote> notes);

    /// Into a catalog that takes writes here.
    static AuditTrail of(Catalog catalog) {
        return notes -> catalog.write(sql -> {
            Audit.recordAll(sql, notes, Instant.now());
            return notes.size();
        });
    }
}
