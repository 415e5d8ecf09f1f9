/// The SQLite VFS through which a commit has to pass a barrier: [io.skerry.sqlite.vfs.BarrierVfs]. It knows
/// when the write-ahead log of a database is synced and lets Java decide what becomes of the commit; what the
/// frames mean is for others.
@NullMarked
package io.skerry.sqlite.vfs;

import org.jspecify.annotations.NullMarked;
