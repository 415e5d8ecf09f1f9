package io.skerry.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.GroupEdits;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.token.Caller;
import java.time.Duration;

/// Groups and their locations.
final class GroupOperations {

    private final Catalog catalog;
    private final Fleet fleet;
    private final GroupEdits edits;
    private final Views views;
    private final Duration waitMax;

    GroupOperations(Catalog catalog, Fleet fleet, Views views, Duration waitMax) {
        this.catalog = catalog;
        this.fleet = fleet;
        this.edits = new GroupEdits(catalog);
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
                .map(GroupOperations::extensions)
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

    ObjectNode configuration(Call call) {
        return configuration(call.group());
    }

    ObjectNode configure(Call call) {
        Group group = call.group();
        return configuration(call.body()
                .flag("delete_protection")
                .map(on -> edits.protect(group, on, call.actor()))
                .orElse(group));
    }

    private static ObjectNode configuration(Group group) {
        return Views.object().put("delete_protection", group.deleteProtection());
    }

    ObjectNode rename(Call call) {
        Group group = call.group();
        return wrapped(edits.rename(group, call.body().text("name").orElse(""), call.actor()));
    }

    /// The fields of the group are in the answer twice: the published document has them at its top, every other
    /// operation wraps them.
    ObjectNode transfer(Call call) {
        Group group = call.group();
        ObjectNode view = views.group(edits.transfer(group, target(call), call.actor()));
        fleet.spread();
        ObjectNode answer = view.deepCopy();
        answer.set("group", view);
        return answer;
    }

    /// The organization that is to have the group: the caller must be its owner or an admin. Never 403, which
    /// would make clients forget the organization that they work in.
    private Organization target(Call call) {
        Body body = call.body();
        String named = body.text("organization")
                .or(() -> body.text("org"))
                .orElseThrow(() -> new ApiException(400, "invalid request body: organization is missing"));
        Caller caller = call.caller();
        return catalog.read(sql -> {
            Organization target = Organizations.bySlug(sql, named)
                    .or(() -> Call.uuid(named).flatMap(id -> Organizations.byId(sql, new OrganizationId(id))))
                    .orElseThrow(GroupOperations::noOrganization);
            Role role = Users.role(sql, target.id(), caller.user().id()).orElseThrow(GroupOperations::noOrganization);
            OrganizationId restricted = caller.token().organization();
            if (restricted != null && !restricted.equals(target.id())) {
                throw new ApiException(400, "the token is restricted to another organization than " + target.slug());
            }
            if (role != Role.OWNER && role != Role.ADMIN) {
                throw new ApiException(
                        400, "only an owner or admin of organization " + target.slug() + " may bring a group there");
            }
            return target;
        });
    }

    private static ApiException noOrganization() {
        return new ApiException(404, "organization not found");
    }

    ObjectNode archive(Call call) {
        return wrapped(fleet.archiveGroup(call.group(), call.actor()));
    }

    /// Does nothing to a group that is not archived; none becomes so by itself. Whoever is told may use its databases
    /// at any node.
    ObjectNode unarchive(Call call) {
        Group group = fleet.unarchiveGroup(call.group(), call.actor());
        fleet.spread();
        return wrapped(group);
    }

    /// A group's servers are the nodes, whose version is not the API's matter.
    ObjectNode update(Call call) {
        call.group();
        return Views.object();
    }

    ObjectNode migration(Call call) {
        call.group();
        return Views.object().put("status", "none").put("comment", "");
    }

    ObjectNode refuseMigration(Call call) {
        throw new ApiException(
                400,
                "group " + call.group().name() + " is on a platform of its own: there is nothing to migrate it to");
    }

    private ObjectNode wrapped(Group group) {
        ObjectNode answer = Views.object();
        answer.set("group", views.group(group));
        return answer;
    }

    private static JsonNode extensions(JsonNode value) {
        boolean names = value.isArray() && value.valueStream().allMatch(JsonNode::isTextual);
        if (!names && !value.isTextual()) {
            throw new ApiException(400, "invalid request body: extensions must be \"all\" or a list of strings");
        }
        return value;
    }

    private static LocationCode location(String text) {
        return LocationCode.parse(text).orElseThrow(() -> new ApiException(400, "invalid location: " + Shown.of(text)));
    }
}
