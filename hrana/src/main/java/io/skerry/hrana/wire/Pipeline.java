package io.skerry.hrana.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The body of a pipeline request, complete and well-formed.
///
/// @param baton of the stream to go on with, null for a new one
public record Pipeline(@Nullable String baton, List<StreamRequest> requests) {}
