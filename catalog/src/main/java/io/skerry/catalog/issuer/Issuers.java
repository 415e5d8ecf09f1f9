package io.skerry.catalog.issuer;

import static io.skerry.catalog.CatalogException.Reason.INVALID;
import static io.skerry.catalog.CatalogException.Reason.NOT_FOUND;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.FrameCache;
import io.skerry.catalog.Names;
import io.skerry.catalog.audit.Action;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.sql.Sql;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Issuers in the catalog. Thread-safe; changes on the leader only.
public final class Issuers {

    private static final int PER_ORGANIZATION_MAX = 20;
    private static final int URL_LENGTH_MAX = 2_048;

    private static final int ORGANIZATIONS_MAX = 10_000;

    private final Catalog catalog;
    private final FrameCache<OrganizationId, List<String>> urls;

    public Issuers(Catalog catalog) {
        this.catalog = catalog;
        urls = catalog.cache(
                ORGANIZATIONS_MAX,
                organization -> Optional.of(catalog.read(sql -> list(sql, organization)).stream()
                        .map(Issuer::url)
                        .toList()));
    }

    /// Where the organization's issuers have their keys, from memory.
    public List<String> urls(OrganizationId organization) {
        return urls.get(organization).orElse(List.of());
    }

    /// In the order of their names.
    public List<Issuer> of(Organization organization) {
        return catalog.read(sql -> list(sql, organization.id()));
    }

    /// Names an issuer, or gives a known one another address.
    ///
    /// @throws CatalogException INVALID name or URL, or too many
    public void put(Organization organization, String name, String url, Actor actor) {
        Names.check("jwks", name);
        if (!isAcceptable(url)) {
            throw new CatalogException(INVALID, "invalid jwks_url: must be an https URL");
        }
        Instant now = Instant.now();
        catalog.write(sql -> {
            Organizations.require(sql, organization.id());
            List<Issuer> known = list(sql, organization.id());
            if (known.size() >= PER_ORGANIZATION_MAX
                    && known.stream().noneMatch(issuer -> issuer.name().equals(name))) {
                throw new CatalogException(
                        INVALID,
                        "organization " + organization.slug() + " has " + PER_ORGANIZATION_MAX
                                + " jwks, and may not have more");
            }
            sql.update("""
                    INSERT INTO jwks (organization, name, url, created_at) VALUES (?, ?, ?, ?)
                    ON CONFLICT (organization, name) DO UPDATE SET url = excluded.url
                    """, organization.id(), name, url, now);
            Audit.record(sql, actor, Action.JWKS_PUT, organization.id(), name, url, now);
            return true;
        });
    }

    /// @throws CatalogException NOT_FOUND
    public void delete(Organization organization, String name, Actor actor) {
        catalog.write(sql -> {
            if (sql.update("DELETE FROM jwks WHERE organization = ? AND name = ?", organization.id(), name) == 0) {
                throw new CatalogException(NOT_FOUND, "could not find jwks " + name);
            }
            Audit.record(sql, actor, Action.JWKS_DELETE, organization.id(), name, "", Instant.now());
            return true;
        });
    }

    private static List<Issuer> list(Sql sql, OrganizationId organization) {
        return sql.list(
                "SELECT name, url FROM jwks WHERE organization = ? ORDER BY name",
                row -> new Issuer(row.text(0), row.text(1)),
                organization);
    }

    private static boolean isAcceptable(String text) {
        try {
            URI url = URI.create(text);
            return text.length() <= URL_LENGTH_MAX
                    && "https".equalsIgnoreCase(url.getScheme())
                    && url.getHost() != null
                    && url.getUserInfo() == null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
