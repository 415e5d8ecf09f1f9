/// Streams: what a client's consecutive pipelines share, how a baton names it, and when it ends. Knows nothing of
/// HTTP and of how requests are written.
@NullMarked
package io.skerry.hrana.stream;

import org.jspecify.annotations.NullMarked;
