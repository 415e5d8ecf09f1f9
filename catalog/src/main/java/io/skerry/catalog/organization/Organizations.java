package io.skerry.catalog.organization;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.sql.Row;
import io.skerry.catalog.sql.Sql;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Organizations in the catalog.
public final class Organizations {

    private static final String SELECT = """
            SELECT id, name, slug, type, overages, require_mfa, blocked_reads, blocked_writes, plan_id, plan_timeline
            FROM organizations
            """;

    private Organizations() {}

    public static Optional<Organization> byId(Sql sql, OrganizationId id) {
        return sql.first(SELECT + "WHERE id = ?", Organizations::read, id);
    }

    public static Optional<Organization> bySlug(Sql sql, String slug) {
        return sql.first(SELECT + "WHERE slug = ?", Organizations::read, slug);
    }

    /// By slug, or by id.
    public static Optional<Organization> find(Sql sql, String slugOrId) {
        return bySlug(sql, slugOrId).or(() -> {
            try {
                return byId(sql, OrganizationId.parse(slugOrId));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        });
    }

    /// For transactions that write something into an organization that was looked up before: it may have been deleted
    /// since.
    ///
    /// @throws CatalogException NOT_FOUND
    public static void require(Sql sql, OrganizationId id) {
        if (byId(sql, id).isEmpty()) {
            throw new CatalogException(CatalogException.Reason.NOT_FOUND, "organization not found");
        }
    }

    /// The one that bears the user's own name.
    public static Optional<Organization> personal(Sql sql, UserId user) {
        return sql.first(SELECT + """
                WHERE type = 'personal' AND slug = (SELECT username FROM users WHERE id = ?1)
                AND id IN (SELECT organization FROM memberships WHERE user = ?1)
                """, Organizations::read, user);
    }

    /// Every organization that the user is a member of, by slug.
    public static List<Organization> of(Sql sql, UserId user) {
        return sql.list(
                SELECT + "WHERE id IN (SELECT organization FROM memberships WHERE user = ?) ORDER BY slug",
                Organizations::read,
                user);
    }

    public static void insert(Sql sql, Organization organization, Instant now) {
        sql.update(
                "INSERT INTO organizations (id, name, slug, type, created_at) VALUES (?, ?, ?, ?, ?)",
                organization.id(),
                organization.name(),
                organization.slug(),
                organization.type().text(),
                now);
    }

    static void setOverages(Sql sql, OrganizationId id, boolean overages) {
        sql.update("UPDATE organizations SET overages = ? WHERE id = ?", overages, id);
    }

    static void setPlan(Sql sql, OrganizationId id, String plan, String timeline) {
        sql.update("UPDATE organizations SET plan_id = ?, plan_timeline = ? WHERE id = ?", plan, timeline, id);
    }

    /// Removes the organization and all that only it gave a meaning.
    static void delete(Sql sql, OrganizationId id) {
        for (String table : List.of("api_tokens", "invites", "jwks", "usage_series", "memberships")) {
            sql.update("DELETE FROM " + table + " WHERE organization = ?", id);
        }
        sql.update("DELETE FROM organizations WHERE id = ?", id);
    }

    private static Organization read(Row row) {
        return new Organization(
                new OrganizationId(row.uuid(0)),
                row.text(1),
                row.text(2),
                Organization.Type.valueOf(row.text(3).toUpperCase(Locale.ROOT)),
                row.flag(4),
                row.flag(5),
                row.flag(6),
                row.flag(7),
                row.text(8),
                row.text(9));
    }
}
