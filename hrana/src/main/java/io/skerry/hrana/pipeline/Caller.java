package io.skerry.hrana.pipeline;

import org.jspecify.annotations.Nullable;

/// Who asks.
///
/// @param authorization the header as the client sent it, for the node that a pipeline is passed on to
/// @param forwarded whether another node passed this pipeline on; it is not passed on again
public record Caller(@Nullable String authorization, boolean forwarded) {

    @Override
    public String toString() {
        return "Caller[forwarded=" + forwarded + "]";
    }
}
