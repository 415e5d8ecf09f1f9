@NullMarked
package io.skerry.catalog;

import org.jspecify.annotations.NullMarked;
