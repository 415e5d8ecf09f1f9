package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.issuer.Issuers;
import io.skerry.catalog.token.DatabaseTokens;
import io.skerry.engine.GroupId;
import io.skerry.engine.query.SessionOptions;
import java.util.Optional;

/// Issuers of database tokens outside the platform, and what their tokens have to claim.
final class JwksOperations {

    private final Issuers issuers;
    private final Fleet fleet;

    JwksOperations(Issuers issuers, Fleet fleet) {
        this.issuers = issuers;
        this.fleet = fleet;
    }

    ObjectNode list(Call call) {
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("jwks");
        issuers.of(call.organization())
                .forEach(issuer ->
                        list.addObject().put("jwks_name", issuer.name()).put("jwks_url", issuer.url()));
        return answer;
    }

    ObjectNode put(Call call) {
        issuers.put(
                call.organization(),
                call.parameter("jwks"),
                call.body().text("jwks_url").orElse(""),
                call.actor());
        fleet.spread();
        return Views.object();
    }

    ObjectNode delete(Call call) {
        issuers.delete(call.organization(), call.parameter("jwks"), call.actor());
        fleet.spread(); // what its tokens open is closed everywhere when this answers
        return Views.object();
    }

    /// The claims of a token for a database, a group, or all that the organization has.
    ObjectNode template(Call call) {
        Body body = call.body();
        SessionOptions rights =
                TokenWish.rights(body.text("scope").orElse("full-access"), "scope", body, "permissions");
        ObjectNode answer = Views.object();
        ObjectNode claims = answer.putObject("template");
        DatabaseTokens.claims(rights).forEach(claims::putPOJO);
        String group = body.text("group").orElse("");
        String database = body.text("database").orElse("");
        Optional<GroupId> named = group.isEmpty() ? Optional.empty() : Optional.of(group(call, group));
        if (!database.isEmpty()) {
            DatabaseRoute route = call.databaseNamed(database);
            if (named.filter(id -> !id.equals(route.group().id())).isPresent()) {
                throw new ApiException(400, "database " + database + " is not in group " + group);
            }
            claims.put("id", route.database().id().toString());
        } else {
            named.ifPresent(id -> claims.put("gid", id.toString()));
        }
        return answer;
    }

    private static GroupId group(Call call, String name) {
        return call.group(name)
                .orElseThrow(() -> new ApiException(404, "group not found"))
                .id();
    }
}
