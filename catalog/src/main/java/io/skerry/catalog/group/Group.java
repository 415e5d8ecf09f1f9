package io.skerry.catalog.group;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.GroupId;
import java.util.List;
import java.util.Optional;

/// @param primary where its writes are taken; fixed when the group is created
/// @param places the primary first, then in the order of their addition
/// @param version what the API reports as the version of its servers
/// @param extensions as the client asked for them, as JSON; empty if it did not
/// @param keyVersion counts rotations of the group's signing key, from 1: a token of another version is dead
public record Group(
        GroupId id,
        OrganizationId organization,
        String name,
        LocationCode primary,
        List<GroupLocation> places,
        String version,
        String extensions,
        boolean deleteProtection,
        boolean archived,
        long keyVersion) {

    public Group {
        places = List.copyOf(places);
    }

    /// @throws CatalogException INVALID if it is archived
    public void requireOpen() {
        if (archived) {
            throw new CatalogException(CatalogException.Reason.INVALID, archivedText());
        }
    }

    /// What is said to whoever wants something of it that is to be had from its nodes only.
    public String archivedText() {
        return "group " + name + " is archived: unarchive it first (skerry group unarchive " + name
                + ", or POST to the group's path with /unarchive)";
    }

    public List<LocationCode> locations() {
        return places.stream().map(GroupLocation::code).toList();
    }

    public Optional<GroupLocation> place(LocationCode code) {
        return places.stream().filter(place -> place.code().equals(code)).findFirst();
    }
}
