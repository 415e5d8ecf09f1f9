package io.skerry.catalog.organization;

import io.skerry.catalog.sql.Row;
import io.skerry.catalog.sql.Sql;
import java.util.List;
import java.util.Optional;

/// Who is in which organization, in the catalog.
public final class Memberships {

    private static final String SELECT = """
            SELECT u.id, u.username, u.email, m.role FROM memberships m JOIN users u ON u.id = m.user
            WHERE m.organization = ?
            """;

    private Memberships() {}

    /// In the order of their names.
    public static List<Member> of(Sql sql, OrganizationId organization) {
        return sql.list(SELECT + "ORDER BY u.username", Memberships::read, organization);
    }

    public static Optional<Member> find(Sql sql, OrganizationId organization, String username) {
        return sql.first(SELECT + "AND u.username = ?", Memberships::read, organization, username);
    }

    static void setRole(Sql sql, OrganizationId organization, UserId user, Role role) {
        sql.update(
                "UPDATE memberships SET role = ? WHERE organization = ? AND user = ?", role.text(), organization, user);
    }

    /// Removes the membership, and the user's tokens that are good for nothing else: should he come back, they
    /// must not.
    static void remove(Sql sql, OrganizationId organization, UserId user) {
        sql.update("DELETE FROM api_tokens WHERE user = ? AND organization = ?", user, organization);
        sql.update("DELETE FROM memberships WHERE organization = ? AND user = ?", organization, user);
    }

    static long count(Sql sql, OrganizationId organization) {
        return number(sql, "SELECT count(*) FROM memberships WHERE organization = ?", organization);
    }

    static long owners(Sql sql, OrganizationId organization) {
        return number(sql, "SELECT count(*) FROM memberships WHERE organization = ? AND role = 'owner'", organization);
    }

    /// How many organizations the user owns.
    static long owned(Sql sql, UserId user) {
        return number(sql, "SELECT count(*) FROM memberships WHERE user = ? AND role = 'owner'", user);
    }

    private static long number(Sql sql, String query, Object argument) {
        return sql.first(query, row -> row.integer(0), argument).orElse(0L);
    }

    private static Member read(Row row) {
        return new Member(new UserId(row.uuid(0)), row.text(1), row.text(2), Role.parse(row.text(3)));
    }
}
