package io.skerry.catalog.token;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The value of an `Authorization` header.
final class Bearer {

    private static final String SCHEME = "bearer ";

    private Bearer() {}

    /// The token; empty if there is none or the scheme is another.
    static Optional<String> read(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return Optional.empty();
        }
        String token = authorization.substring(SCHEME.length()).strip();
        return token.isEmpty() ? Optional.empty() : Optional.of(token);
    }
}
