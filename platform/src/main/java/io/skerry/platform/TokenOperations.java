package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.token.DatabaseTokens;
import io.skerry.engine.query.SessionOptions;
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
        return jwt(tokens.mint(route, rights(call), lifetime(call), call.actor()));
    }

    ObjectNode mintForGroup(Call call) {
        Group group = call.group();
        return jwt(tokens.mint(group, rights(call), lifetime(call), call.actor()));
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

    private static SessionOptions rights(Call call) {
        Body body = call.body();
        if (!body.object("permissions").object("read_attach").isBlank("databases")) {
            throw new ApiException(400, "read_attach permissions are not supported");
        }
        String authorization = call.query("authorization").orElse("full-access");
        return TokenWish.rights(authorization, "authorization", body, "fine_grained_permissions");
    }

    private static @Nullable Duration lifetime(Call call) {
        return TokenWish.lifetime(call.query("expiration").orElse("never"));
    }
}
