package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.organization.Organizations;
import java.time.Instant;

/// What concerns the caller.
final class AccountOperations {

    private static final long NEVER = -1;

    private final Catalog catalog;

    AccountOperations(Catalog catalog) {
        this.catalog = catalog;
    }

    ObjectNode validate(Call call) {
        Instant expiresAt = call.caller().token().expiresAt();
        return Views.object().put("exp", expiresAt == null ? NEVER : expiresAt.getEpochSecond());
    }

    ObjectNode organizations(Call call) {
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("organizations");
        catalog.read(sql -> Organizations.of(sql, call.caller().user().id())).stream()
                .filter(organization -> call.caller().token().organization() == null
                        || organization.id().equals(call.caller().token().organization()))
                .map(Views::organization)
                .forEach(list::add);
        return answer;
    }
}
