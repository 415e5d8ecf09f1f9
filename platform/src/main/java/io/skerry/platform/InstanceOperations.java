package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.group.GroupLocation;
import java.time.Duration;

/// A database at the locations of its group, where it is as long as the group is.
final class InstanceOperations {

    private final Catalog catalog;
    private final Fleet fleet;
    private final Views views;
    private final Duration waitMax;

    InstanceOperations(Catalog catalog, Fleet fleet, Views views, Duration waitMax) {
        this.catalog = catalog;
        this.fleet = fleet;
        this.views = views;
        this.waitMax = waitMax;
    }

    ObjectNode list(Call call) {
        DatabaseRoute route = call.database();
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("instances");
        for (GroupLocation place : route.group().places()) {
            list.add(views.of(call).instance(place, route.database(), route.group(), route.organization()));
        }
        return answer;
    }

    ObjectNode get(Call call) {
        DatabaseRoute route = call.database();
        ObjectNode answer = Views.object();
        answer.set(
                "instance",
                views.of(call).instance(place(route, call), route.database(), route.group(), route.organization()));
        return answer;
    }

    ObjectNode refuseToCreate(Call call) {
        DatabaseRoute route = call.database();
        throw new ApiException(400, part(route) + ": add the location to the group instead");
    }

    /// Clients compare the texts for what is not there.
    ObjectNode refuseToDelete(Call call) {
        String name = call.parameter("database");
        if (catalog.byName(call.organization().slug(), name).isEmpty()) {
            throw new ApiException(404, "could not find database " + Shown.of(name) + " to delete instance from");
        }
        DatabaseRoute route = call.database();
        place(route, call);
        throw new ApiException(400, part(route) + ": remove the location from the group instead");
    }

    /// Holds until the whole group serves there, this database among its others.
    ObjectNode await(Call call) {
        DatabaseRoute route = call.database();
        GroupLocation place = place(route, call);
        if (!fleet.awaitLocation(route.group(), place.code(), waitMax)) {
            throw new ApiException(
                    504,
                    "instance " + place.code() + " of database "
                            + route.database().name() + " does not serve yet: call again to wait on");
        }
        return Views.object();
    }

    private static GroupLocation place(DatabaseRoute route, Call call) {
        String name = call.parameter("instance");
        return route.group().places().stream()
                .filter(candidate -> candidate.code().value().equals(name))
                .findFirst()
                .orElseThrow(() -> new ApiException(
                        404,
                        "could not find instance " + Shown.of(name) + " of database "
                                + route.database().name()));
    }

    /// Clients look for these words.
    static String part(DatabaseRoute route) {
        return "database " + route.database().name() + " is part of a group ("
                + route.group().name() + ")";
    }
}
