package io.skerry.catalog.database;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What the catalog knows of a database.
///
/// @param keyVersion counts rotations of the database's signing key, from 1
public record DatabaseInfo(
        DatabaseId id,
        OrganizationId organization,
        GroupId group,
        String name,
        SizeLimit sizeLimit,
        boolean allowAttach,
        boolean blockReads,
        boolean blockWrites,
        boolean deleteProtection,
        boolean archived,
        AddressRules allowedIps,
        @Nullable Parent parent,
        long keyVersion) {

    /// The database that this one was branched from.
    public record Parent(DatabaseId id, String name, Instant branchedAt) {}

    /// A new one without any restriction.
    public static DatabaseInfo create(
            DatabaseId id,
            OrganizationId organization,
            GroupId group,
            String name,
            SizeLimit sizeLimit,
            @Nullable Parent parent) {
        return new DatabaseInfo(
                id,
                organization,
                group,
                name,
                sizeLimit,
                false,
                false,
                false,
                false,
                false,
                AddressRules.NONE,
                parent,
                1);
    }
}
