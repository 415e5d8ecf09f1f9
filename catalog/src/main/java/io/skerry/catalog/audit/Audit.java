package io.skerry.catalog.audit;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.sql.Row;
import io.skerry.catalog.sql.Sql;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The audit log in the catalog.
public final class Audit {

    /// The setting of the catalog that says for how many milliseconds entries are kept.
    private static final String RETENTION = "audit_retention_ms";

    private static final int PRUNED_MAX = 16;
    private static final String SELECT = """
            SELECT id, at, actor, action, target, message, origin, address, request_id, result FROM audit
            """;

    private Audit() {}

    /// One change, as it was made or refused.
    ///
    /// @param id rises with every entry
    /// @param action a code; see [Action]
    /// @param origin, address, requestId see [Actor]
    /// @param result `ok`, or the status that a refusal was answered with
    public record Entry(
            long id,
            Instant at,
            String actor,
            String action,
            String target,
            String message,
            String origin,
            String address,
            String requestId,
            String result) {}

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
        insert(sql, actor, action, organization, target, message, "ok", now);
    }

    /// Writes entries that are of no change here; those of an organization that is gone are left out.
    public static void recordAll(Sql sql, List<AuditNote> notes, Instant now) {
        for (AuditNote note : notes) {
            if (Organizations.byId(sql, note.organization()).isPresent()) {
                insert(
                        sql,
                        note.actor(),
                        note.action(),
                        note.organization(),
                        note.target(),
                        note.message(),
                        note.result(),
                        now);
            }
        }
    }

    private static void insert(
            Sql sql,
            Actor actor,
            Action action,
            @Nullable OrganizationId organization,
            String target,
            String message,
            String result,
            Instant now) {
        sql.update(
                """
                INSERT INTO audit (at, organization, actor, action, target, message, origin, address, request_id,
                                   result)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                now,
                organization,
                actor.name(),
                action.code(),
                target,
                message,
                actor.origin(),
                actor.address(),
                actor.requestId(),
                result);
        prune(sql, now);
    }

    /// A few at a time, but more than come: a log that was never pruned shrinks with use.
    private static void prune(Sql sql, Instant now) {
        sql.update("""
                DELETE FROM audit WHERE id IN (SELECT id FROM audit ORDER BY id LIMIT ?)
                AND at < ? - (SELECT CAST(value AS INTEGER) FROM settings WHERE name = ?)
                """, PRUNED_MAX, now, RETENTION);
    }

    /// Entries older than that are removed as others come; until this is said, all are kept.
    public static void keep(Sql sql, Duration retention) {
        sql.update("""
                INSERT INTO settings (name, value) VALUES (?, ?)
                ON CONFLICT (name) DO UPDATE SET value = excluded.value
                """, RETENTION, Long.toString(retention.toMillis()));
    }

    public static boolean isKept(Sql sql, Duration retention) {
        return sql.first("SELECT value FROM settings WHERE name = ?", row -> row.text(0), RETENTION)
                .filter(Long.toString(retention.toMillis())::equals)
                .isPresent();
    }

    /// Entries of an organization, newest first.
    ///
    /// @param skip so many newer ones are left out
    public static List<Entry> newest(Sql sql, OrganizationId organization, int limit, long skip) {
        return sql.list(
                SELECT + "WHERE organization = ? ORDER BY id DESC LIMIT ? OFFSET ?",
                Audit::read,
                organization,
                limit,
                skip);
    }

    public static List<Entry> newest(Sql sql, OrganizationId organization, int limit) {
        return newest(sql, organization, limit, 0);
    }

    /// Entries of an organization, oldest first.
    ///
    /// @param id of the entry before the first
    public static List<Entry> after(Sql sql, OrganizationId organization, long id, int limit) {
        return sql.list(
                SELECT + "WHERE organization = ? AND id > ? ORDER BY id LIMIT ?", Audit::read, organization, id, limit);
    }

    public static long count(Sql sql, OrganizationId organization) {
        return sql.first("SELECT count(*) FROM audit WHERE organization = ?", row -> row.integer(0), organization)
                .orElse(0L);
    }

    private static Entry read(Row row) {
        return new Entry(
                row.integer(0),
                row.instant(1),
                row.text(2),
                row.text(3),
                row.text(4),
                row.text(5),
                row.text(6),
                row.text(7),
                row.text(8),
                row.text(9));
    }
}
