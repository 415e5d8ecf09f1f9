package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.fleet.DatabaseUsage;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.fleet.Usage;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.GroupLocation;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.QueryCounts;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// What databases take and took. What is counted is in docs/api.md.
final class UsageOperations {

    private final Catalog catalog;
    private final Fleet fleet;

    UsageOperations(Catalog catalog, Fleet fleet) {
        this.catalog = catalog;
        this.fleet = fleet;
    }

    ObjectNode ofDatabase(Call call) {
        DatabaseRoute route = call.database();
        TimeSpan asked = TimeSpan.of(call, Instant.now());
        Usage usage = fleet.usage(route, asked.from(), asked.to());
        ObjectNode database = database(route.database().id(), route.group(), usage);
        ObjectNode answer = Views.object();
        answer.set("database", database);
        ObjectNode instances = answer.putObject("instances");
        for (var instance : database.path("instances")) {
            instances.set(instance.path("uuid").asText(), instance.path("usage"));
        }
        answer.set("total", database.path("total"));
        return answer;
    }

    /// A bare array, as the one client that asks reads it.
    ArrayNode queries(Call call) {
        DatabaseRoute route = call.database();
        TimeSpan asked = TimeSpan.of(call, Instant.now());
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (QueryCounts.Query query : fleet.queries(route, asked.from(), asked.to())) {
            list.addObject()
                    .put("query", query.text())
                    .put("rows_read", query.rowsRead())
                    .put("rows_written", query.rowsWritten());
        }
        return list;
    }

    ObjectNode statistics(Call call) {
        ArrayNode queries = queries(call);
        ObjectNode answer = Views.object();
        if (queries.isEmpty()) {
            return answer.putNull("top_queries");
        }
        answer.set("top_queries", queries);
        return answer;
    }

    ObjectNode ofOrganization(Call call) {
        TimeSpan asked = TimeSpan.of(call, Instant.now());
        OrganizationId id = call.organization().id();
        Map<Group, List<DatabaseId>> present = catalog.read(sql -> Groups.of(sql, id).stream()
                .collect(Collectors.toMap(
                        group -> group, group -> Databases.idsOf(sql, group.id()), (a, b) -> a, LinkedHashMap::new)));
        Usage usage = fleet.usage(id, present, asked.from(), asked.to());
        ObjectNode answer = Views.object();
        ObjectNode organization = answer.putObject("organization");
        organization.put("uuid", id.toString());
        ArrayNode databases = organization.putArray("databases");
        present.forEach((group, ids) -> ids.forEach(database -> databases.add(database(database, group, usage))));
        long locations = present.keySet().stream()
                .flatMap(group -> group.locations().stream())
                .distinct()
                .count();
        organization.set(
                "usage",
                view(usage.total())
                        .put("databases", databases.size())
                        .put("locations", locations)
                        .put("groups", present.size()));
        return answer;
    }

    /// Of the databases that the group has: it is not known in which group one was that is deleted.
    ObjectNode ofGroup(Call call) {
        TimeSpan asked = TimeSpan.of(call, Instant.now());
        Group group = call.group();
        List<DatabaseId> present = catalog.read(sql -> Databases.idsOf(sql, group.id()));
        Usage usage = fleet.usage(call.organization().id(), Map.of(group, present), asked.from(), asked.to());
        ObjectNode answer = Views.object();
        ObjectNode view = answer.putObject("group");
        view.put("uuid", group.id().toString()).put("name", group.name());
        ArrayNode databases = view.putArray("databases");
        present.forEach(database -> databases.add(database(database, group, usage)));
        view.set(
                "usage",
                view(usage.of(present))
                        .put("databases", present.size())
                        .put("locations", group.locations().size()));
        return answer;
    }

    private static ObjectNode database(DatabaseId id, Group group, Usage usage) {
        ObjectNode database = Views.object().put("uuid", id.toString());
        ArrayNode instances = database.putArray("instances");
        for (GroupLocation place : group.places()) {
            instances
                    .addObject()
                    .put("uuid", place.instance().toString())
                    .set("usage", view(usage.of(id, place.code())));
        }
        // Clients read the one, the published document has the other.
        ObjectNode total = view(usage.of(id));
        database.set("usage", total);
        database.set("total", total.deepCopy());
        return database;
    }

    private static ObjectNode view(DatabaseUsage usage) {
        return Views.object()
                .put("rows_read", usage.rowsRead())
                .put("rows_written", usage.rowsWritten())
                .put("storage_bytes", usage.storageBytes())
                .put("bytes_synced", 0);
    }
}
