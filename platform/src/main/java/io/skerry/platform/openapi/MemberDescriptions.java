package io.skerry.platform.openapi;

import static io.skerry.platform.openapi.Field.field;
import static io.skerry.platform.openapi.Field.maybe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/// The people of an organization, and those who are to become so.
final class MemberDescriptions {

    private static final String MEMBERS = "/v1/organizations/{organization}/members";
    private static final String INVITES = "/v1/organizations/{organization}/invites";
    private static final String OPEN_INVITES = "/v2/organizations/{organization}/invites";

    private static final String HANDED_ON =
            "Nobody is sent anything: the answer has the secret of a link, this once, which is good for seven days.";

    private MemberDescriptions() {}

    static List<Description> members() {
        String one = MEMBERS + "/{username}";
        ObjectNode member = Schema.object(field("member", Schema.ref("Member")));
        return List.of(
                Description.of("GET " + MEMBERS, "Lists the members")
                        .answers(Schema.object(field("members", Schema.list(Schema.ref("Member"))))),
                adds("POST " + MEMBERS, "Makes a user a member")
                        .takes(Schema.object(
                                field("username", Schema.text("Name of the user")),
                                maybe("role", NamedSchemas.givenRole()))),
                adds("POST " + one, "The same, with the user in the path")
                        .takes(Schema.object(
                                maybe("member", Schema.text("Ignored")), maybe("role", NamedSchemas.givenRole()))),
                Description.of("GET " + one, "One member").answers(member).fails(404, "There is no such member"),
                Description.of("PATCH " + one, "Gives a member another role")
                        .takes(Schema.object(field("role", NamedSchemas.givenRole())))
                        .answers(Schema.object(field(
                                "member",
                                Schema.object(
                                        field("username", Schema.text("Name")),
                                        field("email", Schema.text("Address")),
                                        field("role", NamedSchemas.givenRole())))))
                        .fails(400, "The role is invalid, or the member is the last owner")
                        .fails(404, "There is no such member"),
                Description.of("DELETE " + one, "Ends a membership")
                        .says(
                                "Everybody may end his own. With it go the tokens that the member has for the organization.")
                        .answers(Schema.object(field("member", Schema.text("Name of the user"))))
                        .fails(400, "The member is the last owner")
                        .fails(404, "There is no such member"));
    }

    private static Description adds(String route, String summary) {
        return Description.of(route, summary)
                .says("Without a role he becomes a member.")
                .answers(Schema.object(
                        field("member", Schema.text("Name of the user")), field("role", NamedSchemas.givenRole())))
                .fails(400, "The user name is missing, the role is invalid, or there are too many members")
                .fails(404, "There is no such user")
                .fails(409, "The user is a member");
    }

    static List<Description> invites() {
        return List.of(
                Description.of("GET " + INVITES, "Lists all invitations, also those that were used")
                        .answers(Schema.object(field("invites", Schema.list(Schema.ref("Invite"))))),
                invites("POST " + INVITES).answers(Schema.object(field("invited", Schema.ref("Invite")))),
                invites("POST /v1/organizations/{organization}/invite")
                        .answers(Schema.object(field("invited", Schema.ref("Invite")))),
                withdraws("DELETE " + INVITES + "/{email}"),
                Description.of("GET " + OPEN_INVITES, "Lists the invitations that wait for an answer")
                        .answers(Schema.object(field("invites", Schema.list(Schema.ref("OpenInvite"))))),
                invites("POST " + OPEN_INVITES)
                        .answers(Schema.object(field(
                                "invited",
                                Schema.object(
                                        field("email", Schema.text("As it was given, empty for a user")),
                                        field("role", NamedSchemas.givenRole()),
                                        field("organization", Schema.text("Slug of the organization")),
                                        field("token", Schema.text("Secret of the link")))))),
                withdraws("DELETE " + OPEN_INVITES + "/{email}"),
                Description.of("POST /v1/invites/accept", "Makes the caller a member by the secret of an invitation")
                        .takes(Schema.object(field("token", Schema.text("The secret"))))
                        .answers(Schema.object(field("organization", Schema.ref("Organization"))))
                        .fails(404, "The secret is unknown, used, too old, or for another user")
                        .fails(409, "The caller is a member"),
                Description.of("POST /v1/invites/signup", "Makes an account by the secret of an invitation")
                        .takes(Schema.object(
                                field("token", Schema.text("The secret")),
                                field("username", Schema.text("Lower-case letters, digits and hyphens between them")),
                                maybe("password", Schema.text("At least 8 characters, at most 72 bytes in UTF-8"))))
                        .answers(Schema.object(
                                field("user", NamedSchemas.person()),
                                field("organization", Schema.text("Slug of the organization")),
                                field("token", Schema.text("A token for the account; with a password, of a session"))))
                        .fails(400, "The user name or the password is invalid")
                        .fails(404, "The secret is unknown, used, too old, or for a user that exists")
                        .fails(409, "There is a user of this name")
                        .fails(422, "The name is reserved"));
    }

    private static Description invites(String route) {
        return Description.of(route, "Invites somebody")
                .says(HANDED_ON)
                .takes(Schema.object(
                        maybe("email", Schema.text("Address; either this or a user name")),
                        maybe("username", Schema.text("Name of a user, for whom alone the invitation is")),
                        maybe("role", NamedSchemas.givenRole())))
                .fails(400, "The address or the role is invalid, not one of both names is there, or there are too many")
                .fails(404, "There is no such user")
                .fails(409, "He is a member, or invited");
    }

    private static Description withdraws(String route) {
        return Description.of(route, "Withdraws an invitation").fails(404, "There is no such invitation");
    }
}
