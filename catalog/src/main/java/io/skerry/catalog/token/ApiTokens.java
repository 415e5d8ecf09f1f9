package io.skerry.catalog.token;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.UserId;
import io.skerry.catalog.sql.Row;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.GroupId;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/// Tokens of the control plane in the catalog.
public final class ApiTokens {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();
    private static final String HEADER =
            BASE64URL.encodeToString("{\"typ\":\"JWT\",\"alg\":\"EdDSA\"}".getBytes(US_ASCII));
    private static final int ID_BYTES = 16;
    /// Of EdDSA with Ed25519.
    private static final int SIGNATURE_BYTES = 64;

    private static final String LISTING = """
            SELECT t.id, t.name, o.slug, g.name, t.scopes, t.created_at, t.expires_at, u.username, u.email
            FROM api_tokens t JOIN users u ON u.id = t.user
            LEFT JOIN organizations o ON o.id = t.organization
            LEFT JOIN groups g ON g.id = t.grp
            WHERE t.kind = 'api'
            """;

    private ApiTokens() {}

    /// A token that was just made.
    ///
    /// @param id what it names itself, for lists and revocation
    /// @param text the secret
    public record Fresh(String id, String text) {

        @Override
        public String toString() {
            return "Fresh[id=" + id + "]";
        }
    }

    /// A fresh token: in the form of a JWT (RFC 7519), which clients expect, that names its id and
    /// nothing else. It is recognised by its hash, so there is no key to sign it: where others have a
    /// signature it has as many random bytes.
    public static String generate() {
        return fresh().text();
    }

    /// See [#generate].
    public static Fresh fresh() {
        String id = BASE64URL.encodeToString(random(ID_BYTES));
        String claims = BASE64URL.encodeToString(("{\"jti\":\"" + id + "\"}").getBytes(US_ASCII));
        String text = HEADER + "." + claims + "." + BASE64URL.encodeToString(random(SIGNATURE_BYTES));
        return new Fresh(id, text);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /// A session from before its user signed out everywhere is not found.
    static Optional<ApiToken> byHash(Sql sql, TokenHash hash) {
        return sql.first("""
                        SELECT t.id, t.kind, t.user, t.name, t.organization, t.grp, t.scopes, t.expires_at, t.hash
                        FROM api_tokens t JOIN users u ON u.id = t.user
                        WHERE t.hash = ? AND (t.kind <> 'session' OR t.created_at >= u.sessions_valid_from)
                        """, row -> new Stored(read(row), new TokenHash(row.blob(8))), hash.bytes())
                .filter(stored -> stored.hash().equals(hash))
                .map(Stored::token);
    }

    /// Every API token of a user, in the order of their names.
    public static List<TokenListing> of(Sql sql, UserId user) {
        return sql.list(LISTING + "AND t.user = ? ORDER BY t.name", ApiTokens::listing, user);
    }

    /// Every API token that is restricted to the organization or one of its groups.
    public static List<TokenListing> of(Sql sql, OrganizationId organization) {
        return sql.list(
                LISTING + "AND t.organization = ? ORDER BY u.username, t.name", ApiTokens::listing, organization);
    }

    static boolean exists(Sql sql, UserId user, String name) {
        return sql.first(
                        "SELECT 1 FROM api_tokens WHERE user = ? AND name = ? AND kind = 'api'",
                        row -> true,
                        user,
                        name)
                .isPresent();
    }

    static long count(Sql sql, UserId user) {
        return sql.first("SELECT count(*) FROM api_tokens WHERE user = ? AND kind = 'api'", row -> row.integer(0), user)
                .orElse(0L);
    }

    static void delete(Sql sql, String id) {
        sql.update("DELETE FROM api_tokens WHERE id = ?", id);
    }

    /// Forgets the API tokens of a user that are too old: they keep neither their names nor their places.
    static void endExpired(Sql sql, UserId user, Instant now) {
        sql.update("DELETE FROM api_tokens WHERE user = ? AND kind = 'api' AND expires_at <= ?", user, now);
    }

    /// Stores the token under a name that its user has for it, in the place of one of the same name.
    public static void put(Sql sql, ApiToken token, String secret, Instant now) {
        sql.update("DELETE FROM api_tokens WHERE user = ? AND name = ? AND kind = 'api'", token.user(), token.name());
        insert(sql, token, secret, now);
    }

    /// Ends the sessions of a user that are over, and the oldest beside them: so many are left at most.
    public static void endSessions(Sql sql, UserId user, Instant now, int left) {
        sql.update("""
                DELETE FROM api_tokens WHERE id IN (
                    SELECT t.id FROM api_tokens t JOIN users u ON u.id = t.user
                    WHERE t.user = ?1 AND t.kind = 'session'
                    AND (t.expires_at <= ?2 OR t.created_at < u.sessions_valid_from))
                """, user, now);
        sql.update("""
                DELETE FROM api_tokens WHERE id IN (
                    SELECT id FROM api_tokens WHERE user = ? AND kind = 'session'
                    ORDER BY created_at DESC, id LIMIT -1 OFFSET ?)
                """, user, left);
    }

    public static void insert(Sql sql, ApiToken token, String secret, Instant now) {
        sql.update(
                """
                INSERT INTO api_tokens (id, kind, hash, user, name, organization, grp, scopes, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                token.id(),
                token.kind().text(),
                TokenHash.of(secret).bytes(),
                token.user(),
                token.name(),
                token.organization(),
                token.group(),
                Scope.join(token.scopes()),
                now,
                token.expiresAt());
    }

    /// Whether exactly this secret is stored for the user under the name.
    public static boolean matches(Sql sql, UserId user, String name, String secret) {
        return byHash(sql, TokenHash.of(secret))
                .filter(token -> token.user().equals(user) && token.name().equals(name))
                .isPresent();
    }

    private record Stored(ApiToken token, TokenHash hash) {}

    private static TokenListing listing(Row row) {
        return new TokenListing(
                row.text(0),
                row.text(1),
                row.textOrNull(2),
                row.textOrNull(3),
                List.copyOf(Scope.split(row.text(4))),
                row.instant(5),
                row.instantOrNull(6),
                row.text(7),
                row.text(8));
    }

    private static ApiToken read(Row row) {
        return new ApiToken(
                row.text(0),
                ApiToken.Kind.parse(row.text(1)),
                new UserId(row.uuid(2)),
                row.text(3),
                row.isNull(4) ? null : new OrganizationId(row.uuid(4)),
                row.isNull(5) ? null : new GroupId(row.uuid(5)),
                Scope.split(row.text(6)),
                row.instantOrNull(7));
    }
}
