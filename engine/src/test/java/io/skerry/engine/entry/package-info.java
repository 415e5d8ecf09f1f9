@NullMarked
package io.skerry.engine.entry;

import org.jspecify.annotations.NullMarked;
