@NullMarked
package io.skerry.engine;

import org.jspecify.annotations.NullMarked;
