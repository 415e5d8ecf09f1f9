/// The JSON form of Hrana 2 and 3: requests from bytes, results to bytes, and what the protocol says about errors.
/// Knows nothing of streams, HTTP or where a statement runs.
@NullMarked
package io.skerry.hrana.wire;

import org.jspecify.annotations.NullMarked;
