package io.skerry.platform.openapi;

import static io.skerry.platform.openapi.Field.field;
import static io.skerry.platform.openapi.Field.maybe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// Version 3: the same objects by their ids.
final class ByIdDescriptions {

    private ByIdDescriptions() {}

    static List<Description> all() {
        String databases = "/v3/organizations/{organization}/databases";
        String database = databases + "/{databaseId}";
        String groups = "/v3/organizations/{organization}/groups";
        String group = groups + "/{groupId}";
        String noDatabase = "There is no such database";
        String noGroup = "There is no such group";
        ObjectNode rules = Schema.object(
                field(
                        "allowed_ips",
                        Schema.list("Who may come, empty for everybody", Schema.text("Address or network"))),
                field(
                        "allowed_aws_vpc_ids",
                        Schema.list("VPC endpoints that are let in, empty for no such limit", Schema.text("Id"))));
        return List.of(
                Description.of("GET " + databases, "Lists the databases by name")
                        .asks(
                                maybe("group_id", Schema.text("Id of a group: only those in it")),
                                maybe("parent_db_id", Schema.text("Id of a database: only copies of it")),
                                DatabaseDescriptions.limit(),
                                DatabaseDescriptions.cursor())
                        .answers(DatabaseDescriptions.page())
                        .fails(400, "The limit or the cursor is invalid")
                        .fails(404, noGroup),
                DatabaseDescriptions.creates("POST " + databases)
                        .takes(Schema.object(NamedSchemas.with(
                                DatabaseDescriptions.created(),
                                maybe(
                                        "group_id",
                                        Schema.text("Id of its group; if absent, that of the original of a copy,"
                                                + " else `default`"))))),
                Description.of("GET " + database, "One database, with its rules for addresses")
                        .answers(Schema.object(field(
                                "database",
                                Schema.object(NamedSchemas.with(
                                        NamedSchemas.database(), field("allow_rules_config", rules))))))
                        .fails(404, noDatabase),
                DatabaseDescriptions.deletes("DELETE " + database).fails(404, noDatabase),
                DatabaseDescriptions.mints("POST " + database + "/auth/tokens", "Makes a token for the database")
                        .fails(404, noDatabase),
                Description.of("GET " + groups, "Lists the groups")
                        .answers(Schema.object(field("groups", Schema.list(Schema.ref("Group"))))),
                Description.of("GET " + group, "One group")
                        .answers(Schema.object(field("group", Schema.ref("Group"))))
                        .fails(404, noGroup),
                DatabaseDescriptions.mints(
                                "POST " + group + "/auth/tokens", "Makes a token for all databases of the group")
                        .fails(404, noGroup));
    }
}
