/// Files as such: whether a database file that comes from outside may be served, wherever that is, and how files
/// and directories are deleted, also where that does not succeed at once.
@NullMarked
package io.skerry.engine.file;

import org.jspecify.annotations.NullMarked;
