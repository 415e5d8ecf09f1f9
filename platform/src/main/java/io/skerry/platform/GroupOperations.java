package io.skerry.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import java.time.Duration;

/// Groups and their locations.
final class GroupOperations {

    private final Catalog catalog;
    private final Fleet fleet;
    private final Views views;
    private final Duration waitMax;

    GroupOperations(Catalog catalog, Fleet fleet, Views views, Duration waitMax) {
        this.catalog = catalog;
        this.fleet = fleet;
        this.views = views;
        this.waitMax = waitMax;
    }

    ObjectNode list(Call call) {
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("groups");
        catalog.read(sql -> Groups.of(sql, call.organization().id())).stream()
                .filter(call::reaches)
                .map(views::group)
                .forEach(list::add);
        return answer;
    }

    ObjectNode create(Call call) {
        Body body = call.body();
        LocationCode primary = body.text("location")
                .map(GroupOperations::location)
                .orElseGet(() -> catalog.locations().getFirst());
        String extensions = body.member("extensions")
                .filter(value -> value.isArray() || value.isTextual())
                .map(JsonNode::toString)
                .orElse("");
        return wrapped(fleet.createGroup(
                call.organization(), body.text("name").orElse(""), primary, extensions, call.actor()));
    }

    ObjectNode get(Call call) {
        return wrapped(call.group());
    }

    ObjectNode delete(Call call) {
        Group group = call.group();
        ObjectNode answer = wrapped(group);
        fleet.deleteGroup(group, call.actor());
        return answer;
    }

    ObjectNode addLocation(Call call) {
        Group group = call.group();
        return wrapped(fleet.addLocation(group, location(call.parameter("location")), call.actor()));
    }

    ObjectNode removeLocation(Call call) {
        Group group = call.group();
        LocationCode location = LocationCode.parse(call.parameter("location"))
                .orElseThrow(() -> new ApiException(400, "Invalid location code"));
        return wrapped(fleet.removeLocation(group, location, call.actor()));
    }

    ObjectNode awaitLocation(Call call) {
        Group group = call.group();
        LocationCode location = LocationCode.parse(call.parameter("location"))
                .orElseThrow(() -> new ApiException(404, "location is not part of group " + group.name()));
        if (!fleet.awaitLocation(group, location, waitMax)) {
            throw new ApiException(
                    504, "group " + group.name() + " does not serve at " + location + " yet: call again to wait on");
        }
        return Views.object();
    }

    private ObjectNode wrapped(Group group) {
        ObjectNode answer = Views.object();
        answer.set("group", views.group(group));
        return answer;
    }

    private static LocationCode location(String text) {
        return LocationCode.parse(text).orElseThrow(() -> new ApiException(400, "invalid location: " + Shown.of(text)));
    }
}
