package io.skerry.platform.openapi;

import static io.skerry.platform.openapi.Field.field;
import static io.skerry.platform.openapi.Field.maybe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// Programs that users let in.
final class OauthDescriptions {

    private static final String ERRORS = "Errors have a word of OAuth as `error`, and why as `error_description`.";

    private OauthDescriptions() {}

    static List<Description> all() {
        String client = "/v1/oauth/clients";
        String grant = "/v1/oauth/grants";
        return List.of(
                authorize(),
                token(),
                Description.of("GET " + client, "Lists the programs that the caller registered")
                        .answers(Schema.object(field("clients", Schema.list(Schema.ref("OauthClient"))))),
                Description.of("POST " + client, "Registers a program that users may let in")
                        .says("The secret is shown this once.")
                        .takes(Schema.object(
                                field("name", Schema.text("What users see; at most 64 characters")),
                                field(
                                        "redirect_uris",
                                        Schema.list(
                                                "Where codes may go, 1 to 10",
                                                Schema.text("https, or http at 127.0.0.1, [::1] or localhost, where"
                                                        + " the port of a request may be any")))))
                        .answers(Schema.object(field("client", Schema.ref("NewOauthClient"))))
                        .fails(400, "The name or an address will not do, or the caller has 100 programs")
                        .fails(409, "The caller has a program of this name"),
                Description.of("DELETE " + client + "/{client}", "Ends a program of the caller's")
                        .says("With it ends every token that anybody granted it.")
                        .answers(Schema.object(field("client", Schema.text("Its id"))))
                        .fails(404, "The caller has no such program"),
                Description.of("GET " + grant, "Lists the programs that the caller let in")
                        .answers(Schema.object(field("grants", Schema.list(Schema.ref("OauthGrant"))))),
                Description.of("DELETE " + grant + "/{client}", "Ends all tokens that the caller granted a program")
                        .answers(Schema.object(field("client", Schema.text("Id of the program"))))
                        .fails(404, "The program has nothing of the caller's"));
    }

    static Field[] client() {
        return new Field[] {
            field("id", Schema.text("Id")),
            field("name", Schema.text("Name")),
            field("redirect_uris", Schema.list("Where its codes may go", Schema.text("Address"))),
            field("created_at", Schema.time("When it was registered"))
        };
    }

    static ObjectNode grant() {
        return Schema.object(
                field("client", Schema.text("Id of the program")),
                field("name", Schema.text("Its name")),
                field("owner", Schema.text("Who registered it")),
                field("tokens", Schema.number("Tokens of the caller's that it has")),
                field("since", Schema.time("When it got the oldest of them")));
    }

    private static Description authorize() {
        return Description.of("POST /v1/oauth/authorize", "Lets a program in (RFC 6749 and 7636)")
                .says(
                        "The answer leads to `redirect_uri` with a `code`, which is good once, for two minutes; or with an"
                                + " `error`. " + ERRORS)
                .asks(
                        field("client_id", Schema.text("Id of the program")),
                        field("redirect_uri", Schema.text("One that it registered")),
                        field("response_type", Schema.oneOf("What is asked for", "code")),
                        field("code_challenge_method", Schema.oneOf("How `code_challenge` was made", "S256")),
                        field("code_challenge", Schema.text("SHA-256 of the verifier, in base64url")),
                        maybe("state", Schema.text("Comes back with the code; at most 500 characters")))
                .redirects("To `redirect_uri`, with `code` and `state`, or with `error`")
                .fails(400, "`client_id` names no program, or `redirect_uri` is none of its own");
    }

    private static Description token() {
        ObjectNode answer = Schema.object(
                field("access_token", Schema.text("The token")),
                field("token_type", Schema.oneOf("Its type", "Bearer")));
        return Description.of("POST /v1/oauth/token", "Exchanges a code for a token")
                .says(
                        "Id and secret of the program are in `Authorization: Basic`. The parameters may be a form in the body"
                                + " instead. A code that is shown twice ends the token that it was exchanged for. "
                                + ERRORS)
                .asks(
                        field("grant_type", Schema.oneOf("What is shown", "authorization_code")),
                        field("code", Schema.text("As it came to `redirect_uri`")),
                        field("redirect_uri", Schema.text("As it was asked for")),
                        maybe("client_id", Schema.text("Id of the program")),
                        field("code_verifier", Schema.text("What `code_challenge` is the SHA-256 of")))
                .answers(answer)
                .fails(
                        400,
                        "`invalid_request`, `unsupported_grant_type`; `invalid_grant`: the code is unknown, used,"
                                + " expired, or another's, or redirect_uri or code_verifier are not those that it was asked with")
                .fails(401, "`invalid_client`: the program is unknown, or its secret is wrong");
    }
}
