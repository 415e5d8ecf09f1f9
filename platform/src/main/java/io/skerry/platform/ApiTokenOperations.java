package io.skerry.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.token.ApiTokens;
import io.skerry.catalog.token.PlatformTokenChanges;
import io.skerry.catalog.token.PlatformTokenChanges.Minted;
import io.skerry.catalog.token.Restriction;
import io.skerry.catalog.token.Scope;
import io.skerry.catalog.token.TokenListing;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Tokens of the control plane: minted, listed, revoked.
final class ApiTokenOperations {

    private final Catalog catalog;
    private final Fleet fleet;
    private final PlatformTokenChanges changes;

    ApiTokenOperations(Catalog catalog, Fleet fleet, PlatformTokenChanges changes) {
        this.catalog = catalog;
        this.fleet = fleet;
        this.changes = changes;
    }

    /// The caller's own, in all organizations.
    ObjectNode list(Call call) {
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("tokens");
        catalog.read(sql -> ApiTokens.of(sql, call.caller().user().id())).stream()
                .map(ApiTokenOperations::view)
                .forEach(list::add);
        return answer;
    }

    /// The first form of the answer: the token beside its id.
    ObjectNode mint(Call call) {
        Minted minted = minted(call);
        return Views.object().put("id", minted.id()).put("name", minted.name()).put("token", minted.secret());
    }

    /// The second: all in an object of its own.
    ObjectNode mintNested(Call call) {
        Minted minted = minted(call);
        ObjectNode answer = Views.object();
        answer.putObject("token")
                .put("id", minted.id())
                .put("name", minted.name())
                .put("value", minted.secret());
        return answer;
    }

    ObjectNode revoke(Call call) {
        String name = call.parameter("token");
        changes.revoke(call.caller().user(), name, call.actor());
        return Views.object().put("token", name);
    }

    ObjectNode endSessions(Call call) {
        Instant validFrom = changes.endSessions(call.caller().user(), call.actor());
        return Views.object().put("validFrom", validFrom.getEpochSecond());
    }

    /// Those that are restricted to the organization.
    ObjectNode listOfOrganization(Call call) {
        String owner = ownersOnly(call);
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("tokens");
        for (TokenListing token :
                catalog.read(sql -> ApiTokens.of(sql, call.organization().id()))) {
            if (owner == null || owner.equals(token.owner())) {
                ObjectNode view = view(token);
                view.putObject("owner").put("username", token.owner()).put("email", token.ownerEmail());
                list.add(view);
            }
        }
        return answer;
    }

    ObjectNode revokeOfOrganization(Call call) {
        String id = call.parameter("token");
        changes.revoke(call.organization(), id, ownersOnly(call), call.actor());
        return Views.object().put("token", id);
    }

    /// Whose tokens the caller may see and end; null for everybody's.
    private static @Nullable String ownersOnly(Call call) {
        return call.role().compareTo(Role.ADMIN) <= 0
                ? null
                : call.caller().user().username();
    }

    private Minted minted(Call call) {
        Body body = call.body();
        String organization = body.text("organization").orElse(null);
        String group = body.text("group").orElse(null);
        Restriction restriction;
        try {
            restriction = new Restriction(organization, group, scopes(body), lifetime(call, body));
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, String.valueOf(e.getMessage()));
        }
        Minted minted = changes.mint(call.caller().user(), call.parameter("token"), restriction, call.actor());
        fleet.spread(); // elsewhere it would be a wrong token until then
        return minted;
    }

    private static Set<Scope> scopes(Body body) {
        EnumSet<Scope> scopes = EnumSet.noneOf(Scope.class);
        JsonNode listed = body.member("scopes").orElse(null);
        if (listed == null) {
            return scopes;
        }
        if (!listed.isArray()) {
            throw new ApiException(400, "invalid request body: scopes must be a list");
        }
        for (JsonNode item : listed) {
            scopes.addAll(scope(item.asText()));
        }
        return scopes;
    }

    /// A scope, or a preset that stands for several.
    private static Set<Scope> scope(String text) {
        return switch (text) {
            case "read-only" -> Set.of(Scope.READ);
            case "full-access" -> EnumSet.allOf(Scope.class);
            default ->
                Scope.parse(text)
                        .map(Set::of)
                        .orElseThrow(() -> new ApiException(400, "unknown scope: " + Shown.of(text)));
        };
    }

    private static @Nullable Duration lifetime(Call call, Body body) {
        String text = body.text("expiration").or(() -> call.query("expiration")).orElse("never");
        return TokenWish.lifetime(text);
    }

    private static ObjectNode view(TokenListing token) {
        ObjectNode view = Views.object().put("id", token.id()).put("name", token.name());
        if (token.organization() != null) {
            view.put("organization", token.organization());
        }
        if (token.group() != null) {
            view.put("group", token.group());
            ArrayNode scopes = view.putArray("scopes");
            List<Scope> granted = token.scopes();
            granted.forEach(scope -> scopes.add(scope.text()));
        }
        view.put(
                "created_at",
                token.createdAt().atOffset(ZoneOffset.UTC).toLocalDate().toString());
        if (token.expiresAt() != null) {
            view.put("expires_at", token.expiresAt().toString());
        }
        return view;
    }
}
