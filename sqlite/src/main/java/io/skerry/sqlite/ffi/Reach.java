package io.skerry.sqlite.ffi;

/// Whether a C function can end up in Java again.
///
/// The JVM dies if a critical call does. "Can" is about every path through SQLite, rare ones included:
/// `sqlite3_reset` commits a half-run `INSERT … RETURNING`, `sqlite3_prepare_v3` opens files and asks the
/// authorizer.
enum Reach {
    /// Reads or writes memory of SQLite only; ends in a few nanoseconds.
    LEAF,
    /// Never calls back, but may work or wait for long, so the garbage collector must not wait for it.
    SLOW,
    /// May call a VFS method, the authorizer or the progress handler, all of which may be ours.
    UPCALLS
}
