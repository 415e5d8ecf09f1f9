package io.skerry.platform;

import io.skerry.catalog.Freshness;
import io.skerry.catalog.token.Caller;
import io.skerry.catalog.token.PlatformTokens;
import io.skerry.catalog.token.TokenException;
import io.skerry.catalog.token.TokenHash;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Lets in who shows a good token, not too often; and keeps those waiting who try one token or password after
/// another. From an address that showed too many wrong ones only tokens are looked at that were good here before:
/// the others that work behind the same address do not suffer. Thread-safe.
final class Admission {

    private static final int KNOWN_MAX = 10_000;

    private final PlatformTokens tokens;
    private final Freshness freshness;
    private final TokenRates rates;
    private final Guesses guesses;
    private final ReentrantLock lock = new ReentrantLock();
    private final Recent<TokenHash, Boolean> known = new Recent<>(KNOWN_MAX);

    /// @param nanos a clock that only goes forward
    Admission(PlatformTokens tokens, Freshness freshness, RateLimits limits, LongSupplier nanos) {
        this.tokens = tokens;
        this.freshness = freshness;
        this.rates = new TokenRates(limits.requestsPerSecond(), nanos);
        this.guesses = new Guesses(limits.wrongTokensPerMinute(), nanos);
    }

    /// @param authorization value of the header, null if absent
    /// @param address of the one who asks, as text
    /// @throws TokenException 401
    /// @throws ApiException 429
    Caller admit(@Nullable String authorization, String address) {
        require(authorization, address);
        Caller caller;
        try {
            // One that was made through another node a moment ago is no guess.
            caller = freshness.look(
                    () -> tokens.authenticate(authorization),
                    e -> authorization != null && e instanceof TokenException);
        } catch (TokenException e) {
            wrong(authorization, address);
            throw e;
        }
        good(authorization);
        rates.take(caller.token().id()).ifPresent(wait -> {
            throw ApiException.tooMany("too many requests with this token", wait);
        });
        return caller;
    }

    /// Refuses a token that may be another guess.
    ///
    /// @throws ApiException 429
    void require(@Nullable String authorization, String address) {
        Optional<Duration> blocked = guesses.blocked(address);
        if (blocked.isPresent() && !isKnown(TokenHash.of(String.valueOf(authorization)))) {
            throw ApiException.tooMany("too many wrong tokens or passwords from this address", blocked.get());
        }
    }

    /// Another node did not know the token either, or this one.
    void wrong(@Nullable String authorization, String address) {
        if (authorization != null) {
            forget(TokenHash.of(authorization));
            guesses.wrong(address);
        }
    }

    /// This node, or another one, knew the token.
    void good(@Nullable String authorization) {
        if (authorization != null) {
            remember(TokenHash.of(authorization));
        }
    }

    private boolean isKnown(TokenHash hash) {
        lock.lock();
        try {
            return known.containsKey(hash);
        } finally {
            lock.unlock();
        }
    }

    private void remember(TokenHash hash) {
        lock.lock();
        try {
            known.put(hash, true);
        } finally {
            lock.unlock();
        }
    }

    private void forget(TokenHash hash) {
        lock.lock();
        try {
            known.remove(hash);
        } finally {
            lock.unlock();
        }
    }
}
