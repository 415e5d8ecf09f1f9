package io.skerry.catalog.token;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.UserId;
import io.skerry.engine.GroupId;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A token of the control plane, without its secret.
///
/// @param organization the only one it is good for, null if all of its user's
/// @param group the only one it is good for, null if not restricted; then `scopes` says for what
/// @param expiresAt null if never
public record ApiToken(
        String id,
        Kind kind,
        UserId user,
        String name,
        @Nullable OrganizationId organization,
        @Nullable GroupId group,
        Set<Scope> scopes,
        @Nullable Instant expiresAt) {

    public enum Kind {
        /// Minted under a name, for programs.
        API,
        /// From a sign-in; ends with the user's other sessions.
        SESSION,
        /// Of a program that the user let in.
        OAUTH;

        /// As the tables write it.
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind parse(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    public ApiToken {
        scopes = Set.copyOf(scopes);
    }
}
