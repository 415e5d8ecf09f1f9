package io.skerry.catalog.token;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.FrameCache;
import io.skerry.catalog.organization.Users;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Recognises the tokens of the control plane. Thread-safe. A token that was recognised costs a hash until the
/// catalog changes; one that is revoked dies on each node as soon as the change is applied there.
public final class PlatformTokens {

    private static final int CALLERS_MAX = 10_000;

    private final Catalog catalog;
    private final Clock clock;
    private final FrameCache<TokenHash, Caller> callers;

    public PlatformTokens(Catalog catalog, Clock clock) {
        this.catalog = catalog;
        this.clock = clock;
        this.callers = catalog.cache(CALLERS_MAX, this::find);
    }

    /// @param authorization value of the `Authorization` header, null if absent
    /// @throws TokenException always 401
    public Caller authenticate(@Nullable String authorization) {
        String token = Bearer.read(authorization)
                .orElseThrow(() -> new TokenException(401, "an authorization header with a bearer token is required"));
        Caller caller = callers.get(TokenHash.of(token)).orElseThrow(() -> new TokenException(401, whyNot(token)));
        Instant expiresAt = caller.token().expiresAt();
        if (expiresAt != null && !clock.instant().isBefore(expiresAt)) {
            throw new TokenException(401, "token is expired");
        }
        return caller;
    }

    private Optional<Caller> find(TokenHash hash) {
        return catalog.read(sql -> ApiTokens.byHash(sql, hash)
                .flatMap(token -> Users.byId(sql, token.user()).map(user -> new Caller(user, token))));
    }

    /// Clients tell the mistakes apart by these texts.
    private static String whyNot(String token) {
        if (token.split("\\.", -1).length != 3) {
            return "token contains an invalid number of segments";
        }
        return JwtPayload.read(token)
                .filter(payload -> payload.text("jti").isPresent())
                .map(payload -> "token is invalid or was revoked")
                .orElse("could not parse jwt id");
    }
}
