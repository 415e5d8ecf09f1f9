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
import java.util.Map;
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

    /// The organization, and what the caller is there.
    record Place(Organization organization, Role role) {}

    /// @param parameters of the path; `organization` is a slug or an id, absent or empty for the caller's own
    /// @param header `x-turso-organization`: a slug for requests whose path names none
    /// @throws ApiException 404 `organization not found`, 403
    Place check(Caller caller, Right right, Map<String, String> parameters, @Nullable String header) {
        String named = parameters.get("organization");
        String slug = named == null || named.isEmpty() ? header : named;
        return catalog.read(sql -> {
            Organization organization = (slug == null || slug.isEmpty()
                            ? own(sql, caller)
                            : Organizations.find(sql, slug))
                    .orElseThrow(() -> new ApiException(404, "organization not found"));
            boolean oneself = caller.user().username().equals(parameters.get("username"));
            return new Place(organization, require(sql, caller, right, organization, oneself));
        });
    }

    /// For operations outside of organizations.
    void check(Caller caller, Right right) {
        if (!right.allows(caller.token())) {
            throw scopeTooNarrow();
        }
    }

    private Role require(Sql sql, Caller caller, Right right, Organization organization, boolean oneself) {
        ApiToken token = caller.token();
        if (token.organization() != null && !token.organization().equals(organization.id())) {
            throw new ApiException(403, "the token is restricted to another organization");
        }
        Role role = Users.role(sql, organization.id(), caller.user().id())
                .orElseThrow(
                        () -> new ApiException(403, "you are not a member of organization " + organization.slug()));
        if (!right.allows(role) && !(oneself && right.allowsOnOneself())) {
            throw new ApiException(403, right.refusal(role));
        }
        check(caller, right);
        return role;
    }

    /// The token's organization, or the personal one, or the only one.
    private static Optional<Organization> own(Sql sql, Caller caller) {
        OrganizationId restricted = caller.token().organization();
        if (restricted != null) {
            return Organizations.byId(sql, restricted);
        }
        return Organizations.personal(sql, caller.user().id()).or(() -> {
            List<Organization> all = Organizations.of(sql, caller.user().id());
            return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
        });
    }

    private static ApiException scopeTooNarrow() {
        return new ApiException(403, "the token's scopes do not allow this");
    }
}
