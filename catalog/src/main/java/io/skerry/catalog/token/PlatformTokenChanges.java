package io.skerry.catalog.token;

import static io.skerry.catalog.CatalogException.Reason.EXISTS;
import static io.skerry.catalog.CatalogException.Reason.FORBIDDEN;
import static io.skerry.catalog.CatalogException.Reason.INVALID;
import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.Names;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.organization.User;
import io.skerry.catalog.organization.UserId;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.GroupId;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Mints and revokes tokens of the control plane. Thread-safe; leader only. What is revoked is refused by this node
/// at once, and by every other as soon as the change is applied there.
public final class PlatformTokenChanges {

    private final Catalog catalog;
    private final Clock clock;
    private final int perUserMax;

    /// @param perUserMax API tokens that one user may have
    public PlatformTokenChanges(Catalog catalog, Clock clock, int perUserMax) {
        this.catalog = catalog;
        this.clock = clock;
        this.perUserMax = perUserMax;
    }

    /// @param secret the token itself, which is nowhere else from now on
    public record Minted(String id, String name, String secret) {

        @Override
        public String toString() {
            return "Minted[id=" + id + ", name=" + name + "]";
        }
    }

    /// @throws CatalogException INVALID name, or too many; NOT_FOUND organization or group; FORBIDDEN if the user is
    ///     no member, or names a group and is neither owner nor admin; EXISTS
    public Minted mint(User user, String name, Restriction restriction, Actor actor) {
        Names.check("token", name);
        ApiTokens.Fresh fresh = ApiTokens.fresh();
        Instant now = clock.instant();
        Instant expiresAt = restriction.lifetime() == null ? null : now.plus(restriction.lifetime());
        return catalog.write(sql -> {
            ApiTokens.endExpired(sql, user.id(), now);
            if (ApiTokens.exists(sql, user.id(), name)) {
                throw new CatalogException(EXISTS, "token with name " + name + " already exists");
            }
            if (ApiTokens.count(sql, user.id()) >= perUserMax) {
                throw new CatalogException(INVALID, "you have " + perUserMax + " tokens, and may not have more");
            }
            Organization organization = organization(sql, user, restriction);
            ApiToken token = new ApiToken(
                    fresh.id(),
                    ApiToken.Kind.API,
                    user.id(),
                    name,
                    organization == null ? null : organization.id(),
                    organization == null ? null : group(sql, organization, restriction),
                    restriction.scopes(),
                    expiresAt);
            ApiTokens.insert(sql, token, fresh.text(), now);
            audit(sql, actor, Action.USER_TOKEN_CREATE, user.id(), token.organization(), name, now);
            return new Minted(fresh.id(), name, fresh.text());
        });
    }

    /// Ends one of the user's own.
    ///
    /// @throws CatalogException NOT_FOUND
    public void revoke(User user, String name, Actor actor) {
        catalog.write(sql -> {
            TokenListing token = ApiTokens.of(sql, user.id()).stream()
                    .filter(candidate -> candidate.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new CatalogException(NOT_FOUND, "could not find token " + name));
            OrganizationId organization = token.organization() == null
                    ? null
                    : Organizations.bySlug(sql, token.organization())
                            .map(Organization::id)
                            .orElse(null);
            ApiTokens.delete(sql, token.id());
            audit(sql, actor, Action.USER_TOKEN_DELETE, user.id(), organization, name, clock.instant());
            return true;
        });
    }

    /// Ends one that is restricted to the organization.
    ///
    /// @param owner username of its owner, null for anybody's
    /// @throws CatalogException NOT_FOUND, also if it is somebody else's or another organization's
    public void revoke(Organization organization, String id, @Nullable String owner, Actor actor) {
        catalog.write(sql -> {
            TokenListing token = ApiTokens.of(sql, organization.id()).stream()
                    .filter(candidate -> candidate.id().equals(id))
                    .filter(candidate -> owner == null || candidate.owner().equals(owner))
                    .findFirst()
                    .orElseThrow(() -> new CatalogException(NOT_FOUND, "could not find token with this id"));
            ApiTokens.delete(sql, id);
            Audit.record(
                    sql,
                    actor,
                    Action.USER_TOKEN_DELETE,
                    organization.id(),
                    token.name(),
                    "of " + token.owner(),
                    clock.instant());
            return true;
        });
    }

    /// Ends every session of the user; API tokens go on.
    ///
    /// @return sessions issued before are void
    public Instant endSessions(User user, Actor actor) {
        Instant now = clock.instant();
        return catalog.write(sql -> {
            Users.endSessions(sql, user.id(), now);
            // Those of this very millisecond too.
            ApiTokens.endSessions(sql, user.id(), now, 0);
            audit(sql, actor, Action.USER_SESSIONS_END, user.id(), null, user.username(), now);
            return now;
        });
    }

    private static @Nullable Organization organization(Sql sql, User user, Restriction restriction) {
        String named = restriction.organization();
        if (named == null) {
            return null;
        }
        Organization organization = Organizations.find(sql, named)
                .orElseThrow(() -> new CatalogException(NOT_FOUND, "organization not found"));
        Role role = Users.role(sql, organization.id(), user.id())
                .orElseThrow(() ->
                        new CatalogException(FORBIDDEN, "you are not a member of organization " + organization.slug()));
        if (restriction.group() != null && role.compareTo(Role.ADMIN) > 0) {
            throw new CatalogException(FORBIDDEN, "tokens for a group are minted by admin or owner only");
        }
        return organization;
    }

    private static @Nullable GroupId group(Sql sql, Organization organization, Restriction restriction) {
        String named = restriction.group();
        return named == null
                ? null
                : Groups.byName(sql, organization.id(), named)
                        .orElseThrow(() -> new CatalogException(NOT_FOUND, "group not found"))
                        .id();
    }

    /// What concerns no organization stands in the log of the user's own.
    private static void audit(
            Sql sql,
            Actor actor,
            Action action,
            UserId user,
            @Nullable OrganizationId organization,
            String target,
            Instant now) {
        OrganizationId of = organization != null
                ? organization
                : Organizations.personal(sql, user).map(Organization::id).orElse(null);
        Audit.record(sql, actor, action, of, target, "", now);
    }
}
