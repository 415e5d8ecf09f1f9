package io.skerry.catalog.organization;

import io.skerry.catalog.sql.Sql;

/// Invitations to organizations in the catalog.
public final class Invites {

    private Invites() {}

    /// Whether any waits for this user's answer.
    public static boolean waitFor(Sql sql, User user) {
        return sql.first(
                        "SELECT 1 FROM invites WHERE accepted = 0 AND (username = ?1 OR (email = ?2 AND ?2 <> ''))",
                        row -> true,
                        user.username(),
                        user.email())
                .isPresent();
    }
}
