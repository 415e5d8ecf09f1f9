@NullMarked
package io.skerry.engine.query;

import org.jspecify.annotations.NullMarked;
