/// Databases as SQL text.
@NullMarked
package io.skerry.engine.dump;

import org.jspecify.annotations.NullMarked;
