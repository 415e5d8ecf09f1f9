package io.skerry.platform.openapi;

import static io.skerry.platform.openapi.Field.field;
import static io.skerry.platform.openapi.Field.maybe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// Locations, and groups of databases.
final class GroupDescriptions {

    private static final String ONE = "P/groups/{group}";
    private static final String MISSING = "There is no such group";
    private static final ObjectNode GROUP = Schema.object(field("group", Schema.ref("Group")));

    private GroupDescriptions() {}

    static List<Description> locations() {
        ObjectNode place = Schema.object(
                field("code", Schema.text("Code")), field("description", Schema.text("City and country")));
        return List.of(
                Description.of("GET /v1/locations", "Lists the locations that nodes serve")
                        .answers(Schema.object(field("locations", places()))),
                byPlatform("GET /v2/locations"),
                byPlatform("GET /v2/organizations/{organization}/locations"),
                Description.of("GET /v1/locations/{location}", "One location, and those near it")
                        .answers(Schema.object(field(
                                "location",
                                Schema.object(
                                        field("code", Schema.text("Code")),
                                        field("description", Schema.text("City and country")),
                                        field("closest", Schema.list("At most three", place))))))
                        .fails(404, "No node serves there"),
                Description.of("GET /v1/closest-region", "The location of the node that answers")
                        .answers(Schema.object(
                                field("server", Schema.text("Code")), field("client", Schema.text("The same"))))
                        .fails(503, "No node is registered yet"));
    }

    private static Description byPlatform(String route) {
        return Description.of(route, "Lists the locations by platform, of which there is one")
                .answers(Schema.object(field("locations", Schema.object(field("self-hosted", places())))));
    }

    private static ObjectNode places() {
        return Schema.map("City and country by code", Schema.text("City and country"));
    }

    static List<Description> groups() {
        ObjectNode extensions =
                Schema.either(Schema.text("`all`"), Schema.list("Names of extensions", Schema.text("A name")));
        ObjectNode configuration =
                Schema.object(field("delete_protection", Schema.flag("Whether deletion is refused")));
        List<Description> all = List.of(
                Description.of("GET P/groups", "Lists the groups")
                        .says("A token that is restricted to a group sees that one.")
                        .answers(Schema.object(field("groups", Schema.list(Schema.ref("Group")))))
                        .fails(404, "Organization not found"),
                Description.of("POST P/groups", "Creates a group")
                        .takes(Schema.object(
                                field(
                                        "name",
                                        Schema.text("1 to 64 of lower-case letters, digits, and hyphens between them")),
                                maybe("location", Schema.text("Code of its primary; that of the first node if absent")),
                                maybe("extensions", extensions),
                                maybe("version", Schema.text("Ignored"))))
                        .answers(GROUP)
                        .fails(400, "The name or the location is invalid")
                        .fails(404, "Organization not found")
                        .fails(409, "There is a group of this name"),
                Description.of("GET " + ONE, "One group").answers(GROUP),
                Description.of("DELETE " + ONE, "Deletes a group with all its databases")
                        .says("Tokens that are restricted to it end.")
                        .answers(GROUP)
                        .fails(400, "The group, or a database of it, is protected"),
                Description.of("POST " + ONE + "/locations/{location}", "Adds a location to a group")
                        .says(
                                "Answers when the node there has joined the group, for which the databases are copied to it, or after"
                                        + " a moment: it belongs to the group then, and the copy goes on, for which `wait` waits. Of"
                                        + " one that the group has, nothing is changed.")
                        .answers(GROUP)
                        .fails(400, "No node serves there, it has as many groups as it may, or the group is archived"),
                Description.of("DELETE " + ONE + "/locations/{location}", "Takes a location from a group")
                        .answers(GROUP)
                        .fails(400, "It is the primary, the group is not there, or is archived"),
                Description.of("GET " + ONE + "/locations/{location}/wait", "Waits until a location serves the group")
                        .fails(400, "The group is archived")
                        .fails(404, "There is no such group, or it is not at this location")
                        .fails(504, "It does not serve yet: call again"),
                Description.of("GET " + ONE + "/configuration", "What the group is set to")
                        .answers(configuration),
                Description.of("PATCH " + ONE + "/configuration", "Changes what the group is set to")
                        .takes(Schema.object(maybe("delete_protection", Schema.flag("Whether to refuse deletion"))))
                        .answers(configuration),
                Description.of("POST " + ONE + "/rename", "Gives the group another name")
                        .says("Host names and ids stay.")
                        .takes(Schema.object(field("name", Schema.text("The new name"))))
                        .answers(GROUP)
                        .fails(400, "The name is invalid")
                        .fails(409, "There is a group of this name"),
                transfer(),
                Description.of("POST " + ONE + "/archive", "Takes a group out of use")
                        .says("An extension: Turso archives groups by itself. Every request to its databases is refused"
                                + " with status 400 and the code `GROUP_ARCHIVED`; it uses no memory, and its data and"
                                + " its tokens stay. Answers when its nodes have closed it.")
                        .answers(GROUP),
                Description.of("POST " + ONE + "/unarchive", "Takes an archived group into use again")
                        .says(
                                "Answers when its primary takes writes. One that is not archived stays as it is. Refused with"
                                        + " 400 while a node of it has as many groups as it may.")
                        .answers(GROUP),
                Description.of("POST " + ONE + "/update", "Does nothing: the version is that of the nodes"),
                Description.of("GET " + ONE + "/aws/migration/info", "Tells that no migration is under way")
                        .answers(Schema.object(
                                field("status", Schema.text("Always `none`")),
                                field("comment", Schema.text("Always empty")))),
                Description.refused("POST " + ONE + "/aws/migration/start", "There is nothing to migrate to"),
                Description.refused("POST " + ONE + "/aws/migration/abort", "There is nothing to migrate to"),
                DatabaseDescriptions.mints(
                        "POST " + ONE + "/auth/tokens", "Makes a token for all databases of the group"),
                Description.of("POST " + ONE + "/auth/rotate", "Voids the tokens of the group and of its databases"));
        return Description.withMissing(MISSING, all);
    }

    private static Description transfer() {
        return Description.of("POST " + ONE + "/transfer", "Moves the group to another organization")
                .says(
                        "For owners and admins of both. Its databases get other host names, the old ones go on. API tokens"
                                + " that are restricted to the group end.")
                .takes(Schema.object(
                        field("organization", Schema.text("Slug or id of the other one")),
                        maybe("org", Schema.text("The same, in place of `organization`"))))
                .answers(Schema.object(NamedSchemas.with(NamedSchemas.group(), field("group", Schema.ref("Group")))))
                .fails(400, "The other organization is missing, or the caller may not bring a group there")
                .fails(404, "There is no such group, or no such other organization")
                .fails(409, "The other organization has a group, or a database, of that name")
                .fails(422, "The host name of a database is somebody else's there");
    }
}
