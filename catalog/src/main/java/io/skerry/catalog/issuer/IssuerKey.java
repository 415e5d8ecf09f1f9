package io.skerry.catalog.issuer;

import java.security.PublicKey;
import org.jspecify.annotations.Nullable;

/// A key that an issuer signs with.
///
/// @param algorithm the only one it is for (`RS256`); null if the set does not say
public record IssuerKey(PublicKey key, @Nullable String algorithm) {}
