package io.skerry.catalog.organization;

import java.time.Instant;

/// @param sessionsValidFrom sessions issued before are void
public record User(
        UserId id, String username, String name, String email, String avatarUrl, Instant sessionsValidFrom) {}
