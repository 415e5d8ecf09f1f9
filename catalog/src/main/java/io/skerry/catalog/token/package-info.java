/// Platform tokens, database tokens, and the keys that sign them.
@NullMarked
package io.skerry.catalog.token;

import org.jspecify.annotations.NullMarked;
