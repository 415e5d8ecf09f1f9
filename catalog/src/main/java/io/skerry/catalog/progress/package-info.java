/// How far long pieces of work are, for the log. Knows nothing of what the work is.
@NullMarked
package io.skerry.catalog.progress;

import org.jspecify.annotations.NullMarked;
