package io.skerry.platform;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.organization.Member;
import io.skerry.catalog.organization.MemberChanges;
import io.skerry.catalog.organization.Memberships;
import io.skerry.catalog.organization.Role;

/// The people of an organization.
final class MemberOperations {

    private final Catalog catalog;
    private final MemberChanges changes;

    MemberOperations(Catalog catalog, MemberChanges changes) {
        this.catalog = catalog;
        this.changes = changes;
    }

    ObjectNode list(Call call) {
        ObjectNode answer = Views.object();
        ArrayNode list = answer.putArray("members");
        catalog.read(sql -> Memberships.of(sql, call.organization().id())).stream()
                .map(MemberOperations::view)
                .forEach(list::add);
        return answer;
    }

    ObjectNode get(Call call) {
        return wrapped(
                catalog.read(sql -> Memberships.find(sql, call.organization().id(), call.parameter("username")))
                        .orElseThrow(() -> new ApiException(404, "could not find member")));
    }

    ObjectNode add(Call call) {
        Body body = call.body();
        return added(call, body, body.text("username").orElse(""));
    }

    /// The form of a client that names the user in the path.
    ObjectNode addNamed(Call call) {
        return added(call, call.body(), call.parameter("username"));
    }

    ObjectNode setRole(Call call) {
        Role role = role(call.body().text("role").orElse(""));
        return wrapped(
                changes.setRole(call.organization(), call.parameter("username"), role, call.role(), call.actor()));
    }

    ObjectNode remove(Call call) {
        String username = call.parameter("username");
        changes.remove(call.organization(), username, call.role(), call.actor());
        return Views.object().put("member", username);
    }

    private ObjectNode added(Call call, Body body, String username) {
        if (username.isEmpty()) {
            throw new ApiException(400, "invalid request body: username is missing");
        }
        Role role = role(body.text("role").orElse(Role.MEMBER.text()));
        Member member = changes.add(call.organization(), username, role, call.actor());
        return Views.object()
                .put("member", member.username())
                .put("role", member.role().text());
    }

    /// A role that can be given; ownership cannot.
    static Role role(String text) {
        return Role.find(text)
                .filter(role -> role != Role.OWNER)
                .orElseThrow(() -> new ApiException(400, "invalid role"));
    }

    private static ObjectNode wrapped(Member member) {
        ObjectNode answer = Views.object();
        answer.set("member", view(member));
        return answer;
    }

    private static ObjectNode view(Member member) {
        return Views.object()
                .put("username", member.username())
                .put("email", member.email())
                .put("role", member.role().text());
    }
}
