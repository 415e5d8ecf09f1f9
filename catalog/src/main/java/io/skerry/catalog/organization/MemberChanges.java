package io.skerry.catalog.organization;

import static io.skerry.catalog.CatalogException.Reason.EXISTS;
import static io.skerry.catalog.CatalogException.Reason.FORBIDDEN;
import static io.skerry.catalog.CatalogException.Reason.INVALID;
import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.sql.Sql;
import java.time.Instant;

/// Who belongs to an organization, and as what. Thread-safe; leader only. The last owner cannot be lost, and
/// only an owner may touch an owner.
public final class MemberChanges {

    private final Catalog catalog;
    private final PeopleLimits limits;

    public MemberChanges(Catalog catalog, PeopleLimits limits) {
        this.catalog = catalog;
        this.limits = limits;
    }

    /// @param role not the owner's
    /// @throws CatalogException NOT_FOUND if there is no such user; EXISTS if he is in; INVALID if
    ///     there are too many
    public Member add(Organization organization, String username, Role role, Actor actor) {
        Instant now = Instant.now();
        return catalog.write(sql -> {
            User user = Users.byUsername(sql, username).orElseThrow(() -> noUser(username));
            join(sql, organization, user, role, now);
            Audit.record(sql, actor, Action.ORG_MEMBER_ADD, organization.id(), username, role.text(), now);
            return new Member(user.id(), username, user.email(), role);
        });
    }

    /// Part of a transaction that lets a user in.
    public void join(Sql sql, Organization organization, User user, Role role, Instant now) {
        Organizations.require(sql, organization.id());
        if (Users.role(sql, organization.id(), user.id()).isPresent()) {
            throw new CatalogException(
                    EXISTS, "user " + user.username() + " is already a member of organization " + organization.slug());
        }
        if (Memberships.count(sql, organization.id()) >= limits.membersPerOrganization()) {
            throw new CatalogException(
                    INVALID,
                    "organization " + organization.slug() + " has " + limits.membersPerOrganization()
                            + " members, and may not have more");
        }
        Users.join(sql, organization.id(), user.id(), role, now);
    }

    /// @param by role of the one who asks
    /// @throws CatalogException NOT_FOUND; FORBIDDEN if an owner is meant and `by` is none; INVALID for
    ///     the last owner
    public Member setRole(Organization organization, String username, Role role, Role by, Actor actor) {
        return catalog.write(sql -> {
            Member member = Memberships.find(sql, organization.id(), username).orElseThrow(() -> noUser(username));
            requireReplaceable(sql, organization, member, by);
            Memberships.setRole(sql, organization.id(), member.user(), role);
            Audit.record(sql, actor, Action.ORG_MEMBER_ROLE, organization.id(), username, role.text(), Instant.now());
            return new Member(member.user(), username, member.email(), role);
        });
    }

    /// Removes a member, or oneself, and his tokens for the organization.
    ///
    /// @param by role of the one who asks
    /// @throws CatalogException NOT_FOUND; FORBIDDEN if an owner is meant and `by` is none; INVALID for
    ///     the last owner
    public void remove(Organization organization, String username, Role by, Actor actor) {
        catalog.write(sql -> {
            Member member = Memberships.find(sql, organization.id(), username)
                    .orElseThrow(() -> new CatalogException(
                            NOT_FOUND, "user " + username + " is not a member of org " + organization.slug()));
            requireReplaceable(sql, organization, member, by);
            Memberships.remove(sql, organization.id(), member.user());
            Action action = username.equals(actor.name()) ? Action.ORG_MEMBER_LEAVE : Action.ORG_MEMBER_REMOVE;
            Audit.record(
                    sql,
                    actor,
                    action,
                    organization.id(),
                    username,
                    member.role().text(),
                    Instant.now());
            return true;
        });
    }

    private static void requireReplaceable(Sql sql, Organization organization, Member member, Role by) {
        if (member.role() != Role.OWNER) {
            return;
        }
        if (by != Role.OWNER) {
            throw new CatalogException(FORBIDDEN, "only an owner may do this to an owner");
        }
        if (Memberships.owners(sql, organization.id()) == 1) {
            throw new CatalogException(
                    INVALID, "user " + member.username() + " is the last owner of organization " + organization.slug());
        }
    }

    private static CatalogException noUser(String username) {
        return new CatalogException(NOT_FOUND, "could not find user " + username);
    }
}
