package io.skerry.catalog.group;

import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.GroupId;
import java.util.List;

/// @param primary where its writes are taken; fixed when the group is created
/// @param locations the primary first, then in the order of their addition
/// @param version what the API reports as the version of its servers
/// @param keyVersion counts rotations of the group's signing key, from 1: a token of another version is dead
public record Group(
        GroupId id,
        OrganizationId organization,
        String name,
        LocationCode primary,
        List<LocationCode> locations,
        String version,
        String extensions,
        boolean deleteProtection,
        boolean archived,
        long keyVersion) {

    public Group {
        locations = List.copyOf(locations);
    }
}
