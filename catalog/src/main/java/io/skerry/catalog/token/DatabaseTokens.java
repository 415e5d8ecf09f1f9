package io.skerry.catalog.token;

import io.jsonwebtoken.JwtBuilder;
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
import io.skerry.catalog.issuer.Issuers;
import io.skerry.catalog.issuer.KeySets;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.query.SessionOptions;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
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

    private static final int TOKENS_MAX = 10_000;
    private static final int KEYS_MAX = 100_000;

    private final Catalog catalog;
    private final Clock clock;
    private final ExternalTokens external;
    private final FrameCache<KeyName, PublicKey> keys;
    // A signature stays good for ever, so this outlives changes of the catalog; whether its key still counts is
    // asked each time.
    private final ConcurrentHashMap<TokenHash, VerifiedToken> verified = new ConcurrentHashMap<>();

    /// @param keySets of issuers outside
    public DatabaseTokens(Catalog catalog, KeySets keySets) {
        this(catalog, keySets, Clock.systemUTC());
    }

    DatabaseTokens(Catalog catalog, KeySets keySets, Clock clock) {
        this.catalog = catalog;
        this.clock = clock;
        this.external = new ExternalTokens(new Issuers(catalog), keySets, clock);
        this.keys = catalog.cache(
                KEYS_MAX,
                name -> catalog.read(
                        sql -> SigningKeys.publicKey(sql, name.owner(), name.version(), name.groupVersion())));
    }

    /// What the bearer may do with the database.
    ///
    /// @param authorization value of the `Authorization` header, null if absent
    /// @throws TokenException 401 with the data plane's texts; 404 for a good token of another database
    public SessionOptions verify(DatabaseRoute route, @Nullable String authorization) {
        return admit(route, authorization).rights();
    }

    /// As [#verify], for what goes on longer than one look at the token.
    public Admission admit(DatabaseRoute route, @Nullable String authorization) {
        String token = bearer(authorization);
        TokenHash hash = TokenHash.of(token);
        VerifiedToken seen = verified.get(hash);
        if (seen == null) {
            Optional<String> keyId = ExternalTokens.keyId(token);
            if (keyId.isPresent()) {
                return external.admit(route, token, keyId.get(), hash);
            }
        }
        VerifiedToken known = known(token, hash, seen);
        if (!isFor(known, route)) {
            throw TokenException.otherDatabase(route.database().name());
        }
        SessionOptions rights = known.rights()
                .on(route)
                .orElseThrow(() -> TokenException.otherDatabase(route.database().name()));
        return new Admission(rights, now -> isFor(known, now) && isCurrent(known));
    }

    private static boolean isFor(VerifiedToken token, DatabaseRoute route) {
        UUID expected = token.ofGroup()
                ? route.group().id().value()
                : route.database().id().value();
        return token.owner().equals(expected);
    }

    /// The database that the bearer's token is for; empty for a token of a group, or of an issuer
    /// outside.
    ///
    /// @param authorization value of the `Authorization` header, null if absent
    /// @throws TokenException 401 with the data plane's texts
    public Optional<DatabaseId> database(@Nullable String authorization) {
        String token = bearer(authorization);
        if (ExternalTokens.keyId(token).isPresent()) {
            return Optional.empty();
        }
        TokenHash hash = TokenHash.of(token);
        VerifiedToken known = known(token, hash, verified.get(hash));
        return known.ofGroup() ? Optional.empty() : Optional.of(new DatabaseId(known.owner()));
    }

    /// @param seen null for a token that was not
    private VerifiedToken known(String token, TokenHash hash, @Nullable VerifiedToken seen) {
        VerifiedToken known = seen;
        if (known == null) {
            known = checkSignature(token);
            if (verified.size() >= TOKENS_MAX) {
                verified.clear();
            }
            verified.put(hash, known);
        } else if (!isCurrent(known)) {
            throw TokenException.invalid();
        }
        SignedClaims.requireUnexpired(known.expiresAt(), clock);
        return known;
    }

    /// Mints a token for one database. It is signed before its entry in the audit log is committed, and handed out
    /// after that: there is neither a token without an entry nor an entry of a token that could not be made.
    ///
    /// @param lifetime null for one that does not expire
    public String mint(DatabaseRoute route, SessionOptions rights, @Nullable Duration lifetime, Actor actor) {
        DatabaseId id = route.database().id();
        Instant now = clock.instant();
        return catalog.write(sql -> {
            var database = Databases.byId(sql, id).orElseThrow(DatabaseTokens::gone);
            Group group = Groups.byId(sql, database.group()).orElseThrow(DatabaseTokens::gone);
            Audit.record(
                    sql, actor, Action.DB_TOKEN_CREATE, database.organization(), database.name(), audited(rights), now);
            SigningKey key = SigningKeys.findOrCreate(sql, id.value(), database.keyVersion(), group.keyVersion(), now);
            return sign(key, "id", rights, lifetime, now);
        });
    }

    /// Mints a token for every database of a group, present and future; as above.
    public String mint(Group group, SessionOptions rights, @Nullable Duration lifetime, Actor actor) {
        Instant now = clock.instant();
        return catalog.write(sql -> {
            Group present = Groups.byId(sql, group.id()).orElseThrow(DatabaseTokens::gone);
            Audit.record(
                    sql,
                    actor,
                    Action.GROUP_TOKEN_CREATE,
                    present.organization(),
                    present.name(),
                    audited(rights),
                    now);
            SigningKey key =
                    SigningKeys.findOrCreate(sql, group.id().value(), present.keyVersion(), present.keyVersion(), now);
            return sign(key, "gid", rights, lifetime, now);
        });
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

    private static String sign(
            SigningKey key, String scope, SessionOptions rights, @Nullable Duration lifetime, Instant now) {
        JwtBuilder token = Jwts.builder()
                .header()
                .type("JWT")
                .and()
                .claims(AccessClaims.write(rights, key.owner(), scope.equals("gid")))
                .claim(scope, key.owner().toString())
                .claim("rid", key.version())
                .issuedAt(Date.from(now));
        if (lifetime != null) {
            token.expiration(Date.from(now.plus(lifetime)));
        }
        return token.signWith(key.privateKey(), Jwts.SIG.EdDSA).compact();
    }

    private VerifiedToken checkSignature(String token) {
        JwtPayload payload = JwtPayload.read(token).orElseThrow(TokenException::invalid);
        boolean ofGroup = payload.text("id").isEmpty();
        UUID owner = payload.text(ofGroup ? "gid" : "id")
                .flatMap(DatabaseTokens::uuid)
                .orElseThrow(TokenException::invalid);
        KeyName name = keyName(owner, ofGroup).orElseThrow(TokenException::invalid);
        PublicKey key = keys.get(name).orElseThrow(TokenException::invalid);
        SignedClaims claims = SignedClaims.of(token, key, List.of(Jwts.SIG.EdDSA), clock);
        if (!(claims.get("rid") instanceof Number rid) || rid.longValue() != name.version()) {
            throw TokenException.invalid();
        }
        AccessClaims rights = AccessClaims.of(claims, ofGroup ? null : owner.toString());
        return new VerifiedToken(owner, ofGroup, key, name.version(), rights, claims.expiresAt());
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

    /// Those that say what a token may do: of ours, and of issuers outside.
    public static Map<String, Object> claims(SessionOptions rights) {
        return AccessClaims.write(rights);
    }

    private static String audited(SessionOptions rights) {
        int attach = rights.attach().databases().size();
        return AccessClaims.text(rights) + (attach == 0 ? "" : ", attaches " + attach);
    }

    private static String bearer(@Nullable String authorization) {
        if (authorization == null) {
            throw TokenException.unauthorized("Expected authorization header but none given");
        }
        if (authorization.strip().indexOf(' ') < 0) {
            throw TokenException.unauthorized("Auth string does not conform to '<scheme> <token>' form");
        }
        return Bearer.read(authorization)
                .orElseThrow(() -> TokenException.unauthorized(
                        "The authentication scheme in the `Authorization` HTTP header is not supported"));
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static CatalogException gone() {
        return new CatalogException(CatalogException.Reason.NOT_FOUND, "database or group not found");
    }

    /// A key that never changes once it is there.
    private record KeyName(UUID owner, long version, long groupVersion) {}
}
