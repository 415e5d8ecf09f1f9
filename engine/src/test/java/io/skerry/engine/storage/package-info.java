@NullMarked
package io.skerry.engine.storage;

import org.jspecify.annotations.NullMarked;
