@NullMarked
package io.skerry.sqlite;

import org.jspecify.annotations.NullMarked;
