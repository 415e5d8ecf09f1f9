package io.skerry.platform.openapi;

import static io.skerry.platform.openapi.Field.field;
import static io.skerry.platform.openapi.Field.maybe;
import static io.skerry.platform.openapi.Schema.flag;
import static io.skerry.platform.openapi.Schema.list;
import static io.skerry.platform.openapi.Schema.number;
import static io.skerry.platform.openapi.Schema.object;
import static io.skerry.platform.openapi.Schema.oneOf;
import static io.skerry.platform.openapi.Schema.orNull;
import static io.skerry.platform.openapi.Schema.ref;
import static io.skerry.platform.openapi.Schema.text;
import static io.skerry.platform.openapi.Schema.time;
import static io.skerry.platform.openapi.Schema.uuid;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/// The objects that several operations answer.
final class NamedSchemas {

    private static final String[] ROLES = {"owner", "admin", "member", "viewer"};

    private NamedSchemas() {}

    static Map<String, ObjectNode> all() {
        Map<String, ObjectNode> all = new LinkedHashMap<>();
        all.put(
                "Error",
                object(
                        field("error", text("What was wrong, and with what")),
                        maybe("error_description", text("The same, where `error` is a word of OAuth"))));
        all.put("Organization", organization());
        all.put(
                "Member",
                object(field("username", text("Name")), field("email", text("Address")), field("role", role())));
        all.put("ApiToken", object(apiToken(false)));
        all.put("OwnedApiToken", object(with(apiToken(true), field("owner", person()))));
        all.put("OauthClient", object(OauthDescriptions.client()));
        all.put("NewOauthClient", object(with(OauthDescriptions.client(), field("secret", text("Its secret")))));
        all.put("OauthGrant", OauthDescriptions.grant());
        all.put("Invite", invite());
        all.put("OpenInvite", openInvite());
        all.put("Group", object(group()));
        all.put("Database", object(database()));
        all.put("Instance", instance());
        all.put("Configuration", configuration());
        all.put("Counts", object(counts()));
        all.put("DatabaseUsage", databaseUsage());
        all.put("Query", query());
        return all;
    }

    static ObjectNode role() {
        return oneOf("Role in the organization", ROLES);
    }

    /// A role that can be given away.
    static ObjectNode givenRole() {
        return oneOf("Role in the organization", "admin", "member", "viewer");
    }

    private static ObjectNode organization() {
        return object(
                field("id", uuid("Id, which paths take in place of the slug")),
                field("name", text("Name")),
                field("slug", text("Name in paths and host names")),
                field("type", oneOf("Whether it is the caller's own", "personal", "team")),
                field("overages", flag("Remembered, without effect: nothing is billed")),
                field("require_mfa", flag("Always false: there is no second factor")),
                field("blocked_reads", flag("Whether reads of its databases are blocked")),
                field("blocked_writes", flag("Whether writes to its databases are blocked")),
                field("plan_id", text("Name of the plan that was chosen, empty if none was")),
                field("plan_timeline", text("`monthly`, `yearly`, or empty")),
                field("platform", text("Always `self-hosted`")),
                field("stripe_id", text("Always empty")));
    }

    /// @param restricted whether to an organization at least
    private static Field[] apiToken(boolean restricted) {
        return new Field[] {
            field("id", text("Id")),
            field("name", text("Name, of which a user has each once")),
            new Field("organization", text("Slug of the organization that it is restricted to"), restricted),
            maybe("group", text("Name of the group that it is restricted to")),
            maybe("scopes", list("What one of a group may do", text("A scope"))),
            field("created_at", text("Day").put("format", "date")),
            maybe("expires_at", time("When it ends"))
        };
    }

    /// The user that something belongs to.
    static ObjectNode person() {
        return object(field("username", text("Name")), field("email", text("Address, may be empty")));
    }

    private static ObjectNode invite() {
        return object(
                field("ID", number("Id")),
                field("CreatedAt", time("When it was made")),
                field("UpdatedAt", time("When it changed last")),
                field("DeletedAt", orNull(time("Always null: those that were withdrawn are gone"))),
                field("Role", givenRole()),
                field("Email", text("For whom, empty for a user")),
                field("OrganizationID", uuid("Id of the organization")),
                field("Token", text("Secret of the link, in the answer to its creation only")),
                field("Organization", object(field("name", text("Name")), field("slug", text("Slug")))),
                field("Accepted", flag("Whether it was used")));
    }

