package io.skerry.catalog.database;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What the catalog knows of a database.
///
/// @param state whether it has its content
/// @param keyVersion counts rotations of the database's signing key, from 1
public record DatabaseInfo(
        DatabaseId id,
        OrganizationId organization,
        GroupId group,
        String name,
        State state,
        SizeLimit sizeLimit,
        boolean allowAttach,
        boolean blockReads,
        boolean blockWrites,
        boolean deleteProtection,
        boolean archived,
        AddressRules allowedIps,
        VpcRules allowedVpcs,
        @Nullable Parent parent,
        long keyVersion) {

    public enum State {
        /// It waits for the upload of its content and exists in the catalog alone.
        DRAFT,
        ACTIVE;

        /// As the catalog and answers have it.
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State parse(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    public boolean isDraft() {
        return state == State.DRAFT;
    }

    /// The database that this one was branched from.
    public record Parent(DatabaseId id, String name, Instant branchedAt) {}

    /// As wide open as the original that it is a copy of, and no wider. A limit of its size that was asked
    /// for counts.
    public DatabaseInfo restrictedAs(DatabaseInfo original) {
        return new DatabaseInfo(
                id,
                organization,
                group,
                name,
                state,
                sizeLimit.text().isEmpty() ? original.sizeLimit : sizeLimit,
                allowAttach,
                blockReads,
                blockWrites,
                deleteProtection,
                archived,
                original.allowedIps,
                original.allowedVpcs,
                parent,
                keyVersion);
    }

    /// A new one without any restriction.
    public static DatabaseInfo create(
            DatabaseId id,
            OrganizationId organization,
            GroupId group,
            String name,
            State state,
            SizeLimit sizeLimit,
            @Nullable Parent parent) {
        return new DatabaseInfo(
                id,
                organization,
                group,
                name,
                state,
                sizeLimit,
                false,
                false,
                false,
                false,
                false,
                AddressRules.NONE,
                VpcRules.NONE,
                parent,
                1);
    }
}
