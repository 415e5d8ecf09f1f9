package io.skerry.catalog.database;

import org.jspecify.annotations.Nullable;

/// What is to change in a database's configuration; what is null stays as it is.
public record DatabaseChange(
        @Nullable SizeLimit sizeLimit,
        @Nullable Boolean allowAttach,
        @Nullable Boolean blockReads,
        @Nullable Boolean blockWrites,
        @Nullable Boolean deleteProtection,
        @Nullable AddressRules allowedIps,
        @Nullable VpcRules allowedVpcs) {

    DatabaseInfo applyTo(DatabaseInfo present) {
        return new DatabaseInfo(
                present.id(),
                present.organization(),
                present.group(),
                present.name(),
                present.state(),
                sizeLimit == null ? present.sizeLimit() : sizeLimit,
                or(allowAttach, present.allowAttach()),
                or(blockReads, present.blockReads()),
                or(blockWrites, present.blockWrites()),
                or(deleteProtection, present.deleteProtection()),
                present.archived(),
                allowedIps == null ? present.allowedIps() : allowedIps,
                allowedVpcs == null ? present.allowedVpcs() : allowedVpcs,
                present.parent(),
                present.keyVersion());
    }

    private static boolean or(@Nullable Boolean wanted, boolean present) {
        return wanted == null ? present : wanted;
    }
}
