package io.skerry.platform;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.FrameCache;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.organization.UserId;
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

    private static final int ENTRIES_MAX = 10_000;

    private final FrameCache<String, Organization> organizations;
    private final FrameCache<OrganizationId, Organization> byId;
    private final FrameCache<UserId, Organization> own;
    private final FrameCache<Membership, Role> roles;
    private final FrameCache<UserId, Boolean> operators;

    Access(Catalog catalog) {
        this.organizations = catalog.cache(ENTRIES_MAX, text -> catalog.read(sql -> Organizations.find(sql, text)));
        this.byId = catalog.cache(ENTRIES_MAX, id -> catalog.read(sql -> Organizations.byId(sql, id)));
        this.own = catalog.cache(ENTRIES_MAX, user -> catalog.read(sql -> own(sql, user)));
        this.operators = catalog.cache(ENTRIES_MAX, user -> catalog.read(sql -> Optional.of(isOperator(sql, user))));
        this.roles = catalog.cache(
                ENTRIES_MAX,
                membership -> catalog.read(sql -> Users.role(sql, membership.organization(), membership.user())));
    }

    /// Whether the account is that of the first start.
    private static boolean isOperator(Sql sql, UserId user) {
        return Catalog.firstOrganization(sql)
                .filter(first -> Organizations.personal(sql, user)
                        .filter(own -> own.id().equals(first.id()))
                        .isPresent())
                .isPresent();
    }

    private record Membership(OrganizationId organization, UserId user) {}

    /// The organization, and what the caller is there.
    record Place(Organization organization, Role role) {}

    /// @param parameters of the path; `organization` is a slug or an id, absent or empty for the caller's own
    /// @param header `x-turso-organization`: a slug for requests whose path names none
    /// @throws ApiException 404 `organization not found`, 403
    Place check(Caller caller, Right right, Map<String, String> parameters, @Nullable String header) {
        Organization organization =
                named(caller, parameters, header).orElseThrow(() -> new ApiException(404, "organization not found"));
        boolean oneself = caller.user().username().equals(parameters.get("username"));
        return new Place(organization, require(caller, right, organization, oneself));
    }

    /// The organization that a request means, whatever its caller may do there.
    Optional<Organization> named(Caller caller, Map<String, String> parameters, @Nullable String header) {
        String named = parameters.get("organization");
        String slug = named == null || named.isEmpty() ? header : named;
        return slug == null || slug.isEmpty() ? own(caller) : organizations.get(slug);
    }

    /// For operations outside of organizations.
    void check(Caller caller, Right right) {
        if (!right.allows(caller.token())) {
            throw scopeTooNarrow();
        }
        if (right == Right.OPERATOR && !operators.get(caller.user().id()).orElse(false)) {
            throw new ApiException(403, "only the administrator of this server may do this");
        }
    }

    private Role require(Caller caller, Right right, Organization organization, boolean oneself) {
        ApiToken token = caller.token();
        if (token.organization() != null && !token.organization().equals(organization.id())) {
            throw new ApiException(403, "the token is restricted to another organization");
        }
        Role role = roles.get(new Membership(organization.id(), caller.user().id()))
                .orElseThrow(
                        () -> new ApiException(403, "you are not a member of organization " + organization.slug()));
        if (!right.allows(role) && !(oneself && right.allowsOnOneself())) {
            throw new ApiException(403, right.refusal(role));
        }
        check(caller, right);
        return role;
    }

    /// The token's organization, or the user's own.
    private Optional<Organization> own(Caller caller) {
        OrganizationId restricted = caller.token().organization();
        return restricted == null ? own.get(caller.user().id()) : byId.get(restricted);
    }

    /// The personal one, or the only one.
    private static Optional<Organization> own(Sql sql, UserId user) {
        return Organizations.personal(sql, user).or(() -> {
            List<Organization> all = Organizations.of(sql, user);
            return all.size() == 1 ? Optional.of(all.getFirst()) : Optional.empty();
        });
    }

    private static ApiException scopeTooNarrow() {
        return new ApiException(403, "the token's scopes do not allow this");
    }
}
