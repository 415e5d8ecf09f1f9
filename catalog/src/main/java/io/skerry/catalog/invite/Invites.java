package io.skerry.catalog.invite;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.organization.User;
import io.skerry.catalog.sql.Row;
import io.skerry.catalog.sql.Sql;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Invitations in the catalog.
public final class Invites {

    private static final String SELECT = """
            SELECT id, organization, email, username, role, accepted, created_at, updated_at, expires_at FROM invites
            """;

    private Invites() {}

    /// Those that wait for an answer, and those that were accepted, in the order they were made.
    public static List<Invite> of(Sql sql, OrganizationId organization, Instant now) {
        return sql.list(SELECT + "WHERE organization = ? ORDER BY id", Invites::read, organization).stream()
                .filter(invite -> invite.accepted() || invite.isOpen(now))
                .toList();
    }

    /// Whether any waits for this user's answer.
    public static boolean waitFor(Sql sql, User user, Instant now) {
        return sql.first(
                        "SELECT 1 FROM invites WHERE accepted = 0 AND expires_at > ?1"
                                + " AND (username = ?2 OR (username IS NULL AND email = lower(?3) AND ?3 <> ''))",
                        row -> true,
                        now,
                        user.username(),
                        user.email())
                .isPresent();
    }

    static Optional<Invite> find(Sql sql, OrganizationId organization, String email) {
        return sql.first(
                SELECT + "WHERE organization = ?1 AND (email = ?2 OR username = ?2)",
                Invites::read,
                organization,
                email);
    }

    static Optional<Invite> byLink(Sql sql, byte[] hash) {
        return sql.first(SELECT + "WHERE link_hash = ?", Invites::read, (Object) hash);
    }

    /// How many wait for an answer.
    static long countOpen(Sql sql, OrganizationId organization, Instant now) {
        return sql.first(
                        "SELECT count(*) FROM invites WHERE organization = ? AND accepted = 0 AND expires_at > ?",
                        row -> row.integer(0),
                        organization,
                        now)
                .orElse(0L);
    }

    /// Forgets those that became too old, and of the accepted ones all but the newest.
    static void prune(Sql sql, OrganizationId organization, int acceptedMax, Instant now) {
        sql.update(
                "DELETE FROM invites WHERE organization = ? AND accepted = 0 AND expires_at <= ?", organization, now);
        sql.update("""
                DELETE FROM invites WHERE organization = ?1 AND accepted = 1 AND id NOT IN (
                    SELECT id FROM invites WHERE organization = ?1 AND accepted = 1 ORDER BY id DESC LIMIT ?2)
                """, organization, acceptedMax);
    }

    /// @param invite whose id is of no interest: it gets one
    static Invite insert(Sql sql, Invite invite, byte[] linkHash) {
        sql.update(
                """
                INSERT INTO invites (organization, email, username, role, link_hash, created_at, updated_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                invite.organization(),
                invite.email(),
                invite.username(),
                invite.role().text(),
                linkHash,
                invite.createdAt(),
                invite.updatedAt(),
                invite.expiresAt());
        return find(sql, invite.organization(), invite.email()).orElseThrow();
    }

    /// The link is of no use from now on.
    static void accept(Sql sql, long id, Instant now) {
        sql.update("UPDATE invites SET accepted = 1, link_hash = NULL, updated_at = ? WHERE id = ?", now, id);
    }

    static void delete(Sql sql, long id) {
        sql.update("DELETE FROM invites WHERE id = ?", id);
    }

    private static Invite read(Row row) {
        return new Invite(
                row.integer(0),
                new OrganizationId(row.uuid(1)),
                row.text(2),
                row.textOrNull(3),
                Role.find(row.text(4)).orElseThrow(),
                row.flag(5),
                row.instant(6),
                row.instant(7),
                row.isNull(8) ? Instant.MAX : row.instant(8));
    }
}
