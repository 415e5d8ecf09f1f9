package io.skerry.sqlite.vfs;

import io.skerry.sqlite.SqliteException;
import io.skerry.sqlite.ffi.FileCalls;
import io.skerry.sqlite.ffi.LibraryCalls;
import io.skerry.sqlite.ffi.Memory;
import io.skerry.sqlite.ffi.NativeFile;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The WAL of one connection, as its [WalBarrier] gets to see it: through the very handle that SQLite uses.
///
/// Usable only while the barrier runs, by its thread; any other call throws [IllegalStateException].
public final class WalFile {
    public static final int HEADER_BYTES = 32;
    public static final int FRAME_HEADER_BYTES = 24;

    private static final int SYNC_NORMAL = 2;

    private final Path database;
    private final long file;
    private final MemorySegment originalSync;
    private final MemorySegment originalWrite;
    private final WalBarrier barrier;
    private @Nullable Thread user;

    WalFile(Path database, long file, MemorySegment originalSync, MemorySegment originalWrite, WalBarrier barrier) {
        this.database = database;
        this.file = file;
        this.originalSync = originalSync;
        this.originalWrite = originalWrite;
        this.barrier = barrier;
    }

    /// Bytes in the file. Frames of earlier rounds may stand behind the newest one.
    public long size() {
        requireUse();
        long out = LibraryCalls.malloc(Long.BYTES);
        if (out == 0) {
            throw new OutOfMemoryError("SQLite has no memory for 8 bytes");
        }
        try {
            check(FileCalls.size(NativeFile.method(file, NativeFile.SIZE), file, out), "size of");
            return Memory.getLong(out);
        } finally {
            LibraryCalls.free(out);
        }
    }

    /// Fills `length` bytes of `target`; bytes beyond the end of the file are zero.
    public void read(long position, byte[] target, int offset, int length) {
        requireUse();
        check(NativeFile.read(file, position, target, offset, length), "read from");
    }

    /// Where frame `frame` (from 0) begins in the file.
    public static long frameOffset(long frame, int pageSize) {
        return HEADER_BYTES + frame * (FRAME_HEADER_BYTES + (long) pageSize);
    }

    /// The header; its fields are zero if the file is empty.
    public WalHeader header() {
        byte[] bytes = new byte[HEADER_BYTES];
        read(0, bytes, 0, HEADER_BYTES);
        return WalHeader.parse(bytes);
    }

    /// Cuts the file to `size` bytes.
    public void truncate(long size) {
        requireUse();
        check(FileCalls.truncate(NativeFile.method(file, NativeFile.TRUNCATE), file, size), "truncate");
    }

    /// Syncs the file to disk: what SQLite would have done without the barrier.
    public void sync() {
        requireUse();
        check(FileCalls.sync(originalSync, file, SYNC_NORMAL), "sync");
    }

    int write(long buffer, int length, long offset) {
        int rc = barrier.write(offset + length);
        return rc == WalBarrier.PASS ? FileCalls.write(originalWrite, file, buffer, length, offset) : rc;
    }

    int runBarrier() {
        user = Thread.currentThread();
        try {
            return barrier.sync(this);
        } finally {
            user = null;
        }
    }

    private void requireUse() {
        if (user != Thread.currentThread()) {
            throw new IllegalStateException("the WAL of " + database + " is used outside its barrier");
        }
    }

    private void check(int rc, String what) {
        if (rc != 0) {
            throw new SqliteException(rc, "cannot " + what + " the WAL of " + database.getFileName());
        }
    }
}
