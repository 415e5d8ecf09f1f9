package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.invite.Invite;
import io.skerry.catalog.invite.InviteChanges;
import io.skerry.catalog.invite.InviteChanges.Issued;
import io.skerry.catalog.invite.Invites;
import io.skerry.catalog.invite.SignUps;
import io.skerry.catalog.invite.SignUps.Welcome;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.Role;
import java.time.Instant;
import java.util.List;

/// Invitations to an organization, in both of their forms. Nobody is sent anything: the one who invites gets the
/// secret, once, and hands it on.
final class InviteOperations {

    private final Catalog catalog;
    private final InviteChanges changes;
    private final SignUps signUps;

    InviteOperations(Catalog catalog, InviteChanges changes, SignUps signUps) {
        this.catalog = catalog;
        this.changes = changes;
        this.signUps = signUps;
    }

    /// The first form shows accepted ones too.
    ObjectNode list(Call call) {
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("invites");
        invites(call).stream()
                .map(invite -> capitalised(invite, call.organization(), ""))
                .forEach(list::add);
        return answer;
    }

    ObjectNode listOpen(Call call) {
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("invites");
        invites(call).stream()
                .filter(invite -> !invite.accepted())
                .map(invite -> Views.object()
                        .put("id", invite.id())
                        .put("email", invite.email())
                        .put("role", invite.role().text())
                        .put("created_at", invite.createdAt().toString()))
                .forEach(list::add);
        return answer;
    }

    ObjectNode inviteEmail(Call call) {
        Issued issued = issue(call, false);
        ObjectNode answer = Views.object();
        answer.set("invited", capitalised(issued.invite(), call.organization(), issued.secret()));
        return answer;
    }

    /// The second form replaces one that waits for the same address.
    ObjectNode invite(Call call) {
        Issued issued = issue(call, true);
        ObjectNode answer = Views.object();
        answer.putObject("invited")
                .put("email", issued.invite().email())
                .put("role", issued.invite().role().text())
                .put("organization", call.organization().slug())
                .put("token", issued.secret());
        return answer;
    }

    ObjectNode withdraw(Call call) {
        changes.withdraw(call.organization(), call.parameter("email"), call.actor());
        return Views.object();
    }

    ObjectNode accept(Call call) {
        String secret = call.body().text("token").orElse("");
        Organization organization = changes.accept(call.caller().user(), secret, call.actor());
        ObjectNode answer = Views.object();
        answer.set("organization", Views.organization(organization, call.caller()));
        return answer;
    }

    /// For those who have no account yet, and so no token: the secret of the link stands for it.
    ObjectNode signUp(Call call) {
        Body body = call.body();
        Welcome welcome = signUps.signUp(
                body.text("token").orElse(""),
                body.text("username").orElse(""),
                body.text("password").orElse(null),
                call.actor());
        ObjectNode answer = Views.object();
        answer.putObject("user")
                .put("username", welcome.user().username())
                .put("email", welcome.user().email());
        answer.put("organization", welcome.organization().slug());
        return answer.put("token", welcome.token());
    }

    private List<Invite> invites(Call call) {
        return catalog.read(sql -> Invites.of(sql, call.organization().id(), Instant.now()));
    }

    private Issued issue(Call call, boolean replace) {
        Body body = call.body();
        String email = body.text("email").orElse("");
        String username = body.text("username").orElse("");
        if (email.isEmpty() == username.isEmpty()) {
            throw new ApiException(400, "exactly one of email or username must be provided");
        }
        Role role = MemberOperations.role(body.text("role").orElse(Role.MEMBER.text()));
        return username.isEmpty()
                ? changes.inviteEmail(call.organization(), email, role, replace, call.actor())
                : changes.inviteUser(call.organization(), username, role, replace, call.actor());
    }

    /// As clients of the first form expect it.
    private static ObjectNode capitalised(Invite invite, Organization organization, String secret) {
        ObjectNode view = Views.object()
                .put("ID", invite.id())
                .put("CreatedAt", invite.createdAt().toString())
                .put("UpdatedAt", invite.updatedAt().toString())
                .putNull("DeletedAt")
                .put("Role", invite.role().text())
                .put("Email", invite.email())
                .put("OrganizationID", organization.id().toString())
                .put("Token", secret);
        view.putObject("Organization").put("name", organization.name()).put("slug", organization.slug());
        return view.put("Accepted", invite.accepted());
    }
}
