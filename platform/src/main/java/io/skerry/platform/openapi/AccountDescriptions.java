package io.skerry.platform.openapi;

import static io.skerry.platform.openapi.Field.field;
import static io.skerry.platform.openapi.Field.maybe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// The caller, his password and his sessions.
final class AccountDescriptions {

    private AccountDescriptions() {}

    static List<Description> all() {
        return List.of(
                Description.of("GET /v1/auth/validate", "Tells until when the token is good")
                        .answers(expiry()),
                Description.of("GET /v1/auth/api-tokens/validate", "The same under another path")
                        .answers(expiry()),
                Description.of("GET /v1/user", "The caller").answers(user()),
                Description.of("GET /v1/current-user", "The same under another path")
                        .answers(user()),
                Description.of("POST /v1/auth/sessions", "Opens a session with a password")
                        .says(
                                "The token is good for seven days. A user has 100 sessions at most; one more ends the oldest.")
                        .takes(Schema.object(
                                field("username", Schema.text("Name of the user")),
                                field("password", Schema.text("His password"))))
                        .answers(Schema.object(
                                field("user", NamedSchemas.person()),
                                field("token", Schema.text("Token of the session")),
                                field("exp", Schema.number("When it ends, in seconds since 1970"))))
                        .fails(401, "Wrong user name or password"),
                Description.of("PUT /v1/user/password", "Sets the caller's password")
                        .says("Ends all sessions of the user; API tokens go on.")
                        .takes(Schema.object(
                                field("password", Schema.text("At least 8 characters, at most 72 bytes in UTF-8")),
                                maybe("current", Schema.text("The password so far, needed if there is one"))))
                        .answers(Schema.object(
                                field("user", Schema.object(field("username", Schema.text("Name of the user"))))))
                        .fails(400, "The new password is missing, too short or too long")
                        .fails(401, "The current password is wrong"),
                Description.of("POST /v1/users/{username}/password", "Gives a user who forgot his password another one")
                        .says("An extension, for the administrator of the server. Ends all sessions of the user; API"
                                + " tokens go on.")
                        .answers(Schema.object(
                                field("user", Schema.object(field("username", Schema.text("Name of the user")))),
                                field("password", Schema.text("The new one, which is shown this once"))))
                        .fails(404, "There is no such user"),
                Description.of("POST /v1/auth/invalidate", "Ends all sessions of the caller")
                        .says("API tokens go on.")
                        .answers(Schema.object(field(
                                "validFrom",
                                Schema.number("Sessions older than this have ended; in seconds since 1970")))),
                Description.of("GET /releases/latest", "The version of the client that asks")
                        .says("A client that finds itself up to date does not replace itself.")
                        .answers(Schema.object(
                                field("latest", Schema.text("The header `TursoCliVersion`, or `v0.0.0`")))));
    }

    private static ObjectNode expiry() {
        return Schema.object(field("exp", Schema.number("In seconds since 1970; -1 for never")));
    }

    private static ObjectNode user() {
        return Schema.object(field(
                "user",
                Schema.object(
                        field("username", Schema.text("Name in the API")),
                        field("name", Schema.text("Name for people")),
                        field("email", Schema.text("Address, may be empty")),
                        field("avatarUrl", Schema.text("Address of a picture, may be empty")),
                        field("plan", Schema.text("Always `starter`")),
                        field("mfa", Schema.flag("Always false")),
                        field("has_pending_invites", Schema.flag("Whether an invitation waits for the user")))));
    }
}
