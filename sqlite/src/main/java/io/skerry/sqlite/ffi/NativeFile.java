package io.skerry.sqlite.ffi;

import java.lang.foreign.MemorySegment;

/// The methods of an open `sqlite3_file`, found through the table it points to. Offsets are those of
/// `sqlite3_io_methods` on 64-bit platforms.
public final class NativeFile {
    public static final int CLOSE = 8;
    public static final int READ = 16;
    public static final int WRITE = 24;
    public static final int TRUNCATE = 32;
    public static final int SYNC = 40;
    public static final int SIZE = 48;

    /// Of `sqlite3_io_methods` version 3 on 64-bit platforms.
    public static final int METHODS_BYTES = 152;

    private static final int METHODS_VERSION = 3;
    private static final int SHORT_READ = 10 | (2 << 8);
    private static final int CHUNK = 64 * 1024;

    private NativeFile() {}

    /// Address of the method at `offset` of the file's table.
    public static MemorySegment method(long file, int offset) {
        return MemorySegment.ofAddress(Memory.getLong(Memory.getLong(file) + offset));
    }

    /// Copies a table of methods.
    ///
    /// @throws IllegalStateException if it is of another version
    public static void copyMethods(long from, long to) {
        if (Memory.getInt(from) != METHODS_VERSION) {
            throw new IllegalStateException("SQLite's file methods are of version " + Memory.getInt(from)
                    + ", this binding knows " + METHODS_VERSION);
        }
        Memory.copy(from, to, METHODS_BYTES);
    }

    /// Cuts the file to `size` bytes.
    ///
    /// @return SQLite's result code
    public static int truncate(long file, long size) {
        return FileCalls.truncate(method(file, TRUNCATE), file, size);
    }

    /// Fills `length` bytes of `target` from the file's `position` on; bytes beyond its end are zero.
    ///
    /// @return SQLite's result code; a read beyond the end is no error
    public static int read(long file, long position, byte[] target, int offset, int length) {
        java.util.Objects.checkFromIndexSize(offset, length, target.length);
        MemorySegment read = method(file, READ);
        int size = Math.min(length, CHUNK);
        long buffer = LibraryCalls.malloc(Math.max(size, 1));
        if (buffer == 0) {
            throw new OutOfMemoryError("SQLite has no memory for a read of " + size + " bytes");
        }
        try {
            for (int done = 0; done < length; ) {
                int part = Math.min(length - done, size);
                int rc = FileCalls.read(read, file, buffer, part, position + done);
                if (rc != 0 && rc != SHORT_READ) {
                    return rc;
                }
                Memory.copy(buffer, target, offset + done, part);
                done += part;
            }
            return 0;
        } finally {
            LibraryCalls.free(buffer);
        }
    }
}
