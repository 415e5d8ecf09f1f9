package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.token.DatabaseTokens;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.query.AttachGrants;
import io.skerry.engine.query.SessionOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tokens for databases and groups: minted, never stored, void after a rotation.
final class TokenOperations {

    /// A token travels with each request.
    private static final int ATTACH_MAX = 32;

    private final DatabaseTokens tokens;
    private final Fleet fleet;

    TokenOperations(DatabaseTokens tokens, Fleet fleet) {
        this.tokens = tokens;
        this.fleet = fleet;
    }

    ObjectNode mintForDatabase(Call call) {
        DatabaseRoute route = call.database();
        return jwt(tokens.mint(route, rights(call, route.group()), lifetime(call), call.actor()));
    }

    ObjectNode mintForGroup(Call call) {
        Group group = call.group();
        return jwt(tokens.mint(group, rights(call, group), lifetime(call), call.actor()));
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

    /// @param of what the token is for
    private static SessionOptions rights(Call call, Group of) {
        Body body = call.body();
        String authorization = call.query("authorization").orElse("full-access");
        SessionOptions rights = TokenWish.rights(authorization, "authorization", body, "fine_grained_permissions");
        AttachGrants attach = attach(call, of, body);
        if (!attach.none() && rights.permissions().limit()) {
            throw new ApiException(400, "a token with fine-grained permissions cannot attach databases");
        }
        return new SessionOptions(rights.readOnly(), rights.permissions(), attach);
    }

    /// The databases that the token may attach besides. What it cannot be granted is refused: the list is never
    /// shortened in silence.
    private static AttachGrants attach(Call call, Group of, Body body) {
        List<String> names = body.object("permissions")
                .object("read_attach")
                .texts("databases")
                .orElse(List.of());
        if (names.size() > ATTACH_MAX) {
            throw new ApiException(400, "too many databases in read_attach: at most " + ATTACH_MAX);
        }
        Map<DatabaseId, Long> databases = new HashMap<>();
        for (String name : names) {
            DatabaseRoute route = call.databaseNamed(name);
            if (!route.group().id().equals(of.id())) {
                throw new ApiException(
                        400,
                        "database " + route.database().name() + " is not in group " + of.name()
                                + ": only databases of one group can be attached");
            }
            databases.put(route.database().id(), route.database().keyVersion());
        }
        return databases.isEmpty() ? AttachGrants.NONE : new AttachGrants(false, databases);
    }

    private static @Nullable Duration lifetime(Call call) {
        return TokenWish.lifetime(call.query("expiration").orElse("never"));
    }
}
