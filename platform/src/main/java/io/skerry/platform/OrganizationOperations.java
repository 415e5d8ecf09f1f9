package io.skerry.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.OrganizationChanges;
import io.skerry.catalog.organization.Organizations;
import java.util.Optional;

/// Organizations themselves.
final class OrganizationOperations {

    private final Catalog catalog;
    private final OrganizationChanges changes;

    OrganizationOperations(Catalog catalog, OrganizationChanges changes) {
        this.catalog = catalog;
        this.changes = changes;
    }

    ObjectNode list(Call call) {
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("organizations");
        catalog.read(sql -> Organizations.of(sql, call.caller().user().id())).stream()
                .filter(organization -> call.caller().token().organization() == null
                        || organization.id().equals(call.caller().token().organization()))
                .map(organization -> Views.organization(organization, call.caller()))
                .forEach(list::add);
        return answer;
    }

    ObjectNode create(Call call) {
        boolean dryRun = call.query("dry_run").filter("true"::equals).isPresent();
        String name = call.body().text("name").orElse("");
        Organization created = changes.create(call.caller().user(), name, dryRun, call.actor());
        ObjectNode answer = Views.object();
        answer.set("org", Views.organization(created, call.caller()));
        return answer;
    }

    ObjectNode get(Call call) {
        return wrapped(call, call.organization());
    }

    ObjectNode update(Call call) {
        Body body = call.body();
        if (flag(body, "require_mfa").orElse(false)) {
            throw new ApiException(400, "require_mfa is not supported: there is no second factor here");
        }
        Optional<Boolean> overages = flag(body, "overages");
        return wrapped(
                call,
                overages.map(on -> changes.setOverages(call.organization(), on, call.actor()))
                        .orElse(call.organization()));
    }

    ObjectNode delete(Call call) {
        changes.delete(call.organization(), call.actor());
        return Views.object();
    }

    private static ObjectNode wrapped(Call call, Organization organization) {
        ObjectNode answer = Views.object();
        answer.set("organization", Views.organization(organization, call.caller()));
        return answer;
    }

    private static Optional<Boolean> flag(Body body, String key) {
        Optional<JsonNode> member = body.member(key);
        if (member.filter(value -> !value.isBoolean()).isPresent()) {
            throw new ApiException(400, "invalid request body: " + key + " must be true or false");
        }
        return member.map(JsonNode::booleanValue);
    }
}
