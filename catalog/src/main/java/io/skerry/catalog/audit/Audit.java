package io.skerry.catalog.audit;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.sql.Sql;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The audit log in the catalog.
public final class Audit {

    private Audit() {}

    /// One change, as it was made.
    public record Entry(String actor, String action, String target, String message, String requestId) {}

    /// Writes an entry; part of the transaction that makes the change, so neither is there without the other.
    ///
    /// @param target the name of what was changed
    public static void record(
            Sql sql,
            Actor actor,
            Action action,
            @Nullable OrganizationId organization,
            String target,
            String message,
            Instant now) {
        sql.update(
                """
                INSERT INTO audit (at, organization, actor, action, target, message, origin, address, request_id,
                                   result)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'ok')
                """,
                now,
                organization,
                actor.name(),
                action.code(),
                target,
                message,
                actor.origin(),
                actor.address(),
                actor.requestId());
    }

    /// The newest entries of an organization, newest first.
    public static List<Entry> newest(Sql sql, OrganizationId organization, int limit) {
        return sql.list(
                """
                SELECT actor, action, target, message, request_id FROM audit
                WHERE organization = ? ORDER BY id DESC LIMIT ?
                """,
                row -> new Entry(row.text(0), row.text(1), row.text(2), row.text(3), row.text(4)),
                organization,
                limit);
    }
}
