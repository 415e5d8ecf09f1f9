package io.skerry.catalog.token;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.Jwks;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.UserId;
import io.skerry.catalog.sql.Row;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.GroupId;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;

/// Tokens of the control plane in the catalog.
public final class ApiTokens {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int ID_BYTES = 16;

    private ApiTokens() {}

    /// A fresh token: a JWT that names its id and nothing else. It is recognised by its hash, so the key that
    /// signs it is forgotten at once: the signature is there because clients expect one, and adds its bits.
    public static String generate() {
        byte[] id = new byte[ID_BYTES];
        RANDOM.nextBytes(id);
        return Jwts.builder()
                .header()
                .type("JWT")
                .and()
                .id(Base64.getUrlEncoder().withoutPadding().encodeToString(id))
                .signWith(Jwks.CRV.Ed25519.keyPair().build().getPrivate(), Jwts.SIG.EdDSA)
                .compact();
    }

    static Optional<ApiToken> byHash(Sql sql, TokenHash hash) {
        return sql.first("""
                        SELECT id, user, name, organization, grp, scopes, expires_at, hash FROM api_tokens
                        WHERE hash = ?
                        """, row -> new Stored(read(row), new TokenHash(row.blob(7))), hash.bytes())
                .filter(stored -> stored.hash().equals(hash))
                .map(Stored::token);
    }

    /// Stores the token under a name that its user has for it, in the place of one of the same name.
    public static void put(Sql sql, ApiToken token, String secret, Instant now) {
        sql.update("DELETE FROM api_tokens WHERE user = ? AND name = ? AND kind = 'api'", token.user(), token.name());
        sql.update(
                """
                INSERT INTO api_tokens (id, kind, hash, user, name, organization, grp, scopes, created_at, expires_at)
                VALUES (?, 'api', ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                token.id(),
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

    private static ApiToken read(Row row) {
        return new ApiToken(
                row.text(0),
                new UserId(row.uuid(1)),
                row.text(2),
                row.isNull(3) ? null : new OrganizationId(row.uuid(3)),
                row.isNull(4) ? null : new GroupId(row.uuid(4)),
                Scope.split(row.text(5)),
                row.instantOrNull(6));
    }
}
