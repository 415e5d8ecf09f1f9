package io.skerry.platform.openapi;

import static io.skerry.platform.openapi.Field.field;
import static io.skerry.platform.openapi.Field.maybe;

import java.util.List;

/// What databases take and took.
final class UsageDescriptions {

    private static final String DATABASE = "P/databases/{database}";
    private static final String WINDOW = "Counted since the node's process began; `from` and `to` are checked only.";

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
                        .answers(Schema.list(Schema.ref("Query")))
                        .fails(404, "There is no such database"),
                ofWindow("GET " + DATABASE + "/stats", "The same in an object")
                        .answers(Schema.object(field("top_queries", Schema.orNull(Schema.list(Schema.ref("Query"))))))
                        .fails(404, "There is no such database"),
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
                .asks(maybe("from", Schema.time("Begin")), maybe("to", Schema.time("End")))
                .fails(400, "`from` or `to` is no time with a zone");
    }
}
