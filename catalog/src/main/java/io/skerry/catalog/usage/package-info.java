/// What databases used: rows read and written, bytes stored and synced, by hour and location.
@NullMarked
package io.skerry.catalog.usage;

import org.jspecify.annotations.NullMarked;
