package io.skerry.catalog.password;

import io.skerry.catalog.organization.UserId;
import io.skerry.catalog.sql.Sql;
import java.util.Optional;

/// The hashes of passwords in the catalog.
public final class Passwords {

    private Passwords() {}

    /// Empty if there is no such user, or he has no password.
    static Optional<String> hash(Sql sql, UserId user) {
        return sql.first(
                "SELECT password_hash FROM users WHERE id = ? AND password_hash IS NOT NULL", row -> row.text(0), user);
    }

    /// @param hash as [PasswordHasher#hash] made it
    public static void set(Sql sql, UserId user, String hash) {
        sql.update("UPDATE users SET password_hash = ? WHERE id = ?", hash, user);
    }

    /// Whether any account has one.
    public static boolean anyIsSet(Sql sql) {
        return sql.first("SELECT 1 FROM users WHERE password_hash IS NOT NULL LIMIT 1", row -> true)
                .isPresent();
    }
}
