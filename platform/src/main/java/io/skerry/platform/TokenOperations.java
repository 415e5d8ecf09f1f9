package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.token.DatabaseTokens;
import io.skerry.catalog.token.DatabaseTokens.Access;
import io.skerry.catalog.token.Expiration;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Tokens for databases and groups: minted, never stored, void after a rotation.
final class TokenOperations {

    private final DatabaseTokens tokens;
    private final Fleet fleet;

    TokenOperations(DatabaseTokens tokens, Fleet fleet) {
        this.tokens = tokens;
        this.fleet = fleet;
    }

    ObjectNode mintForDatabase(Call call) {
        DatabaseRoute route = call.database();
        Wish wish = Wish.of(call);
        return jwt(tokens.mint(route, wish.access(), wish.lifetime(), call.actor()));
    }

    ObjectNode mintForGroup(Call call) {
        Group group = call.group();
        Wish wish = Wish.of(call);
        return jwt(tokens.mint(group, wish.access(), wish.lifetime(), call.actor()));
    }

    ObjectNode rotateDatabase(Call call) {
        tokens.rotate(call.database(), call.actor());
        fleet.spread();
        return Views.object();
    }

    ObjectNode rotateGroup(Call call) {
        tokens.rotate(call.group(), call.actor());
        fleet.spread();
        return Views.object();
    }

    private static ObjectNode jwt(String token) {
        return Views.object().put("jwt", token);
    }

    private record Wish(Access access, @Nullable Duration lifetime) {

        static Wish of(Call call) {
            Body body = call.body();
            // A token that may do more than was asked for must never be issued.
            if (!body.isBlank("fine_grained_permissions")) {
                throw new ApiException(400, "fine_grained_permissions are not supported");
            }
            if (!body.object("permissions").object("read_attach").isBlank("databases")) {
                throw new ApiException(400, "read_attach permissions are not supported");
            }
            return new Wish(
                    access(call.query("authorization").orElse("full-access")),
                    lifetime(call.query("expiration").orElse("never")));
        }

        private static Access access(String text) {
            return switch (text) {
                case "full-access" -> Access.FULL;
                case "read-only" -> Access.READ_ONLY;
                default ->
                    throw new ApiException(
                            400, "invalid authorization: " + Shown.of(text) + ", must be full-access or read-only");
            };
        }

        private static @Nullable Duration lifetime(String text) {
            try {
                return Expiration.parse(text).orElse(null);
            } catch (IllegalArgumentException e) {
                throw new ApiException(400, "Invalid expiration format");
            }
        }
    }
}
