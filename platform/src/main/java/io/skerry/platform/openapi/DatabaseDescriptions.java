package io.skerry.platform.openapi;

import static io.skerry.platform.openapi.Field.field;
import static io.skerry.platform.openapi.Field.maybe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// Databases, and what of them is at each location.
final class DatabaseDescriptions {

    private static final String ONE = "P/databases/{database}";
    private static final String MISSING = "There is no such database";

    private DatabaseDescriptions() {}

    static List<Description> databases() {
        ObjectNode database = Schema.object(field("database", Schema.ref("Database")));
        return Description.withMissing(
                MISSING,
                List.of(
                        Description.of("GET P/databases", "Lists the databases by name")
                                .says("A token that is restricted to a group sees those of that group.")
                                .asks(
                                        maybe("group", Schema.text("Name of a group: only those in it")),
                                        maybe("parent", Schema.text("Id of a database: only copies of it")),
                                        maybe("schema", Schema.text("Nothing is found, as there are no schemas")),
                                        maybe("type", Schema.text("With `schema` nothing is found")),
                                        limit(),
                                        cursor())
                                .answers(page())
                                .fails(400, "The limit or the cursor is invalid")
                                .fails(404, "There is no such group"),
                        creates("POST P/databases")
                                .takes(Schema.object(NamedSchemas.with(
                                        created(),
                                        maybe("group", Schema.text("Name of its group, `default` if absent")),
                                        maybe("location", Schema.text("Ignored: a database is where its group is")),
                                        maybe("image", Schema.text("Ignored")))))
                                .fails(404, "Organization not found"),
                        Description.of("POST P/databases/dumps", "Uploads a dump, for the creation of a database")
                                .says("It is good for an hour, once, in the same organization.")
                                .takesFile("SQL in the form of `.dump` of SQLite's shell")
                                .answers(Schema.object(
                                        field("dump_url", Schema.text("For `url` of the `seed` of a new database"))))
                                .fails(400, "The body is no form with a part `file`, or ends early")
                                .fails(404, "Organization not found")
                                .fails(413, "The dump is too large")
                                .fails(503, "Its disk is full, or no node takes changes at the moment: try again"),
                        Description.of("GET " + ONE, "One database").answers(database),
                        deletes("DELETE " + ONE),
                        Description.of("GET " + ONE + "/configuration", "What its owner allows and forbids")
                                .answers(Schema.ref("Configuration")),
                        Description.of("PATCH " + ONE + "/configuration", "Changes what its owner allows and forbids")
                                .says("What is absent, or null, stays as it is; of the lists, null is an empty one."
                                        + " Counts everywhere when it is answered.")
                                .takes(configuration())
                                .answers(Schema.ref("Configuration"))
                                .fails(400, "The size, an address or the id of an endpoint is invalid"),
                        Description.refused("POST " + ONE + "/transfer", "Transfer its group instead"),
                        Description.refused(
                                "POST " + ONE + "/wakeup", "Databases do not sleep by themselves: unarchive the group"),
                        Description.of("GET " + ONE + "/seed", "How far the content of a new database is")
                                .says(
                                        "An extension. Of one that is being made of another, of a dump or of a file; before the"
                                                + " end there may be no database of this name.")
                                .answers(Schema.object(field("seed", Schema.orNull(seed()))))
                                .fails(404, "Organization not found"),
                        Description.refused("POST " + ONE + "/seed", "The content is named when a database is created"),
                        Description.of("POST " + ONE + "/update", "Does nothing: the version is that of the nodes"),
                        mints("POST " + ONE + "/auth/tokens", "Makes a token for the database"),
                        Description.of("POST " + ONE + "/auth/rotate", "Voids the tokens of the database")
                                .says("Those of its group go on.")));
    }

    private static ObjectNode seed() {
        return Schema.object(
                field(
                        "step",
                        Schema.oneOf(
                                "A file is made of a dump or checked, or its pages go to the group",
                                "preparing",
                                "filling")),
                field("bytes_done", Schema.number("Of this step; 0 if that is not known")),
                field("bytes_total", Schema.number("0 if that is not known")));
    }

    static List<Description> instances() {
        String all = ONE + "/instances";
        String one = all + "/{instance}";
        String missing = "There is no such database, or it is not at this location";
        return List.of(
                Description.of("GET " + all, "Lists the locations of the database, the primary first")
                        .answers(Schema.object(field("instances", Schema.list(Schema.ref("Instance")))))
                        .fails(404, MISSING),
                Description.of("GET " + one, "The database at one location")
                        .answers(Schema.object(field("instance", Schema.ref("Instance"))))
                        .fails(404, missing),
                Description.of("GET " + one + "/wait", "Waits until the location serves the database")
                        .fails(400, "Its group is archived")
                        .fails(404, missing)
                        .fails(504, "It does not serve yet: call again"),
                Description.refused("POST " + all, "Add the location to the group")
                        .fails(404, MISSING),
                Description.refused("DELETE " + one, "Take the location from the group")
                        .fails(404, missing));
    }

