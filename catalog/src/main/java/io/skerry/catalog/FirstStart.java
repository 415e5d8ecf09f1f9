package io.skerry.catalog;

import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.organization.Accounts;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.organization.UserId;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.token.ApiToken;
import io.skerry.catalog.token.ApiTokens;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/// What has to be in a catalog before anybody can ask for anything: one organization, its owner, a token.
final class FirstStart {

    /// The setting that names the organization of the first start.
    private static final String ORGANIZATION = "default_organization";

    private static final String TOKEN_NAME = "administrator";

    private final Catalog catalog;

    FirstStart(Catalog catalog) {
        this.catalog = catalog;
    }

    static Optional<Organization> organization(Sql sql) {
        return sql.first(
                        "SELECT value FROM settings WHERE name = ?",
                        row -> OrganizationId.parse(row.text(0)),
                        ORGANIZATION)
                .flatMap(id -> Organizations.byId(sql, id));
    }

    boolean run(String slug, String token, Instant now) {
        Names.check("organization", slug);
        if (catalog.read(sql -> isDone(sql, slug, token))) {
            return false;
        }
        OrganizationId newOrganization = new OrganizationId(UUID.randomUUID());
        UserId newUser = new UserId(UUID.randomUUID());
        String tokenId = UUID.randomUUID().toString();
        return catalog.write(sql -> {
            if (Organizations.bySlug(sql, slug).isEmpty()) {
                Accounts.insert(sql, newUser, newOrganization, slug, "", now);
                Audit.record(sql, Actor.SYSTEM, Action.ORG_CREATE, newOrganization, slug, "first start", now);
                sql.update(
                        "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
                        ORGANIZATION,
                        newOrganization);
            }
            UserId user = Users.byUsername(sql, slug)
                    .orElseThrow(() -> new CatalogException(
                            CatalogException.Reason.NAME_TAKEN,
                            "organization " + slug + " belongs to a team, so it cannot be the administrator's own:"
                                    + " start with another name"))
                    .id();
            ApiTokens.put(
                    sql,
                    new ApiToken(tokenId, ApiToken.Kind.API, user, TOKEN_NAME, null, null, Set.of(), null),
                    token,
                    now);
            Audit.record(sql, Actor.SYSTEM, Action.USER_TOKEN_CREATE, null, TOKEN_NAME, "administrator's token", now);
            return true;
        });
    }

    private static boolean isDone(Sql sql, String slug, String token) {
        return Organizations.bySlug(sql, slug).isPresent()
                && Users.byUsername(sql, slug)
                        .filter(user -> ApiTokens.matches(sql, user.id(), TOKEN_NAME, token))
                        .isPresent();
    }
}