    private static ObjectNode openInvite() {
        return object(
                field("id", number("Id")),
                field("email", text("For whom, empty for a user")),
                field("role", givenRole()),
                field("created_at", time("When it was made")));
    }

    static Field[] group() {
        ObjectNode state = object(
                field("name", text("Code of the location")),
                field("status", oneOf("Whether its node can be reached", "up", "down")));
        ObjectNode progress = object(
                field("name", text("Code of the location")),
                field("serving", flag("Whether all that was committed before it was added is there")),
                field("bytes_copied", number("Of the files of its databases")),
                field("bytes_total", number("Of the files of its databases")),
                field("lag_entries", number("Committed entries that it has not applied")),
                field("lag_ms", number("Age of the oldest of them")));
        return new Field[] {
            field("name", text("Name")),
            field("uuid", uuid("Id")),
            field("version", text("Of the servers")),
            field("locations", list("Codes, that of the primary first", text("A code"))),
            field("primary", text("Code of the location that takes writes")),
            field("delete_protection", flag("Whether deletion is refused")),
            field("archived", flag("Whether it is out of use")),
            field("status", object(field("locations", list(state)))),
            field("skerry", object(field("locations", list("How far each location is", progress))))
        };
    }

    static Field[] database() {
        ObjectNode state = oneOf("`draft` while it waits for the upload of its content", "active", "draft");
        ObjectNode parent = object(
                field("id", uuid("Its id")),
                field("name", text("Its name at that time")),
                field("branched_at", time("When it was copied")));
        return new Field[] {
            field("Name", text("Name")),
            field("DbId", uuid("Id")),
            field("Hostname", text("Host name, with a port if it is not the usual one")),
            field("hostname", text("The same")),
            field("group", text("Name of its group")),
            field("regions", list("Locations of its group", text("A code"))),
            field("primaryRegion", text("Location that takes writes, or `local` where there is no TLS")),
            field("type", text("Always `logical`")),
            field("version", text("Of the servers")),
            field("sleeping", flag("Always false")),
            field("archived", flag("Whether it, or its group, is out of use")),
            field("block_reads", flag("Whether reads are refused")),
            field("block_writes", flag("Whether writes are refused")),
            field("allow_attach", flag("Whether other databases of its group may attach it")),
            field("delete_protection", flag("Whether deletion is refused")),
            field("is_schema", flag("Always false")),
            field("schema", orNull(text("Always null"))),
            field("skerry", object(field("state", state))),
            field("parent", orNull(parent.put("description", "The database that it is a copy of")))
        };
    }

    private static ObjectNode instance() {
        return object(
                field("uuid", uuid("Id, the same for all databases of the group at this location")),
                field("name", text("Code of the location")),
                field("type", oneOf("Whether it takes writes", "primary", "replica")),
                field("region", text("Code of the location")),
                field("hostname", text("Host name of the database at this location")));
    }

    private static ObjectNode configuration() {
        return object(
                field("size_limit", text("As it was set, `0` for none")),
                field("allow_attach", flag("Whether other databases of its group may attach it")),
                field("block_reads", flag("Whether reads are refused")),
                field("block_writes", flag("Whether writes are refused")),
                field("delete_protection", flag("Whether deletion is refused")),
                field("allowed_ips", list("Who may come, empty for everybody", text("Address or network"))),
                field(
                        "allowed_aws_vpc_ids",
                        list("VPC endpoints that are let in, empty for no such limit", text("Id"))));
    }

    static Field[] counts() {
        return new Field[] {
            field("rows_read", number("Rows that statements looked at, an estimate")),
            field("rows_written", number("Rows that statements changed")),
            field("storage_bytes", number("Size now")),
            field("bytes_synced", number("Always 0"))
        };
    }

    private static ObjectNode databaseUsage() {
        ObjectNode instance = object(field("uuid", uuid("Id of the instance")), field("usage", ref("Counts")));
        return object(
                field("uuid", uuid("Id of the database")),
                field("instances", list(instance)),
                field("usage", ref("Counts")),
                field("total", ref("Counts")));
    }

    private static ObjectNode query() {
        return object(
                field("query", text("Text without values and comments")),
                field("rows_read", number("By all its executions")),
                field("rows_written", number("By all its executions")));
    }

    static Field[] with(Field[] fields, Field... more) {
        return Stream.concat(Arrays.stream(fields), Arrays.stream(more)).toArray(Field[]::new);
    }
}
