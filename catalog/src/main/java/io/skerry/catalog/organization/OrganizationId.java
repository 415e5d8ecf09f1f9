package io.skerry.catalog.organization;

import java.util.UUID;

/// Names an organization for its whole life; slug and name may change.
public record OrganizationId(UUID value) {

    /// @throws IllegalArgumentException if `text` is not a UUID
    public static OrganizationId parse(String text) {
        return new OrganizationId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
