/// Files as such: whether a database file that comes from outside may be served, wherever that is, and how a
/// directory is deleted with all that is in it.
@NullMarked
package io.skerry.engine.file;

import org.jspecify.annotations.NullMarked;
