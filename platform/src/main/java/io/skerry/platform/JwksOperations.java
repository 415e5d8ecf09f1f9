package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.issuer.Issuers;

/// Issuers of database tokens outside the platform, and what their tokens have to claim.
final class JwksOperations {

    private final Issuers issuers;

    JwksOperations(Issuers issuers) {
        this.issuers = issuers;
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
        return Views.object();
    }

    ObjectNode delete(Call call) {
        issuers.delete(call.organization(), call.parameter("jwks"), call.actor());
        return Views.object();
    }

    /// The claims of a token for a database, a group, or all that the organization has.
    ObjectNode template(Call call) {
        Body body = call.body();
        if (!body.isBlank("permissions")) {
            // A token that may do more than was asked for must never come of it.
            throw new ApiException(400, "fine-grained permissions are not supported");
        }
        String scope = body.text("scope").orElse("full-access");
        ObjectNode answer = Views.object();
        ObjectNode claims = answer.putObject("template").put("a", access(scope));
        String group = body.text("group").orElse("");
        String database = body.text("database").orElse("");
        if (!database.isEmpty()) {
            claims.put("id", call.databaseNamed(database).database().id().toString());
        } else if (!group.isEmpty()) {
            claims.put(
                    "gid",
                    call.group(group)
                            .orElseThrow(() -> new ApiException(404, "group not found"))
                            .id()
                            .toString());
        }
        return answer;
    }

    private static String access(String scope) {
        return switch (scope) {
            case "full-access" -> "rw";
            case "read-only" -> "ro";
            default ->
                throw new ApiException(400, "invalid scope: " + Shown.of(scope) + ", must be full-access or read-only");
        };
    }
}
