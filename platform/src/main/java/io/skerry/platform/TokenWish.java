package io.skerry.platform;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.catalog.token.Expiration;
import io.skerry.catalog.token.PermissionClaim;
import io.skerry.engine.query.Permissions;
import io.skerry.engine.query.SessionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a token is to be good for and for how long, in the words of requests. What cannot be granted as
/// it was asked for is refused: a token that may do more must never be issued.
final class TokenWish {

    private TokenWish() {}

    /// @param scope `full-access` or `read-only`
    /// @param scopeName what the request calls it
    /// @param listName the member of `body` that lists fine-grained permissions; without it, or if it
    ///     is empty, there is no such limit
    static SessionOptions rights(String scope, String scopeName, Body body, String listName) {
        return new SessionOptions(readOnly(scope, scopeName), permissions(body, listName));
    }

    private static boolean readOnly(String scope, String name) {
        return switch (scope) {
            case "full-access" -> false;
            case "read-only" -> true;
            default ->
                throw new ApiException(
                        400, "invalid " + name + ": " + Shown.of(scope) + ", must be full-access or read-only");
        };
    }

    private static Permissions permissions(Body body, String name) {
        JsonNode list = body.member(name).orElse(null);
        // What is blank otherwise, {} or false, is a mistake and must not become a token without limits.
        boolean listOrText = list != null && (list.isArray() || list.isTextual());
        if (list == null || (listOrText && body.isBlank(name))) {
            return Permissions.ALL;
        }
        try {
            return PermissionClaim.read(plain(list));
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, String.valueOf(e.getMessage()));
        }
    }

    /// Lists, maps and texts; keys in lower case, as everywhere in a body.
    private static Object plain(JsonNode node) {
        if (node.isArray()) {
            List<Object> list = new ArrayList<>();
            node.forEach(item -> list.add(plain(item)));
            return list;
        }
        if (node.isObject()) {
            Map<String, Object> map = new HashMap<>();
            node.properties().stream()
                    .filter(member -> !member.getValue().isNull())
                    .forEach(member -> map.put(member.getKey().toLowerCase(Locale.ROOT), plain(member.getValue())));
            return map;
        }
        return node.isTextual() ? node.textValue() : node;
    }

    /// @param expiration see [Expiration]
    /// @return null for a token that does not expire
    static @Nullable Duration lifetime(String expiration) {
        try {
            return Expiration.parse(expiration).orElse(null);
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, String.valueOf(e.getMessage()));
        }
    }
}
