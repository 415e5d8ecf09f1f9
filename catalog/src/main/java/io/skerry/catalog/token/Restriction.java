package io.skerry.catalog.token;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a new API token is to be good for.
///
/// @param organization slug or id of the only one, null for all of its user's
/// @param group name of the only one, which `organization` has; null for no restriction
/// @param scopes for what, if a group is named; otherwise empty
/// @param lifetime null for one that does not expire
public record Restriction(
        @Nullable String organization,
        @Nullable String group,
        Set<Scope> scopes,
        @Nullable Duration lifetime) {

    /// @throws IllegalArgumentException if a group is named without an organization or scopes, or scopes without a
    /// group
    public Restriction {
        scopes = Set.copyOf(scopes);
        if (group == null && !scopes.isEmpty()) {
            throw new IllegalArgumentException("scopes need a group");
        }
        if (group != null && (organization == null || scopes.isEmpty())) {
            throw new IllegalArgumentException("group needs an organization and scopes");
        }
    }
}
