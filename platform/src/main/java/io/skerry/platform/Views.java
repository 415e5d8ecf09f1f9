package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.database.DatabaseInfo;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.fleet.LocationState;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.GroupLocation;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.token.Caller;
import java.util.List;

/// What objects look like in answers. Every documented field is always there, because strict decoders fail
/// without it, and lists are never null. Some keys are capitalised and some are not: clients depend on it.
final class Views {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final Fleet fleet;
    private final HostNames hosts;

    Views(Fleet fleet, HostNames hosts) {
        this.fleet = fleet;
        this.hosts = hosts;
    }

    /// With the host names by which the caller knows databases: those at the node that was asked.
    Views of(Call call) {
        return new Views(fleet, hosts.at(call.node()));
    }

    static ObjectNode object() {
        return JSON.objectNode();
    }

    ObjectNode group(Group group) {
        return group(group, fleet.states(group));
    }

    ObjectNode group(Group group, List<LocationState> states) {
        ObjectNode view = object();
        view.put("name", group.name());
        view.put("uuid", group.id().toString());
        view.put("version", group.version());
        view.set("locations", codes(group));
        view.put("primary", group.primary().value());
        view.put("delete_protection", group.deleteProtection());
        view.put("archived", group.archived());
        ArrayNode status = view.putObject("status").putArray("locations");
        ArrayNode progress = view.putObject("skerry").putArray("locations");
        for (LocationState state : states) {
            String name = state.location().value();
            status.addObject().put("name", name).put("status", state.serving() ? "up" : "down");
            progress.addObject()
                    .put("name", name)
                    .put("serving", state.serving())
                    .put("bytes_copied", state.bytesCopied())
                    .put("bytes_total", state.bytesTotal())
                    .put("lag_entries", state.lagEntries())
                    .put("lag_ms", state.lagMillis());
        }
        return view;
    }

    ObjectNode database(DatabaseInfo database, Group group, Organization organization) {
        String host = hosts.database(database, organization.slug());
        ObjectNode view = object();
        view.put("Name", database.name());
        view.put("DbId", database.id().toString());
        view.put("Hostname", host);
        view.put("hostname", host);
        view.put("group", group.name());
        view.set("regions", codes(group));
        view.put("primaryRegion", hosts.region(group.primary()));
        view.put("type", "logical");
        view.put("version", group.version().startsWith("v") ? group.version().substring(1) : group.version());
        view.put("sleeping", false);
        view.put("archived", database.archived() || group.archived());
        view.put("block_reads", database.blockReads());
        view.put("block_writes", database.blockWrites());
        view.put("allow_attach", database.allowAttach());
        view.put("delete_protection", database.deleteProtection());
        view.put("is_schema", false);
        view.putNull("schema");
        view.putObject("skerry").put("state", database.state().text());
        DatabaseInfo.Parent parent = database.parent();
        if (parent == null) {
            view.putNull("parent");
        } else {
            view.putObject("parent")
                    .put("id", parent.id().toString())
                    .put("name", parent.name())
                    .put("branched_at", parent.branchedAt().toString());
        }
        return view;
    }

    ObjectNode instance(GroupLocation place, DatabaseInfo database, Group group, Organization organization) {
        LocationCode code = place.code();
        return object().put("uuid", place.instance().toString())
                .put("name", code.value())
                .put("type", code.equals(group.primary()) ? "primary" : "replica")
                .put("region", code.value())
                .put("hostname", hosts.instance(code, database, organization.slug()));
    }

    /// @param viewer to whom only an organization of his own name is his personal one, though he may be a member of
    ///     somebody else's
    static ObjectNode organization(Organization organization, Caller viewer) {
        boolean own = organization.slug().equals(viewer.user().username());
        return object().put("id", organization.id().toString())
                .put("name", organization.name())
                .put("slug", organization.slug())
                .put("type", (own ? organization.type() : Organization.Type.TEAM).text())
                .put("overages", organization.overages())
                .put("require_mfa", organization.requireMfa())
                .put("blocked_reads", organization.blockedReads())
                .put("blocked_writes", organization.blockedWrites())
                .put("plan_id", organization.planId())
                .put("plan_timeline", organization.planTimeline())
                .put("platform", "self-hosted")
                .put("stripe_id", "");
    }

    private static ArrayNode codes(Group group) {
        ArrayNode codes = JSON.arrayNode();
        group.locations().forEach(code -> codes.add(code.value()));
        return codes;
    }
}
