/// Fakes for tests of this module and of those above it: a catalog in memory, nodes that only keep count.
@NullMarked
package io.skerry.catalog.testing;

import org.jspecify.annotations.NullMarked;
