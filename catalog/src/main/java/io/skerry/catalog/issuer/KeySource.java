package io.skerry.catalog.issuer;

import java.io.IOException;
import java.net.URI;

/// Fetches key sets. Implemented where HTTP is known.
@FunctionalInterface
public interface KeySource {

    /// Of a node that fetches none.
    KeySource NONE = url -> {
        throw new IOException("this node fetches no key sets");
    };

    /// The document at the address; both its size and the time it takes have limits.
    ///
    /// @throws IOException why it cannot be had, in words that may be shown to anybody
    byte[] fetch(URI url) throws IOException;
}
