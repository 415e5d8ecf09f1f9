package io.skerry.catalog.token;

import io.jsonwebtoken.Claims;
import io.jsonwebtoken.ExpiredJwtException;
import io.jsonwebtoken.JwtException;
import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.PrematureJwtException;
import io.jsonwebtoken.security.SignatureAlgorithm;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.Date;
import org.jspecify.annotations.Nullable;

/// The claims of a token whose signature is good and whose time is now.
final class SignedClaims {

    /// Clocks of those who mint and those who verify may differ by this much.
    static final Duration LEEWAY = Duration.ofSeconds(60);

    private final Claims claims;

    private SignedClaims(Claims claims) {
        this.claims = claims;
    }

    /// @throws TokenException 401
    static SignedClaims of(String token, PublicKey key, Collection<SignatureAlgorithm> algorithms, Clock clock) {
        try {
            return new SignedClaims(Jwts.parser()
                    .sig()
                    .clear()
                    .add(algorithms)
                    .and()
                    .verifyWith(key)
                    .clock(() -> Date.from(clock.instant()))
                    .clockSkewSeconds(LEEWAY.toSeconds())
                    .build()
                    .parseSignedClaims(token)
                    .getPayload());
        } catch (ExpiredJwtException e) {
            throw TokenException.expired();
        } catch (PrematureJwtException e) {
            throw TokenException.unauthorized("The JWT is immature (not valid yet)");
        } catch (JwtException | IllegalArgumentException e) {
            throw TokenException.invalid();
        }
    }

    static void requireUnexpired(@Nullable Long expiresAt, Clock clock) {
        if (expiresAt != null && clock.instant().getEpochSecond() > expiresAt + LEEWAY.toSeconds()) {
            throw TokenException.expired();
        }
    }

    @Nullable
    Object get(String name) {
        return claims.get(name);
    }

    /// A claim that must be a text where it is there at all.
    @Nullable
    String text(String name) {
        Object value = claims.get(name);
        if (value != null && !(value instanceof String)) {
            throw TokenException.invalid();
        }
        return (String) value;
    }

    /// Seconds since 1970, null if never.
    @Nullable
    Long expiresAt() {
        Date expiration = claims.getExpiration();
        return expiration == null ? null : expiration.toInstant().getEpochSecond();
    }
}
