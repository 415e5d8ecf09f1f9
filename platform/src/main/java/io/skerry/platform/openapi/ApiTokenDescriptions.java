package io.skerry.platform.openapi;

import static io.skerry.platform.openapi.Field.field;
import static io.skerry.platform.openapi.Field.maybe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// Tokens for the control plane.
final class ApiTokenDescriptions {

    private static final String RESTRICTIONS =
            "Without a body the token may do all that its user may; with `organization` only there; with `group` and"
                    + " `scopes` beside it only what these allow, in that group. The token is shown this once.";

    private ApiTokenDescriptions() {}

    static List<Description> all() {
        String ofOrganization = "/v1/organizations/{organization}/api-tokens";
        return List.of(
                Description.of("GET /v1/auth/api-tokens", "Lists the caller's tokens in all organizations")
                        .answers(Schema.object(field("tokens", Schema.list(Schema.ref("ApiToken"))))),
                mints("POST /v1/auth/api-tokens/{token}", "Makes a token")
                        .answers(Schema.object(
                                field("id", Schema.text("Id")),
                                field("name", Schema.text("Name")),
                                field("token", Schema.text("The token itself")))),
                mints("POST /v2/auth/api-tokens/{token}", "Makes a token; all of the answer is in an object")
                        .answers(Schema.object(field(
                                "token",
                                Schema.object(
                                        field("id", Schema.text("Id")),
                                        field("name", Schema.text("Name")),
                                        field("value", Schema.text("The token itself")))))),
                Description.of("DELETE /v1/auth/api-tokens/{token}", "Revokes a token of the caller's by its name")
                        .answers(Schema.object(field("token", Schema.text("Its name"))))
                        .fails(404, "The caller has no such token"),
                Description.of("GET " + ofOrganization, "Lists the tokens that are restricted to the organization")
                        .says("Members and viewers see their own.")
                        .answers(Schema.object(field("tokens", Schema.list(Schema.ref("OwnedApiToken"))))),
                Description.of("DELETE " + ofOrganization + "/{token}", "Revokes one of them by its id")
                        .says("Members and viewers may revoke their own.")
                        .answers(Schema.object(field("token", Schema.text("Its id"))))
                        .fails(404, "The organization has no such token, or it is somebody else's"));
    }

    private static Description mints(String route, String summary) {
        ObjectNode scope = Schema.oneOf(
                "`read-only` stands for `read`, `full-access` for all",
                "read",
                "db:create",
                "db:delete",
                "db:configure",
                "db:mint-token",
                "db:rotate-creds",
                "group:configure",
                "group:mint-token",
                "group:rotate-creds",
                "read-only",
                "full-access");
        return Description.of(route, summary)
                .says(RESTRICTIONS)
                .asks(maybe("expiration", lifetime()))
                .takes(Schema.object(
                        maybe("organization", Schema.text("Slug of the organization")),
                        maybe("group", Schema.text("Name of a group; for owners and admins")),
                        maybe("scopes", Schema.list("What a token of a group may do", scope)),
                        maybe("expiration", lifetime())))
                .fails(400, "The name, a scope or the expiration is invalid, or there are too many tokens")
                .fails(404, "There is no such organization or group")
                .fails(409, "The user has a token of this name");
    }

    /// How long a token is good.
    static ObjectNode lifetime() {
        return Schema.text("`never`, or a duration as in `2w1d30m` with the units w, d, h, m, s, ms, us and ns");
    }
}
