/// Operations that change groups and databases on nodes, not only in the catalog.
@NullMarked
package io.skerry.catalog.fleet;

import org.jspecify.annotations.NullMarked;
