package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.fleet.DatabaseUsage;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.GroupLocation;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.QueryCounts;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What databases take and took. What is counted, and since when, is in docs/api.md.
final class UsageOperations {

    private final Catalog catalog;
    private final Fleet fleet;

    UsageOperations(Catalog catalog, Fleet fleet) {
        this.catalog = catalog;
        this.fleet = fleet;
    }

    ObjectNode ofDatabase(Call call) {
        DatabaseRoute route = call.database();
        checkTime(call, "from");
        checkTime(call, "to");
        DatabaseId id = route.database().id();
        ObjectNode database = database(id, route.group(), fleet.usage(route.group(), List.of(id)));
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
        checkTime(call, "from");
        checkTime(call, "to");
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (QueryCounts.Query query : fleet.queries(call.database())) {
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
        checkTime(call, "from");
        checkTime(call, "to");
        List<Group> groups = catalog
                .read(sql -> Groups.of(sql, call.organization().id()))
                .stream()
                .filter(call::reaches)
                .toList();
        ObjectNode answer = Views.object();
        ObjectNode organization = answer.putObject("organization");
        organization.put("uuid", call.organization().id().toString());
        ArrayNode databases = organization.putArray("databases");
        DatabaseUsage total = DatabaseUsage.NOTHING;
        Set<LocationCode> locations = new HashSet<>();
        for (Group group : groups) {
            locations.addAll(group.locations());
            List<DatabaseId> ids = catalog.read(sql -> Databases.idsOf(sql, group.id()));
            Map<LocationCode, Map<DatabaseId, DatabaseUsage>> seen = fleet.usage(group, ids);
            for (DatabaseId id : ids) {
                databases.add(database(id, group, seen));
                total = total.plus(together(id, group, seen));
            }
        }
        organization.set(
                "usage",
                view(total)
                        .put("databases", databases.size())
                        .put("locations", locations.size())
                        .put("groups", groups.size()));
        return answer;
    }

    private static ObjectNode database(
            DatabaseId id, Group group, Map<LocationCode, Map<DatabaseId, DatabaseUsage>> seen) {
        ObjectNode database = Views.object().put("uuid", id.toString());
        ArrayNode instances = database.putArray("instances");
        for (GroupLocation place : group.places()) {
            instances
                    .addObject()
                    .put("uuid", place.instance().toString())
                    .set("usage", view(at(place.code(), id, seen)));
        }
        // Clients read the one, the published document has the other.
        ObjectNode total = view(together(id, group, seen));
        database.set("usage", total);
        database.set("total", total.deepCopy());
        return database;
    }

    private static DatabaseUsage together(
            DatabaseId id, Group group, Map<LocationCode, Map<DatabaseId, DatabaseUsage>> seen) {
        return group.locations().stream()
                .map(location -> at(location, id, seen))
                .reduce(DatabaseUsage.NOTHING, DatabaseUsage::with);
    }

    private static DatabaseUsage at(
            LocationCode location, DatabaseId id, Map<LocationCode, Map<DatabaseId, DatabaseUsage>> seen) {
        return seen.getOrDefault(location, Map.of()).getOrDefault(id, DatabaseUsage.NOTHING);
    }

    private static ObjectNode view(DatabaseUsage usage) {
        return Views.object()
                .put("rows_read", usage.rowsRead())
                .put("rows_written", usage.rowsWritten())
                .put("storage_bytes", usage.storageBytes())
                .put("bytes_synced", 0);
    }

    private static void checkTime(Call call, String name) {
        call.query(name).ifPresent(text -> {
            try {
                OffsetDateTime.parse(text.replace(' ', '+'));
            } catch (DateTimeParseException e) {
                throw new ApiException(
                        400,
                        "invalid " + name + " parameter: parsing time \"" + Shown.of(text)
                                + "\" as \"2006-01-02T15:04:05Z07:00\"");
            }
        });
    }
}
