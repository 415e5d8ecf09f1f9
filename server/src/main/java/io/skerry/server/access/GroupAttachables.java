package io.skerry.server.access;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.query.AttachGrants;
import io.skerry.engine.query.Attachables;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// What a database may attach: another one of its group and organization whose owner allows it, to a token that has
/// the right. Whoever has no right learns nothing of what there is. Thread-safe; answers from the catalog's memory.
///
/// @param from the database to which others are attached
record GroupAttachables(Catalog catalog, DatabaseRoute from) implements Attachables {

    @Override
    public DatabaseId find(String name, AttachGrants grants) {
        DatabaseRoute target = grants.none() ? null : named(name).orElse(null);
        if (target == null && grants.all()) {
            throw new DatabaseException(Code.NO_SUCH_DATABASE, "Namespace `" + name + "` doesn't exist");
        }
        if (target == null || !isGranted(target, grants)) {
            throw new DatabaseException(
                    Code.ATTACH_FORBIDDEN,
                    "Authorization forbidden: Current session doesn't have Attach permission to namespace " + name);
        }
        String why = refusal(target, name);
        if (why != null) {
            throw new DatabaseException(Code.ATTACH_FORBIDDEN, why);
        }
        return target.database().id();
    }

    @Override
    public void require(DatabaseId database, String name, AttachGrants grants) {
        DatabaseRoute target = catalog.byId(database).filter(this::isNeighbour).orElse(null);
        String why = target == null
                ? "Namespace `" + name + "` doesn't exist"
                : isGranted(target, grants) ? refusal(target, name) : "the tokens of `" + name + "` were rotated";
        if (why != null) {
            throw new DatabaseException(
                    Code.ATTACHMENT_ENDED, "database " + name + " is not attached any more: " + why);
        }
    }

    private static boolean isGranted(DatabaseRoute target, AttachGrants grants) {
        return grants.include(target.database().id(), target.database().keyVersion());
    }

    private Optional<DatabaseRoute> named(String name) {
        return byId(name)
                .or(() -> catalog.byName(from.organization().slug(), name))
                .filter(this::isNeighbour);
    }

    private Optional<DatabaseRoute> byId(String name) {
        try {
            return catalog.byId(new DatabaseId(UUID.fromString(name)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private boolean isNeighbour(DatabaseRoute target) {
        return target.group().id().equals(from.group().id())
                && target.organization().id().equals(from.organization().id());
    }

    /// Why nobody may attach it from here; null if one may.
    private @Nullable String refusal(DatabaseRoute target, String name) {
        if (!target.database().allowAttach()) {
            return "Namespace `" + name + "` doesn't allow attach";
        }
        if (target.restrictions().blocksReads()) {
            return "Namespace `" + name + "` doesn't allow attach: its reads are blocked";
        }
        if (target.database().archived() || target.database().isDraft()) {
            return "Namespace `" + name + "` doesn't allow attach: it is archived, or waits for its content";
        }
        // Who came in here was asked for the rules of this database, and must not get around those of the other.
        boolean sameRules = target.database()
                        .allowedIps()
                        .equals(from.database().allowedIps())
                && target.database().allowedVpcs().equals(from.database().allowedVpcs());
        boolean noRules = target.database().allowedIps().texts().isEmpty()
                && target.database().allowedVpcs().ids().isEmpty();
        return sameRules || noRules
                ? null
                : "Namespace `" + name + "` doesn't allow attach: its allowed_ips and allowed_aws_vpc_ids are not those"
                        + " of `" + from.database().name() + "`";
    }
}
