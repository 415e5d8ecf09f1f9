package io.skerry.catalog.token;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A token of the control plane as lists show it: with names instead of ids.
///
/// @param organization slug of the only one it is good for; null if all of its owner's
/// @param group name of the only one it is good for; null if not restricted
/// @param scopes in their documented order; empty unless it is restricted to a group
/// @param owner username of the one who minted it
public record TokenListing(
        String id,
        String name,
        @Nullable String organization,
        @Nullable String group,
        List<Scope> scopes,
        Instant createdAt,
        @Nullable Instant expiresAt,
        String owner,
        String ownerEmail) {

    public TokenListing {
        scopes = List.copyOf(scopes);
    }
}
