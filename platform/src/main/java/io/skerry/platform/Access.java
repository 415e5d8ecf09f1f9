package io.skerry.platform;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.token.ApiToken;
import io.skerry.catalog.token.Caller;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Which organization a request means, and whether its caller may do there what it asks for. 403 is answered only
/// to those who are no members or whose role or token falls short: clients forget the organization they work in
/// when they see it.
final class Access {

    private final Catalog catalog;

    Access(Catalog catalog) {
        this.catalog = catalog;
    }

    /// @param named slug or id from the path; null or empty for the caller's own
    /// @param header `x-turso-organization`: a slug for requests whose path names none
    /// @throws ApiException 404 `organization not found`, 403
    Organization check(Caller caller, Right right, @Nullable String named, @Nullable String header) {
        String slug = named == null || named.isEmpty() ? header : named;
        return catalog.read(sql -> {
            Organization organization = (slug == null || slug.isEmpty()
                            ? own(sql, caller)
                            : Organizations.bySlug(sql, slug).or(() -> byId(sql, slug)))
                    .orElseThrow(() -> new ApiException(404, "organization not found"));
            require(sql, caller, right, organization);
            return organization;
        });
    }

    /// For operations outside of organizations.
    void check(Caller caller, Right right) {
        if (!right.allows(caller.token())) {
            throw scopeTooNarrow();
        }
    }

    private void require(Sql sql, Caller caller, Right right, Organization organization) {
        ApiToken token = caller.token();
        if (token.organization() != null && !token.organization().equals(organization.id())) {
            throw new ApiException(403, "the token is restricted to another organization");
        }
        Role role = Users.role(sql, organization.id(), caller.user().id())
                .orElseThrow(
                        () -> new ApiException(403, "you are not a member of organization " + organization.slug()));
        if (!right.allows(role)) {
            throw new ApiException(403, "role " + role.text() + " does not allow this");
        }
        check(caller, right);
    }

    /// The token's organization, or the personal one, or the only one.
    private static Optional<Organization> own(Sql sql, Caller caller) {
        OrganizationId restricted = caller.token().organization();
        if (restricted != null) {
            return Organizations.byId(sql, restricted);
        }
        List<Organization> all = Organizations.of(sql, caller.user().id());
        return all.stream()
                .filter(organization -> organization.type() == Organization.Type.PERSONAL)
                .findFirst()
                .or(() -> all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty());
    }

    private static Optional<Organization> byId(Sql sql, String text) {
        try {
            return Organizations.byId(sql, OrganizationId.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static ApiException scopeTooNarrow() {
        return new ApiException(403, "the token's scopes do not allow this");
    }
}
