package io.skerry.catalog.token;

import io.jsonwebtoken.jackson.io.JacksonDeserializer;
import java.io.ByteArrayInputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a JWT says of itself before anybody checked its signature: good for finding the key that would check it,
/// and for nothing else.
record JwtPayload(Map<String, ?> claims) {

    /// Empty if the token is no JWT.
    static Optional<JwtPayload> read(String token) {
        return part(token, 1);
    }

    /// The header in its place.
    static Optional<JwtPayload> header(String token) {
        return part(token, 0);
    }

    private static Optional<JwtPayload> part(String token, int index) {
        String[] parts = token.split("\\.", 4);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            byte[] json = Base64.getUrlDecoder().decode(parts[index]);
            Object value = new JacksonDeserializer<Object>()
                    .deserialize(new InputStreamReader(new ByteArrayInputStream(json), StandardCharsets.UTF_8));
            return value instanceof Map<?, ?> map ? Optional.of(of(map)) : Optional.empty();
        } catch (RuntimeException e) {
            return Optional.empty(); // not base64, not JSON: not a JWT
        }
    }

    Optional<String> text(String claim) {
        @Nullable Object value = claims.get(claim);
        return value instanceof String text ? Optional.of(text) : Optional.empty();
    }

    @SuppressWarnings("unchecked") // keys of a JSON object are strings
    private static JwtPayload of(Map<?, ?> map) {
        return new JwtPayload((Map<String, ?>) map);
    }
}
