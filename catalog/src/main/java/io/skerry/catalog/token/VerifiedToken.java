package io.skerry.catalog.token;

import java.security.PublicKey;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A database token whose signature was checked.
///
/// @param owner the database (`id`) or the group (`gid`) that it opens
/// @param key the public key that its signature matches
/// @param version of that key, as the token says
/// @param expiresAt seconds since 1970, null if never
record VerifiedToken(
        UUID owner,
        boolean ofGroup,
        PublicKey key,
        long version,
        AccessClaims rights,
        @Nullable Long expiresAt) {}
