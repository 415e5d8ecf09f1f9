package io.skerry.catalog.organization;

import io.skerry.catalog.sql.Row;
import io.skerry.catalog.sql.Sql;
import java.time.Instant;
import java.util.Optional;

/// Users and their memberships in the catalog.
public final class Users {

    private static final String SELECT =
            "SELECT id, username, name, email, avatar_url, sessions_valid_from FROM users ";

    private Users() {}

    public static Optional<User> byId(Sql sql, UserId id) {
        return sql.first(SELECT + "WHERE id = ?", Users::read, id);
    }

    public static Optional<User> byUsername(Sql sql, String username) {
        return sql.first(SELECT + "WHERE username = ?", Users::read, username);
    }

    /// @param email empty if unknown
    static void insert(Sql sql, UserId id, String username, String email, Instant now) {
        sql.update("INSERT INTO users (id, username, email, created_at) VALUES (?, ?, ?, ?)", id, username, email, now);
    }

    public static Optional<Role> role(Sql sql, OrganizationId organization, UserId user) {
        return sql.first(
                "SELECT role FROM memberships WHERE organization = ? AND user = ?",
                row -> Role.parse(row.text(0)),
                organization,
                user);
    }

    public static void join(Sql sql, OrganizationId organization, UserId user, Role role, Instant now) {
        sql.update(
                "INSERT INTO memberships (organization, user, role, created_at) VALUES (?, ?, ?, ?)",
                organization,
                user,
                role.text(),
                now);
    }

    /// Makes every session of the user void that was issued before `now`.
    public static void endSessions(Sql sql, UserId user, Instant now) {
        sql.update("UPDATE users SET sessions_valid_from = ? WHERE id = ?", now, user);
    }

    private static User read(Row row) {
        return new User(new UserId(row.uuid(0)), row.text(1), row.text(2), row.text(3), row.text(4), row.instant(5));
    }
}
