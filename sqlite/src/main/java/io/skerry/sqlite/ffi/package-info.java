/// The C functions of SQLite, one Java method each: what may be called, how, and nothing more. Pointers are
/// `long`, so that no call allocates. Nothing here checks a handle; only the packages beside this one may use
/// it.
@NullMarked
package io.skerry.sqlite.ffi;

import org.jspecify.annotations.NullMarked;
