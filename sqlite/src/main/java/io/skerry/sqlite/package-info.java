/// SQLite as Java objects: connections, statements, their errors. It promises that no misuse of these objects
/// ends the process and that every native resource has one owner. It knows nothing of replication, entries or
/// clients; how the pieces behave in threads and memory is in the module's DESIGN.md.
@NullMarked
package io.skerry.sqlite;

import org.jspecify.annotations.NullMarked;
