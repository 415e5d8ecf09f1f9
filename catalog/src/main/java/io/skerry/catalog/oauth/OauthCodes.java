package io.skerry.catalog.oauth;

import io.skerry.catalog.organization.UserId;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.token.TokenHash;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Codes in the catalog, by their hashes.
final class OauthCodes {

    /// Of one user, used ones counted; one more ends the oldest.
    static final int PER_USER_MAX = 100;

    private static final int PRUNED_MAX = 16;

    private OauthCodes() {}

    /// @param redirectUri as it was asked for
    /// @param token what it was exchanged for, null if it was not
    record Code(
            String client,
            UserId user,
            String redirectUri,
            String challenge,
            Instant expiresAt,
            @Nullable String token) {}

    static void insert(Sql sql, TokenHash hash, Code code) {
        sql.update(
                "INSERT INTO oauth_codes (code_hash, client, user, redirect_uri, challenge, expires_at)"
                        + " VALUES (?, ?, ?, ?, ?, ?)",
                hash.bytes(),
                code.client(),
                code.user(),
                code.redirectUri(),
                code.challenge(),
                code.expiresAt());
        sql.update("""
                DELETE FROM oauth_codes WHERE code_hash IN (
                    SELECT code_hash FROM oauth_codes WHERE user = ?
                    ORDER BY expires_at DESC, code_hash LIMIT -1 OFFSET ?)
                """, code.user(), PER_USER_MAX);
    }

    static Optional<Code> find(Sql sql, TokenHash hash) {
        return sql.first(
                "SELECT client, user, redirect_uri, challenge, expires_at, token FROM oauth_codes WHERE code_hash = ?",
                row -> new Code(
                        row.text(0),
                        new UserId(row.uuid(1)),
                        row.text(2),
                        row.text(3),
                        row.instant(4),
                        row.textOrNull(5)),
                hash.bytes());
    }

    static void markUsed(Sql sql, TokenHash hash, String token) {
        sql.update("UPDATE oauth_codes SET token = ? WHERE code_hash = ?", token, hash.bytes());
    }

    static void delete(Sql sql, TokenHash hash) {
        sql.update("DELETE FROM oauth_codes WHERE code_hash = ?", hash.bytes());
    }

    /// A few at a time, but more than come.
    ///
    /// @param after their end
    static void prune(Sql sql, Instant now, Duration after) {
        sql.update("""
                DELETE FROM oauth_codes WHERE code_hash IN (
                    SELECT code_hash FROM oauth_codes WHERE expires_at < ? ORDER BY expires_at LIMIT ?)
                """, now.minus(after), PRUNED_MAX);
    }
}
