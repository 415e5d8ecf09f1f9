package io.skerry.catalog.token;

import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.query.AttachGrants;
import io.skerry.engine.query.Permissions;
import io.skerry.engine.query.SessionOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a token allows: the claims `a` (`rw`, `ro`, or `roa`: reading and attaching), `p` and `fgp`.
///
/// `p` has any of `ro`, `rw`, `roa`, `rwa` and `ddl`, each with ids of databases (`ns`) and of groups (`tags`). sqld
/// forgets `id` and `a` where there is `p`; here the token is bound by them all the same, and `p` only narrows it.
///
/// @param access the claim `a`
/// @param only the database that the claim `id` names, null without it
/// @param named the claim `p`, null without it
record AccessClaims(
        Access access,
        @Nullable String only,
        Permissions permissions,
        @Nullable Named named) {

    static final String NAMED = "p";
    /// Which version of its key each database had whose attaching is granted; in tokens of ours.
    static final String VERSIONS = "akv";

    private static final int ENTRIES_MAX = 1_000;

    enum Access {
        FULL("rw"),
        READ_ONLY("ro"),
        READ_AND_ATTACH("roa");

        private final String text;

        Access(String text) {
            this.text = text;
        }

        /// @throws TokenException 401
        static Access parse(@Nullable Object claim) {
            for (Access access : values()) {
                if (access.text.equals(claim)) {
                    return access;
                }
            }
            if (claim == null) {
                return FULL;
            }
            throw TokenException.invalid();
        }
    }

    /// The claim `p`.
    ///
    /// @param attach what is named by id, with the versions of the keys
    record Named(Scope read, Scope write, Scope attachGroups, Map<DatabaseId, Long> attach) {}

    /// Ids of databases and of groups, as texts.
    private record Scope(Set<String> databases, Set<String> groups) {

        boolean has(DatabaseRoute route) {
            return databases.contains(route.database().id().toString())
                    || groups.contains(route.group().id().value().toString());
        }
    }

    /// @param only the database that the claim `id` names
    /// @throws TokenException 401 if one of them is not understood: rather than wider than was meant
    static AccessClaims of(SignedClaims claims, @Nullable String only) {
        Object limits = claims.get(PermissionClaim.NAME);
        try {
            return new AccessClaims(
                    Access.parse(claims.get("a")),
                    only,
                    limits == null ? Permissions.ALL : PermissionClaim.read(limits),
                    named(claims.get(NAMED), claims.get(VERSIONS)));
        } catch (IllegalArgumentException e) {
            throw TokenException.invalid();
        }
    }

    /// What it allows with a database; empty if `p` does not name that.
    Optional<SessionOptions> on(DatabaseRoute route) {
        boolean readOnly = access != Access.FULL;
        Named claim = named;
        if (claim == null) {
            return Optional.of(
                    permissions.limit() || access == Access.READ_AND_ATTACH
                            ? new SessionOptions(readOnly, permissions, attach())
                            : readOnly ? SessionOptions.READ_ONLY : SessionOptions.FULL);
        }
        boolean writes = claim.write().has(route);
        if (!writes && !claim.read().has(route)) {
            return Optional.empty();
        }
        return Optional.of(new SessionOptions(
                readOnly || !writes,
                permissions,
                claim.attachGroups().has(route) ? AttachGrants.ALL : new AttachGrants(false, claim.attach())));
    }

    /// Without `p`: a token for one database may attach no other.
    private AttachGrants attach() {
        return access == Access.READ_AND_ATTACH && only == null ? AttachGrants.ALL : AttachGrants.NONE;
    }

    // ---- reading

    private static @Nullable Named named(@Nullable Object claim, @Nullable Object versions) {
        if (claim == null) {
            return null;
        }
        Map<?, ?> map = map(claim);
        Scope attach = union(map, "roa", "rwa");
        Map<DatabaseId, Long> databases = new HashMap<>();
        for (String id : attach.databases()) {
            databases.put(new DatabaseId(UUID.fromString(id)), version(versions, id));
        }
        return new Named(
                union(map, "ro", "roa"),
                union(map, "rw", "rwa", "ddl"),
                new Scope(Set.of(), attach.groups()),
                databases);
    }

    private static long version(@Nullable Object versions, String id) {
        Object version = versions == null ? null : map(versions).get(id);
        if (version != null && !(version instanceof Number)) {
            throw new IllegalArgumentException(VERSIONS + " must hold numbers");
        }
        return version == null ? 0 : ((Number) version).longValue();
    }

    private static Scope union(Map<?, ?> claim, String... kinds) {
        Set<String> databases = new HashSet<>();
        Set<String> groups = new HashSet<>();
        for (String kind : kinds) {
            Object scope = claim.get(kind);
            if (scope != null) {
                addTexts(map(scope).get("ns"), databases);
                addTexts(map(scope).get("tags"), groups);
            }
        }
        return new Scope(Set.copyOf(databases), Set.copyOf(groups));
    }

    private static void addTexts(@Nullable Object list, Set<String> to) {
        if (list == null) {
            return;
        }
        if (!(list instanceof Collection<?> items) || items.size() > ENTRIES_MAX) {
            throw new IllegalArgumentException("must be a list");
        }
        for (Object item : items) {
            if (!(item instanceof String text)) {
                throw new IllegalArgumentException("must be a list of texts");
            }
            to.add(text);
        }
    }

    private static Map<?, ?> map(Object claim) {
        if (claim instanceof Map<?, ?> map) {
            return map;
        }
        throw new IllegalArgumentException("must be an object");
    }

    // ---- writing

    /// Those that say what a token may do.
    static Map<String, Object> write(SessionOptions rights) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("a", text(rights));
        if (rights.permissions().limit()) {
            claims.put(PermissionClaim.NAME, PermissionClaim.write(rights.permissions()));
        }
        return claims;
    }

    /// As [#write], of a token for what `owner` is the id of.
    static Map<String, Object> write(SessionOptions rights, UUID owner, boolean ofGroup) {
        Map<String, Object> claims = write(rights);
        Map<DatabaseId, Long> granted = rights.attach().databases();
        if (granted.isEmpty()) {
            return claims;
        }
        List<String> ids = new ArrayList<>();
        Map<String, Long> versions = new LinkedHashMap<>();
        granted.keySet().stream()
                .sorted((a, b) -> a.value().compareTo(b.value()))
                .forEach(id -> {
                    ids.add(id.toString());
                    versions.put(id.toString(), granted.getOrDefault(id, 0L));
                });
        Map<String, Object> named = new LinkedHashMap<>();
        named.put(text(rights), Map.of(ofGroup ? "tags" : "ns", List.of(owner.toString())));
        named.put("roa", Map.of("ns", ids));
        claims.put(NAMED, named);
        claims.put(VERSIONS, versions);
        return claims;
    }

    static String text(SessionOptions rights) {
        return (rights.readOnly() ? Access.READ_ONLY : Access.FULL).text;
    }
}
