package io.skerry.catalog.database;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the catalog knows of a database.
///
/// @param sizeLimit as the client wrote it; empty if unlimited
/// @param keyVersion counts rotations of the database's signing key, from 1
public record DatabaseInfo(
        DatabaseId id,
        OrganizationId organization,
        GroupId group,
        String name,
        String sizeLimit,
        boolean allowAttach,
        boolean blockReads,
        boolean blockWrites,
        boolean deleteProtection,
        boolean archived,
        List<String> allowedIps,
        List<String> allowedVpcIds,
        @Nullable Parent parent,
        long keyVersion,
        Instant createdAt) {

    public DatabaseInfo {
        allowedIps = List.copyOf(allowedIps);
        allowedVpcIds = List.copyOf(allowedVpcIds);
    }

    /// The database that this one was branched from.
    public record Parent(DatabaseId id, String name, Instant branchedAt) {}
}
