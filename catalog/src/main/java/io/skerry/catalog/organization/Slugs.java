package io.skerry.catalog.organization;

import static io.skerry.catalog.CatalogException.Reason.INVALID;
import static io.skerry.catalog.CatalogException.Reason.NAME_TAKEN;

import io.skerry.catalog.CatalogException;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// What organizations are called in URLs and host names.
final class Slugs {

    /// Leaves a database's name 15 characters of a host name's label, at the least.
    private static final int LENGTH_MAX = 47;

    private static final int NAME_LENGTH_MAX = 64;
    private static final Pattern SEPARATORS = Pattern.compile("[^a-z0-9]+");
    private static final Pattern UUID = Pattern.compile("[0-9a-f]+(-[0-9a-f]+){4}");

    /// What stands where a slug may stand in a path of the API, and names that would pass for the platform's.
    private static final Set<String> RESERVED =
            Set.of("stripe-customer", "system", "dev", "v1", "v2", "v3", "health", "api", "docs", "static", "skerry");

    private Slugs() {}

    /// @param name as people write it
    /// @throws CatalogException INVALID if nothing of it can be used; NAME_TAKEN if the slug is reserved
    static String derive(String name) {
        return derive("organization name", name);
    }

    /// @param kind what the name is to be, for the text
    static String derive(String kind, String name) {
        String slug = SEPARATORS
                .matcher(name.toLowerCase(Locale.ROOT))
                .replaceAll("-")
                .replaceAll("^-|-$", "");
        if (slug.isEmpty()
                || slug.length() > LENGTH_MAX
                || name.length() > NAME_LENGTH_MAX
                || name.chars().anyMatch(Character::isISOControl)) {
            String shown = name.length() <= NAME_LENGTH_MAX ? name : name.substring(0, NAME_LENGTH_MAX) + "…";
            throw new CatalogException(INVALID, "invalid " + kind + ": " + shown);
        }
        // An id may stand for a slug, so a slug must not look like one.
        if (RESERVED.contains(slug) || UUID.matcher(slug).matches()) {
            throw new CatalogException(NAME_TAKEN, kind + " " + slug + " is reserved");
        }
        return slug;
    }
}
