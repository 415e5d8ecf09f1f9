package io.skerry.platform.openapi;

import static io.skerry.platform.openapi.Field.field;
import static io.skerry.platform.openapi.Field.maybe;

import java.util.List;

/// What databases take and took.
final class UsageDescriptions {

    private static final String DATABASE = "P/databases/{database}";
    private static final String WINDOW =
            "In whole hours (UTC) of the last days, in whole days before; those that `from` and `to` fall into count"
                    + " whole.";
    private static final String DAYS = "In whole days (UTC): those that `from` and `to` fall into count whole.";

    private UsageDescriptions() {}

    static List<Description> all() {
        return List.of(
                ofWindow("GET " + DATABASE + "/usage", "What the database takes")
                        .says(WINDOW)
                        .answers(Schema.object(
                                field("database", Schema.ref("DatabaseUsage")),
                                field("instances", Schema.map("By id of the instance", Schema.ref("Counts"))),
                                field("total", Schema.ref("Counts"))))
                        .fails(404, "There is no such database"),
                ofWindow("GET " + DATABASE + "/usage/queries", "The queries with the most rows")
                        .says(DAYS)
                        .answers(Schema.list(Schema.ref("Query")))
                        .fails(404, "There is no such database"),
                ofWindow("GET " + DATABASE + "/stats", "The same in an object")
                        .says(DAYS)
                        .answers(Schema.object(field("top_queries", Schema.orNull(Schema.list(Schema.ref("Query"))))))
                        .fails(404, "There is no such database"),
                ofWindow("GET P/groups/{group}/usage", "What the databases of a group take")
                        .says(WINDOW + " Databases that were deleted are not among them.")
                        .answers(Schema.object(field(
                                "group",
                                Schema.object(
                                        field("uuid", Schema.uuid("Id of the group")),
                                        field("name", Schema.text("Name of the group")),
                                        field("databases", Schema.list(Schema.ref("DatabaseUsage"))),
                                        field(
                                                "usage",
                                                Schema.object(NamedSchemas.with(
                                                        NamedSchemas.counts(),
                                                        field("databases", Schema.number("How many")),
                                                        field("locations", Schema.number("How many")))))))))
                        .fails(404, "There is no such group"),
                ofWindow("GET P/usage", "What all databases of the organization take")
                        .says(WINDOW)
                        .answers(Schema.object(field(
                                "organization",
                                Schema.object(
                                        field("uuid", Schema.uuid("Id of the organization")),
                                        field("databases", Schema.list(Schema.ref("DatabaseUsage"))),
                                        field(
                                                "usage",
                                                Schema.object(NamedSchemas.with(
                                                        NamedSchemas.counts(),
                                                        field("databases", Schema.number("How many")),
                                                        field("locations", Schema.number("How many")),
                                                        field("groups", Schema.number("How many"))))))))));
    }

    private static Description ofWindow(String route, String summary) {
        return Description.of(route, summary)
                .asks(
                        maybe("from", Schema.time("Begin; that of the month of `to` (UTC) if absent")),
                        maybe("to", Schema.time("End, which is not part of it; now if absent")))
                .fails(400, "`from` or `to` is no time with a zone, or `from` is after `to`");
    }
}
