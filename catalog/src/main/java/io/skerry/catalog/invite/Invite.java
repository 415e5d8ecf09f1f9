package io.skerry.catalog.invite;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.Role;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// @param email of the one who is invited; of a user who told none, the username
/// @param username if a user was invited by name: nobody else can accept it
public record Invite(
        long id,
        OrganizationId organization,
        String email,
        @Nullable String username,
        Role role,
        boolean accepted,
        Instant createdAt,
        Instant updatedAt,
        Instant expiresAt) {

    /// Whether it still waits for an answer.
    boolean isOpen(Instant now) {
        return !accepted && now.isBefore(expiresAt);
    }
}
