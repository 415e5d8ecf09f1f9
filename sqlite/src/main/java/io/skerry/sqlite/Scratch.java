package io.skerry.sqlite;

import io.skerry.sqlite.ffi.LibraryCalls;
import io.skerry.sqlite.ffi.Memory;

/// A piece of native memory for arguments and results of calls; one per connection, used under its claim.
final class Scratch {
    // Most statements fit.
    private static final int INITIAL_BYTES = 512;
    private static final int KEPT_BYTES_MAX = 16 * 1024;

    private long address;
    private long size;

    /// Memory of at least `bytes`, with undefined content.
    long reserve(long bytes) {
        if (bytes > size) {
            free();
            long wanted = Math.max(INITIAL_BYTES, bytes);
            address = LibraryCalls.malloc(wanted);
            if (address == 0) {
                throw new SqliteException(ResultCode.NOMEM.value(), "no native memory for " + wanted + " bytes");
            }
            size = wanted;
        }
        return address;
    }

    /// Copies the bytes and a zero after them.
    static void put(long target, byte[] source, int offset, int length) {
        Memory.copy(source, offset, length, target);
        Memory.putByte(target + length, (byte) 0);
    }

    /// Gives the memory back if it is much: a connection may rest for long after one long text.
    void shrink() {
        if (size > KEPT_BYTES_MAX) {
            free();
        }
    }

    void free() {
        LibraryCalls.free(address);
        address = 0;
        size = 0;
    }
}
