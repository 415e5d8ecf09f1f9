package io.skerry.sqlite;

import io.skerry.sqlite.ffi.LibraryCalls;
import io.skerry.sqlite.ffi.Memory;

/// A piece of native memory for arguments and results of calls; one per connection, used under its claim.
final class Scratch {
    // Most statements fit; a connection that saw a large one gives the memory back with `shrink`.
    private static final int INITIAL_BYTES = 512;

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

    /// A zero-terminated copy of the text.
    long text(String text) {
        byte[] utf8 = text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        long copy = reserve(utf8.length + 1L);
        put(copy, utf8, 0, utf8.length);
        return copy;
    }

    /// Copies the bytes and a zero after them.
    static void put(long target, byte[] source, int offset, int length) {
        Memory.copy(source, offset, length, target);
        Memory.putByte(target + length, (byte) 0);
    }

    void shrink() {
        if (size > INITIAL_BYTES) {
            free();
        }
    }

    void free() {
        LibraryCalls.free(address);
        address = 0;
        size = 0;
    }
}
