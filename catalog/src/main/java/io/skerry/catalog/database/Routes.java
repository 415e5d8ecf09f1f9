package io.skerry.catalog.database;

import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.DatabaseId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Finds databases for the data plane.
public final class Routes {

    private Routes() {}

    /// An exact label wins over an instance's: the database `fra-shop` over the instance `fra` of `shop`.
    public static Optional<DatabaseRoute> byLabel(Sql sql, String label) {
        return Databases.byLabel(sql, label)
                .flatMap(database -> complete(sql, database, null))
                .or(() -> byInstanceLabel(sql, label));
    }

    public static Optional<DatabaseRoute> byName(Sql sql, Organization organization, String name) {
        return Databases.byName(sql, organization.id(), name).flatMap(database -> complete(sql, database, null));
    }

    public static Optional<DatabaseRoute> byId(Sql sql, DatabaseId id) {
        return Databases.byId(sql, id).flatMap(database -> complete(sql, database, null));
    }

    private static Optional<DatabaseRoute> byInstanceLabel(Sql sql, String label) {
        // Codes may contain hyphens, so every hyphen may be the end of one.
        for (int hyphen = label.indexOf('-'); hyphen > 0; hyphen = label.indexOf('-', hyphen + 1)) {
            Optional<LocationCode> code = LocationCode.parse(label.substring(0, hyphen));
            if (code.isPresent()) {
                Optional<DatabaseRoute> route = Databases.byLabel(sql, label.substring(hyphen + 1))
                        .flatMap(database -> complete(sql, database, code.get()))
                        .filter(found -> found.group().place(code.get()).isPresent());
                if (route.isPresent()) {
                    return route;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<DatabaseRoute> complete(Sql sql, DatabaseInfo database, @Nullable LocationCode instance) {
        return Organizations.byId(sql, database.organization())
                .flatMap(organization -> Groups.byId(sql, database.group())
                        .map(group -> DatabaseRoute.of(organization, group, database, instance)));
    }
}
