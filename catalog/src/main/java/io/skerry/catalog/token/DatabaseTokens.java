package io.skerry.catalog.token;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.JwtBuilder;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.Jwts;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.FrameCache;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Mints and verifies the tokens that clients show to a database: JWTs signed with Ed25519. Thread-safe; a token
/// that was seen before costs a hash, no signature check.
///
/// Each group and each database has a key of its own, so a token can open nothing that its key's owner does not
/// own, whatever it claims. Keys are made when the first token is minted and replaced by rotation.
public final class DatabaseTokens {

    /// Clocks of those who mint and those who verify may differ by this much.
    static final Duration LEEWAY = Duration.ofSeconds(60);

    private static final int TOKENS_MAX = 10_000;
    private static final int KEYS_MAX = 100_000;

    private final Catalog catalog;
    private final Clock clock;
    private final FrameCache<KeyName, PublicKey> keys;
    // A signature stays good for ever, so this outlives changes of the catalog; whether its key still counts is
    // asked each time.
    private final ConcurrentHashMap<TokenHash, VerifiedToken> verified = new ConcurrentHashMap<>();

    public DatabaseTokens(Catalog catalog) {
        this(catalog, Clock.systemUTC());
    }

    public DatabaseTokens(Catalog catalog, Clock clock) {
        this.catalog = catalog;
        this.clock = clock;
        this.keys = catalog.cache(
                KEYS_MAX,
                name -> catalog.read(
                        sql -> SigningKeys.publicKey(sql, name.owner(), name.version(), name.groupVersion())));
    }

    public enum Access {
        FULL("rw"),
        READ_ONLY("ro");

        private final String claim;

        Access(String claim) {
            this.claim = claim;
        }
    }

    /// What the bearer may do with the database.
    ///
    /// @param authorization value of the `Authorization` header, null if absent
    /// @throws TokenException 401 with the data plane's texts; 404 for a good token of another database
    public Access verify(DatabaseRoute route, @Nullable String authorization) {
        VerifiedToken known = known(authorization);
        UUID expected = known.ofGroup()
                ? route.group().id().value()
                : route.database().id().value();
        if (!known.owner().equals(expected)) {
            throw new TokenException(404, "Namespace `" + route.database().name() + "` doesn't exist");
        }
        return known.access();
    }

    /// The database that the bearer's token is for; empty for a token of a group.
    ///
    /// @param authorization value of the `Authorization` header, null if absent
    /// @throws TokenException 401 with the data plane's texts
    public Optional<DatabaseId> database(@Nullable String authorization) {
        VerifiedToken known = known(authorization);
        return known.ofGroup() ? Optional.empty() : Optional.of(new DatabaseId(known.owner()));
    }

    private VerifiedToken known(@Nullable String authorization) {
        String token = bearer(authorization);
        TokenHash hash = TokenHash.of(token);
        VerifiedToken known = verified.get(hash);
        if (known == null) {
            known = checkSignature(token);
            if (verified.size() >= TOKENS_MAX) {
                verified.clear();
            }
            verified.put(hash, known);
        } else if (!isCurrent(known)) {
            throw invalid();
        }
        Long expiresAt = known.expiresAt();
        if (expiresAt != null && clock.instant().getEpochSecond() > expiresAt + LEEWAY.toSeconds()) {
            throw unauthorized("The JWT has expired");
        }
        return known;
    }

    /// Mints a token for one database.
    ///
    /// @param lifetime null for one that does not expire
    public String mint(DatabaseRoute route, Access access, @Nullable Duration lifetime, Actor actor) {
        DatabaseId id = route.database().id();
        Instant now = clock.instant();
        SigningKey key = catalog.write(sql -> {
            var database = Databases.byId(sql, id).orElseThrow(DatabaseTokens::gone);
            Group group = Groups.byId(sql, database.group()).orElseThrow(DatabaseTokens::gone);
            Audit.record(
                    sql, actor, Action.DB_TOKEN_CREATE, database.organization(), database.name(), access.claim, now);
            return SigningKeys.findOrCreate(sql, id.value(), database.keyVersion(), group.keyVersion(), now);
        });
        return sign(key, "id", access, lifetime, now);
    }

    /// Mints a token for every database of a group, present and future.
    public String mint(Group group, Access access, @Nullable Duration lifetime, Actor actor) {
        Instant now = clock.instant();
        SigningKey key = catalog.write(sql -> {
            Group present = Groups.byId(sql, group.id()).orElseThrow(DatabaseTokens::gone);
            Audit.record(
                    sql, actor, Action.GROUP_TOKEN_CREATE, present.organization(), present.name(), access.claim, now);
            return SigningKeys.findOrCreate(sql, group.id().value(), present.keyVersion(), present.keyVersion(), now);
        });
        return sign(key, "gid", access, lifetime, now);
    }