    static Field limit() {
        return maybe("limit", Schema.number("How many at most; all if absent"));
    }

    static Field cursor() {
        return maybe("cursor", Schema.text("`pagination.next` of the answer before"));
    }

    static ObjectNode page() {
        return Schema.object(
                field("databases", Schema.list(Schema.ref("Database"))),
                field(
                        "pagination",
                        Schema.object(field(
                                "next", Schema.orNull(Schema.text("Cursor of the next page, if there is one"))))));
    }

    static Description creates(String route) {
        Field[] more = {
            field("IssuedCertCount", Schema.number("Always 0")), field("IssuedCertLimit", Schema.number("Always 0"))
        };
        return Description.of(route, "Creates a database")
                .says("Answers when it can be used.")
                .answers(Schema.object(
                        field("database", Schema.object(NamedSchemas.with(NamedSchemas.database(), more))),
                        field("username", Schema.text("The caller's")),
                        field("password", Schema.text("Always empty"))))
                .fails(400, "The name, the group, the size limit or the seed is invalid or not supported")
                .fails(409, "There is a database of this name")
                .fails(422, "Its host name is somebody else's")
                .fails(504, "The copy took too long");
    }

    /// What a new database is made of.
    static Field[] created() {
        ObjectNode seed = Schema.object(
                field("type", Schema.oneOf("What the content is taken from", "database", "database_upload", "dump")),
                maybe("name", Schema.text("Of the database to copy")),
                maybe("value", Schema.text("The same")),
                maybe("url", Schema.text("`dump_url` of an uploaded dump")),
                maybe("timestamp", Schema.text("Must be absent: no history is kept")));
        ObjectNode encryption = Schema.object(
                maybe("encryption_key", Schema.text("Key")), maybe("encryption_cipher", Schema.text("Cipher")));
        return new Field[] {
            field("name", Schema.text("1 to 64 of lower-case letters, digits, and hyphens between them")),
            maybe("seed", seed),
            maybe("size_limit", sizeLimit()),
            maybe("remote_encryption", encryption.put("description", "Must be absent: not supported")),
            maybe("is_schema", Schema.flag("Must not be true: there are no schemas")),
            maybe("schema", Schema.text("Must be absent or empty")),
            maybe("use_tursodb", Schema.flag("Ignored"))
        };
    }

    static Description deletes(String route) {
        return Description.of(route, "Deletes a database")
                .answers(Schema.object(field("database", Schema.text("Its name"))))
                .fails(400, "It is protected");
    }

    private static ObjectNode configuration() {
        return Schema.object(
                maybe("size_limit", sizeLimit()),
                maybe("allow_attach", Schema.flag("Whether other databases of its group may attach it")),
                maybe("block_reads", Schema.flag("Whether to refuse reads")),
                maybe("block_writes", Schema.flag("Whether to refuse writes")),
                maybe("delete_protection", Schema.flag("Whether to refuse deletion")),
                maybe(
                        "allowed_ips",
                        Schema.list("Who may come, empty for everybody", Schema.text("Address or network"))),
                maybe(
                        "allowed_aws_vpc_ids",
                        Schema.list(
                                "VPC endpoints that are let in, empty for no such limit; this server sees none",
                                Schema.text("An id that begins with vpce-"))));
    }

    private static ObjectNode sizeLimit() {
        return Schema.text("Digits with b, kb, mb, gb or tb; 0 for none");
    }

    /// Makes a token for the data plane.
    static Description mints(String route, String summary) {
        ObjectNode attach = Schema.object(maybe(
                "databases", Schema.list("Names of databases of the group that it may attach", Schema.text("A name"))));
        return Description.of(route, summary)
                .says("It is not kept, and shown this once.")
                .asks(
                        maybe("expiration", ApiTokenDescriptions.lifetime()),
                        maybe("authorization", Schema.oneOf("What it may do", "full-access", "read-only")))
                .takes(Schema.object(
                        maybe("permissions", Schema.object(maybe("read_attach", attach))),
                        maybe("fine_grained_permissions", permissions())))
                .answers(Schema.object(field("jwt", Schema.text("The token"))))
                .fails(
                        400,
                        "The expiration, the authorization or the permissions are invalid, or a database is of another group");
    }

    /// What a token may do with which tables.
    static ObjectNode permissions() {
        ObjectNode tables = Schema.orNull(Schema.list("Names of tables, null for all", Schema.text("A name")));
        ObjectNode actions = Schema.orNull(Schema.list("What may be done", Schema.text("Such as `data_read`")));
        return Schema.list(
                "What it may do with which tables; empty for no such limit",
                Schema.object(maybe("t", tables), maybe("a", actions)));
    }
}
