package io.skerry.catalog.organization;

import static io.skerry.catalog.CatalogException.Reason.EXISTS;
import static io.skerry.catalog.CatalogException.Reason.INVALID;
import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.sql.Sql;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/// Creates, changes and deletes organizations. Thread-safe; leader only.
public final class OrganizationChanges {

    private final Catalog catalog;
    private final PeopleLimits limits;

    public OrganizationChanges(Catalog catalog, PeopleLimits limits) {
        this.catalog = catalog;
        this.limits = limits;
    }

    /// Creates a team that `owner` owns.
    ///
    /// @param dryRun whether only to say what would be
    /// @throws CatalogException INVALID name, or too many; NAME_TAKEN if it is reserved; EXISTS
    public Organization create(User owner, String name, boolean dryRun, Actor actor) {
        String slug = Slugs.derive(name);
        Organization organization =
                Organization.named(new OrganizationId(UUID.randomUUID()), name, slug, Organization.Type.TEAM);
        if (dryRun) {
            return catalog.read(sql -> {
                requireRoom(sql, owner, slug);
                return organization;
            });
        }
        Instant now = Instant.now();
        return catalog.write(sql -> {
            requireRoom(sql, owner, slug);
            Organizations.insert(sql, organization, now);
            Users.join(sql, organization.id(), owner.id(), Role.OWNER, now);
            record(sql, actor, Action.ORG_CREATE, organization, List.of(owner.id()), now);
            return organization;
        });
    }

    /// @return as it is now
    public Organization setOverages(Organization organization, boolean overages, Actor actor) {
        return catalog.write(sql -> {
            Organizations.require(sql, organization.id());
            Organizations.setOverages(sql, organization.id(), overages);
            Audit.record(
                    sql,
                    actor,
                    Action.ORG_SET_OVERAGES,
                    organization.id(),
                    organization.slug(),
                    Boolean.toString(overages),
                    Instant.now());
            return Organizations.byId(sql, organization.id()).orElseThrow(OrganizationChanges::notFound);
        });
    }

    /// Subscribes to a plan. Nothing is billed: it is remembered, and that is all.
    public void setPlan(Organization organization, String plan, String timeline, Actor actor) {
        catalog.write(sql -> {
            Organizations.require(sql, organization.id());
            Organizations.setPlan(sql, organization.id(), plan, timeline);
            Audit.record(
                    sql, actor, Action.ORG_PLAN_UPDATE, organization.id(), organization.slug(), plan, Instant.now());
            return true;
        });
    }

    /// Deletes the organization with its memberships, invitations and tokens. Its log stays, but nobody can read it
    /// any more: its owners find the deletion in their own.
    ///
    /// @throws CatalogException INVALID if it is somebody's personal one, or has groups
    public void delete(Organization organization, Actor actor) {
        catalog.write(sql -> {
            Organization present =
                    Organizations.byId(sql, organization.id()).orElseThrow(OrganizationChanges::notFound);
            if (present.type() == Organization.Type.PERSONAL) {
                throw new CatalogException(INVALID, "a personal organization cannot be deleted");
            }
            if (!Groups.of(sql, present.id()).isEmpty()) {
                throw new CatalogException(
                        INVALID, "organization " + present.slug() + " has groups: delete or transfer them first");
            }
            List<UserId> owners = Memberships.of(sql, present.id()).stream()
                    .filter(member -> member.role() == Role.OWNER)
                    .map(Member::user)
                    .toList();
            Organizations.delete(sql, present.id());
            record(sql, actor, Action.ORG_DELETE, present, owners, Instant.now());
            return true;
        });
    }

    /// In its own log, and in that of every owner's personal organization.
    private static void record(
            Sql sql, Actor actor, Action action, Organization organization, List<UserId> owners, Instant now) {
        Audit.record(sql, actor, action, organization.id(), organization.slug(), "", now);
        owners.stream()
                .flatMap(owner -> Organizations.personal(sql, owner).stream())
                .forEach(own -> Audit.record(sql, actor, action, own.id(), organization.slug(), "", now));
    }

    private void requireRoom(Sql sql, User owner, String slug) {
        // A username is the slug of its owner's personal organization.
        if (Organizations.bySlug(sql, slug).isPresent()
                || Users.byUsername(sql, slug).isPresent()) {
            throw new CatalogException(EXISTS, "organization " + slug + " already exists");
        }
        if (Memberships.owned(sql, owner.id()) >= limits.organizationsPerUser()) {
            throw new CatalogException(
                    INVALID, "you own " + limits.organizationsPerUser() + " organizations, and may not own more");
        }
    }

    private static CatalogException notFound() {
        return new CatalogException(NOT_FOUND, "organization not found");
    }
}
