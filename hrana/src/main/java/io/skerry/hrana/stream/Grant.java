package io.skerry.hrana.stream;

import io.skerry.engine.query.Restrictions;
import io.skerry.hrana.AccessException;
import org.jspecify.annotations.Nullable;

/// What let a request in, asked again while what it began goes on: a token's key may be rotated meanwhile, and its
/// database deleted or blocked.
///
/// Asked once for every request, and for every open stream when something has changed; answers from memory where
/// nothing has. Thread-safe.
@FunctionalInterface
public interface Grant {

    /// What is forbidden at the moment; null if it would let nothing in any more. A token that is merely too old has
    /// not ended what it began.
    ///
    /// @throws AccessException GROUP_ARCHIVED, as a request that came now would hear it
    @Nullable
    Restrictions now();
}
