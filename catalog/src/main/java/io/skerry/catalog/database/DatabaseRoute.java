package io.skerry.catalog.database;

import io.skerry.catalog.group.Group;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.organization.Organization;
import org.jspecify.annotations.Nullable;

/// All that a request to a database needs to know of it, in one immutable object.
///
/// @param instance the location that the request's host name asked for, null if any will do
public record DatabaseRoute(
        Organization organization,
        Group group,
        DatabaseInfo database,
        @Nullable LocationCode instance) {}
