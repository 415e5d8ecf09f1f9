package io.skerry.platform;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Refusals;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.organization.User;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.token.Caller;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Tells the audit log of changes that were refused, or failed: to somebody with a good token whatever was the
/// reason, and to nobody in particular where a password was wrong. The log of the organization has it in which the
/// change was to be, or of the user whom it concerns.
final class RefusedChanges {

    private static final int TEXT_MAX = 300;

    private final Catalog catalog;
    private final Access access;
    private final Refusals refusals;

    RefusedChanges(Catalog catalog, Access access, Refusals refusals) {
        this.catalog = catalog;
        this.access = access;
        this.refusals = refusals;
    }

    /// @param caller null for an operation that needs no token
    /// @param header as for [Access#check]
    void note(
            Router.Match match,
            @Nullable Caller caller,
            Actor actor,
            @Nullable String header,
            byte[] body,
            RuntimeException why) {
        Answer.Failure failure = Answer.failure(why, actor.requestId());
        Optional<User> user = caller == null ? guessed(body, why) : Optional.of(caller.user());
        if (user.isEmpty()) {
            return;
        }
        organization(match, caller, user.get(), header)
                .ifPresent(organization -> refusals.note(new Refusals.Refusal(
                        organization.id(),
                        new Actor(user.get().username(), actor.origin(), actor.address(), actor.requestId()),
                        match.operation().method() + " " + match.operation().path(),
                        target(match),
                        failure.status(),
                        cut(failure.text()))));
    }

    /// Whose password was wrong.
    private Optional<User> guessed(byte[] body, RuntimeException why) {
        return why instanceof CatalogException refused && refused.reason() == CatalogException.Reason.WRONG_PASSWORD
                ? Body.parse(body).text("username").flatMap(name -> catalog.read(sql -> Users.byUsername(sql, name)))
                : Optional.empty();
    }

    private Optional<Organization> organization(
            Router.Match match, @Nullable Caller caller, User user, @Nullable String header) {
        return caller != null && match.operation().ofOrganization()
                ? access.named(caller, match.parameters(), header)
                : catalog.read(sql -> Organizations.personal(sql, user.id()));
    }

    private static String target(Router.Match match) {
        StringBuilder target = new StringBuilder();
        for (String segment : RequestPath.split(match.operation().path())) {
            if (segment.startsWith("{") && !segment.equals("{organization}")) {
                Map<String, String> values = match.parameters();
                String value = values.getOrDefault(segment.substring(1, segment.length() - 1), "");
                target.append(target.isEmpty() ? "" : "/").append(Shown.of(value));
            }
        }
        return target.toString();
    }

    private static String cut(String text) {
        return text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX) + "…";
    }
}
