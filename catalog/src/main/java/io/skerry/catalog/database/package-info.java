/// Databases and the names they are found by.
@NullMarked
package io.skerry.catalog.database;

import org.jspecify.annotations.NullMarked;
