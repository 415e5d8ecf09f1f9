package io.skerry.catalog.organization;

import static io.skerry.catalog.CatalogException.Reason.EXISTS;
import static io.skerry.catalog.CatalogException.Reason.INVALID;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.sql.Sql;
import java.time.Instant;

/// Users with the organization that bears their name, in the catalog.
public final class Accounts {

    private Accounts() {}

    /// @throws CatalogException INVALID if nobody can be called so; NAME_TAKEN if it is reserved; EXISTS
    public static void requireFree(Sql sql, String username) {
        if (!Slugs.derive("user name", username).equals(username)) {
            throw new CatalogException(
                    INVALID, "invalid user name: only lowercase letters, numbers, and hyphens between them");
        }
        if (Users.byUsername(sql, username).isPresent()
                || Organizations.bySlug(sql, username).isPresent()) {
            throw new CatalogException(EXISTS, "user " + username + " already exists");
        }
    }

    /// Stores a user who owns a personal organization of the same name.
    ///
    /// @param email empty if unknown
    public static void insert(
            Sql sql, UserId user, OrganizationId personal, String username, String email, Instant now) {
        Organizations.insert(sql, Organization.named(personal, username, username, Organization.Type.PERSONAL), now);
        Users.insert(sql, user, username, email, now);
        Users.join(sql, personal, user, Role.OWNER, now);
    }
}
