package io.skerry.catalog.database;

import io.skerry.catalog.group.Group;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.organization.Organization;
import io.skerry.engine.query.Restrictions;
import org.jspecify.annotations.Nullable;

/// All that a request to a database needs to know of it, in one immutable object.
///
/// @param instance the location that the request's host name asked for, null if any will do
/// @param restrictions what the database's configuration and its organization forbid
public record DatabaseRoute(
        Organization organization,
        Group group,
        DatabaseInfo database,
        @Nullable LocationCode instance,
        Restrictions restrictions) {

    static DatabaseRoute of(
            Organization organization, Group group, DatabaseInfo database, @Nullable LocationCode instance) {
        Restrictions restrictions = new Restrictions(
                database.blockReads() || organization.blockedReads(),
                database.blockWrites() || organization.blockedWrites(),
                database.sizeLimit().bytes());
        return new DatabaseRoute(organization, group, database, instance, restrictions);
    }
}
