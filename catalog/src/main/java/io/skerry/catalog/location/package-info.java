/// Locations (three-letter codes) and the nodes that serve them.
@NullMarked
package io.skerry.catalog.location;

import org.jspecify.annotations.NullMarked;
