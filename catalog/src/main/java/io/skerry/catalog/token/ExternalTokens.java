package io.skerry.catalog.token;

import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.SignatureAlgorithm;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.issuer.IssuerKey;
import io.skerry.catalog.issuer.Issuers;
import io.skerry.catalog.issuer.KeySets;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.query.SessionOptions;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Tokens of the issuers that an organization named. They say which key signed them (`kid`), which ours
/// never do. Thread-safe; one that was seen before costs no signature check.
final class ExternalTokens {

    private static final int TOKENS_MAX = 10_000;

    private final Issuers issuers;
    private final KeySets keySets;
    private final Clock clock;
    private final ConcurrentHashMap<TokenHash, Known> known = new ConcurrentHashMap<>();

    ExternalTokens(Issuers issuers, KeySets keySets, Clock clock) {
        this.issuers = issuers;
        this.keySets = keySets;
        this.clock = clock;
    }

    /// A token whose signature was checked.
    ///
    /// @param url of the key set
    /// @param database the only one it opens, null for no such limit; likewise `group`
    private record Known(
            String url,
            String keyId,
            IssuerKey key,
            @Nullable String database,
            @Nullable String group,
            AccessClaims rights,
            @Nullable Long expiresAt) {}

    /// The key that signed the token, as it says; empty for a token of ours.
    static Optional<String> keyId(String token) {
        return JwtPayload.header(token).flatMap(header -> header.text("kid"));
    }

    /// What a token that names its key may do with the database.
    ///
    /// @throws TokenException 401; 404 for a good token that is not for this database
    Admission admit(DatabaseRoute route, String token, String keyId, TokenHash hash) {
        OrganizationId owner = route.organization().id();
        List<String> urls = issuers.urls(owner);
        Known present = known.get(hash);
        if (present == null || !isCurrent(present, owner, urls)) {
            present = check(owner, urls, token, keyId);
            if (known.size() >= TOKENS_MAX) {
                known.clear();
            }
            known.put(hash, present);
        }
        SignedClaims.requireUnexpired(present.expiresAt(), clock);
        if (!isFor(present, route)) {
            throw TokenException.otherDatabase(route.database().name());
        }
        SessionOptions rights = present.rights()
                .on(route)
                .orElseThrow(() -> TokenException.otherDatabase(route.database().name()));
        Known good = present;
        // What its issuer's key set says is not fetched for that.
        return new Admission(
                rights,
                now -> isFor(good, now) && issuers.urls(now.organization().id()).contains(good.url()));
    }

    /// Whether the organization still names the issuer, and the issuer the key.
    private boolean isCurrent(Known token, OrganizationId owner, List<String> urls) {
        return urls.contains(token.url())
                && keySets.find(owner, List.of(token.url()), token.keyId())
                        instanceof KeySets.Lookup.Found(String url, IssuerKey key)
                && key.equals(token.key());
    }

    private Known check(OrganizationId owner, List<String> urls, String token, String keyId) {
        return switch (keySets.find(owner, urls, keyId)) {
            case KeySets.Lookup.Found(String url, IssuerKey key) -> {
                SignedClaims claims = SignedClaims.of(token, key.key(), algorithms(key), clock);
                String database = claims.text("id");
                AccessClaims rights = AccessClaims.of(claims, database);
                yield new Known(url, keyId, key, database, claims.text("gid"), rights, claims.expiresAt());
            }
            case KeySets.Lookup.Missing(String trouble) ->
                throw trouble == null
                        ? TokenException.invalid()
                        : TokenException.unauthorized("The keys of the JWT's issuer cannot be had: " + trouble);
        };
    }

    /// That of the key, if its set names one. Whether it fits the kind of key is checked with the
    /// signature.
    private static List<SignatureAlgorithm> algorithms(IssuerKey key) {
        return Stream.of(Jwts.SIG.RS256, Jwts.SIG.ES256, Jwts.SIG.EdDSA)
                .filter(algorithm -> key.algorithm() == null
                        || algorithm.getId().equals(key.algorithm())
                        || isEd25519(algorithm, key))
                .toList();
    }

    /// The name that RFC 9864 gives to what EdDSA is with such a key.
    private static boolean isEd25519(SignatureAlgorithm algorithm, IssuerKey key) {
        return algorithm == Jwts.SIG.EdDSA && "Ed25519".equals(key.algorithm());
    }

    private static boolean isFor(Known token, DatabaseRoute route) {
        String database = route.database().id().toString();
        String group = route.group().id().value().toString();
        return (token.database() == null || token.database().equals(database))
                && (token.group() == null || token.group().equals(group));
    }
}