    /// Makes every token of the database void, but not those of its group.
    public void rotate(DatabaseRoute route, Actor actor) {
        catalog.write(sql -> {
            Databases.rotate(sql, route.database().id());
            return audit(
                    sql,
                    actor,
                    Action.DB_ROTATE,
                    route.organization().id(),
                    route.database().name());
        });
    }

    /// Makes every token of the group and of its databases void.
    public void rotate(Group group, Actor actor) {
        catalog.write(sql -> {
            Groups.rotate(sql, group.id());
            return audit(sql, actor, Action.GROUP_ROTATE, group.organization(), group.name());
        });
    }

    private boolean audit(
            io.skerry.catalog.sql.Sql sql, Actor actor, Action action, OrganizationId organization, String name) {
        Audit.record(sql, actor, action, organization, name, "", clock.instant());
        return true;
    }

    private static String sign(SigningKey key, String scope, Access access, @Nullable Duration lifetime, Instant now) {
        JwtBuilder token = Jwts.builder()
                .header()
                .type("JWT")
                .and()
                .claim("a", access.claim)
                .claim(scope, key.owner().toString())
                .claim("rid", key.version())
                .issuedAt(Date.from(now));
        if (lifetime != null) {
            token.expiration(Date.from(now.plus(lifetime)));
        }
        return token.signWith(key.privateKey(), Jwts.SIG.EdDSA).compact();
    }

    private VerifiedToken checkSignature(String token) {
        JwtPayload payload = JwtPayload.read(token).orElseThrow(DatabaseTokens::invalid);
        boolean ofGroup = payload.text("id").isEmpty();
        UUID owner = payload.text(ofGroup ? "gid" : "id")
                .flatMap(DatabaseTokens::uuid)
                .orElseThrow(DatabaseTokens::invalid);
        KeyName name = keyName(owner, ofGroup).orElseThrow(DatabaseTokens::invalid);
        PublicKey key = keys.get(name).orElseThrow(DatabaseTokens::invalid);
        Claims claims = parse(token, key);
        if (!(claims.get("rid") instanceof Number rid) || rid.longValue() != name.version()) {
            throw invalid();
        }
        Date expiration = claims.getExpiration();
        return new VerifiedToken(
                owner,
                ofGroup,
                key,
                name.version(),
                access(claims),
                expiration == null ? null : expiration.toInstant().getEpochSecond());
    }

    private Claims parse(String token, PublicKey key) {
        try {
            return Jwts.parser()
                    .sig()
                    .clear()
                    .add(Jwts.SIG.EdDSA)
                    .and()
                    .verifyWith(key)
                    .clock(() -> Date.from(clock.instant()))
                    .clockSkewSeconds(LEEWAY.toSeconds())
                    .build()
                    .parseSignedClaims(token)
                    .getPayload();
        } catch (ExpiredJwtException e) {
            throw unauthorized("The JWT has expired");
        } catch (JwtException | IllegalArgumentException e) {
            throw invalid();
        }
    }

    /// Whether the key that signed the token is still the one of its owner.
    private boolean isCurrent(VerifiedToken token) {
        return keyName(token.owner(), token.ofGroup())
                .flatMap(keys::get)
                .filter(key -> key.equals(token.key()))
                .isPresent();
    }

    private Optional<KeyName> keyName(UUID owner, boolean ofGroup) {
        return ofGroup
                ? catalog.group(new GroupId(owner))
                        .map(group -> new KeyName(owner, group.keyVersion(), group.keyVersion()))
                : catalog.byId(new DatabaseId(owner))
                        .map(route -> new KeyName(
                                owner,
                                route.database().keyVersion(),
                                route.group().keyVersion()));
    }

    private static Access access(Claims claims) {
        Object access = claims.get("a");
        if (access == null || access.equals(Access.FULL.claim)) {
            return Access.FULL;
        }
        if (access.equals(Access.READ_ONLY.claim)) {
            return Access.READ_ONLY;
        }
        throw invalid();
    }

    private static String bearer(@Nullable String authorization) {
        if (authorization == null) {
            throw unauthorized("Expected authorization header but none given");
        }
        if (authorization.strip().indexOf(' ') < 0) {
            throw unauthorized("Auth string does not conform to '<scheme> <token>' form");
        }
        return Bearer.read(authorization)
                .orElseThrow(() ->
                        unauthorized("The authentication scheme in the `Authorization` HTTP header is not supported"));
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static TokenException invalid() {
        return unauthorized("The JWT is invalid");
    }

    private static TokenException unauthorized(String why) {
        return new TokenException(401, "Unauthorized: `" + why + "`");
    }

    private static CatalogException gone() {
        return new CatalogException(CatalogException.Reason.NOT_FOUND, "database or group not found");
    }

    /// A key that never changes once it is there.
    private record KeyName(UUID owner, long version, long groupVersion) {}
}
