package io.skerry.platform.openapi;

import static io.skerry.platform.openapi.Field.field;
import static io.skerry.platform.openapi.Field.maybe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// Organizations, their audit log, and the issuers that they trust.
final class OrganizationDescriptions {

    private static final String ONE = "/v1/organizations/{organization}";
    private static final String JWKS = "/v2/organizations/{organization}/jwks";

    private OrganizationDescriptions() {}

    static List<Description> all() {
        return List.of(
                Description.of("GET /v1/organizations", "Lists the organizations that the caller is a member of")
                        .answers(organizations()),
                Description.of("GET /v2/organizations", "The same under another path")
                        .answers(organizations()),
                Description.of("POST /v1/organizations", "Creates an organization, whose owner the caller is")
                        .asks(maybe("dry_run", Schema.flag("Whether only to say if it could be created")))
                        .takes(Schema.object(
                                field("name", Schema.text("The slug is made of it: lower case, hyphens for the rest")),
                                maybe("stripe_id", Schema.text("Ignored"))))
                        .answers(Schema.object(field("org", Schema.ref("Organization"))))
                        .fails(400, "The name is invalid, or the caller owns too many")
                        .fails(409, "There is one of this slug")
                        .fails(422, "The slug is reserved"),
                Description.of("GET " + ONE, "One organization").answers(organization()),
                Description.of("PATCH " + ONE, "Changes an organization")
                        .takes(Schema.object(
                                maybe("overages", Schema.flag("Remembered, without effect")),
                                maybe("require_mfa", Schema.flag("Must not be true: there is no second factor"))))
                        .answers(organization())
                        .fails(400, "`require_mfa` is true"),
                Description.of("DELETE " + ONE, "Deletes an organization")
                        .fails(400, "It is a personal one, or it has groups"),
                audit(),
                Description.of("GET " + JWKS, "Lists the issuers of tokens that the organization named")
                        .answers(Schema.object(field(
                                "jwks",
                                Schema.list(Schema.object(
                                        field("jwks_name", Schema.text("Name")),
                                        field("jwks_url", Schema.text("Address of its keys"))))))),
                Description.of("PUT " + JWKS + "/{jwks}", "Names an issuer, or gives one another address")
                        .takes(Schema.object(
                                field("jwks_url", Schema.text("Address of its keys, https only")),
                                maybe("region", Schema.text("Ignored"))))
                        .fails(400, "The name or the address is invalid, or there are too many issuers"),
                Description.of("DELETE " + JWKS + "/{jwks}", "Forgets an issuer")
                        .fails(404, "There is no such issuer"),
                Description.of("GET " + JWKS + "-template", "What a token of an issuer has to claim")
                        .takes(Schema.object(
                                maybe("database", Schema.orNull(Schema.text("Name of the one database it opens"))),
                                maybe("group", Schema.orNull(Schema.text("Name of the one group it opens"))),
                                maybe("scope", Schema.oneOf("What it may do", "full-access", "read-only")),
                                maybe("permissions", DatabaseDescriptions.permissions())))
                        .answers(Schema.object(field(
                                "template",
                                Schema.map(
                                        "Claims",
                                        Schema.either(
                                                Schema.text("Value of a claim"), DatabaseDescriptions.permissions())))))
                        .fails(400, "The scope or the permissions are invalid")
                        .fails(404, "There is no such database or group"));
    }

    private static Description audit() {
        Field[] entry = {
            field("code", Schema.text("What was done, as in `db-create`; `refused` for what was not")),
            field("message", Schema.text("The same for people")),
            field("origin", Schema.oneOf("Where it came from", "cli", "web", "api", "system")),
            field("author", Schema.text("Name of the user, empty for nobody")),
            field("created_at", Schema.time("When")),
            field(
                    "data",
                    Schema.object(
                            field("target", Schema.text("What it was done to")),
                            field("result", Schema.text("`ok`, or the status that a refusal was answered with")),
                            field("request_id", Schema.text("`X-Request-Id` of the request")))),
            field("ip", Schema.text("Address that it came from")),
            field("city", Schema.text("Always empty")),
            field("country_code", Schema.text("Always empty")),
            field("latitude", Schema.text("Always empty")),
            field("longitude", Schema.text("Always empty"))
        };
        ObjectNode pagination = Schema.object(
                field("page", Schema.number("As it was asked for")),
                field("page_size", Schema.number("As it was asked for")),
                field("total_pages", Schema.number("Of all entries")),
                field("total_rows", Schema.number("Number of all entries")));
        return Description.of("GET " + ONE + "/audit-logs", "What was done in the organization, the newest first")
                .says(
                        "With `format=jsonl` one entry a line, the oldest first; who asks on with `after`, the `id` of the"
                                + " last one, gets each of them once.")
                .asks(
                        maybe("page", Schema.number("From 1, the default")),
                        maybe("page_size", Schema.number("1 to 1000, 100 if absent; with `jsonl` up to 10000")),
                        maybe("format", Schema.oneOf("Form of the answer", "json", "jsonl")),
                        maybe("after", Schema.number("With `jsonl`: an id of an entry")))
                .answers(Schema.object(
                        field("audit_logs", Schema.list(Schema.object(entry))), field("pagination", pagination)))
                .orLines(Schema.object(NamedSchemas.with(entry, field("id", Schema.number("Id of the entry")))))
                .fails(400, "A parameter is invalid");
    }

    private static ObjectNode organizations() {
        return Schema.object(field("organizations", Schema.list(Schema.ref("Organization"))));
    }

    private static ObjectNode organization() {
        return Schema.object(field("organization", Schema.ref("Organization")));
    }
}
