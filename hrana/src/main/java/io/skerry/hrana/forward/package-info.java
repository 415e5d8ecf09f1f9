/// Pipelines sent to the node that takes them: one bounded HTTP client for the whole node, and what is known of a
/// stream that goes on there. Knows nothing of how a pipeline is decided upon.
@NullMarked
package io.skerry.hrana.forward;

import org.jspecify.annotations.NullMarked;
