/// SQL against the catalog's own database, for the repositories beside this package. [Sql] is the only class of
/// the module that touches a connection.
@NullMarked
package io.skerry.catalog.sql;

import org.jspecify.annotations.NullMarked;
