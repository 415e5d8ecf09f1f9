package io.skerry.sqlite.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Calls of methods of a file or a VFS, whose addresses the caller read from their tables.
public final class FileCalls {
    private static final MethodHandle FILE_READ = Call.FILE_READ.linkMethod();
    private static final MethodHandle FILE_WRITE = Call.FILE_WRITE.linkMethod();
    private static final MethodHandle FILE_TRUNCATE = Call.FILE_TRUNCATE.linkMethod();
    private static final MethodHandle FILE_SYNC = Call.FILE_SYNC.linkMethod();
    private static final MethodHandle FILE_SIZE = Call.FILE_SIZE.linkMethod();
    private static final MethodHandle FILE_CLOSE = Call.FILE_CLOSE.linkMethod();
    private static final MethodHandle VFS_OPEN = Call.VFS_OPEN.linkMethod();

    private FileCalls() {}

    public static int read(MemorySegment method, long file, long buffer, int length, long offset) {
        try {
            return (int) FILE_READ.invokeExact(method, file, buffer, length, offset);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int write(MemorySegment method, long file, long buffer, int length, long offset) {
        try {
            return (int) FILE_WRITE.invokeExact(method, file, buffer, length, offset);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int truncate(MemorySegment method, long file, long size) {
        try {
            return (int) FILE_TRUNCATE.invokeExact(method, file, size);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int sync(MemorySegment method, long file, int flags) {
        try {
            return (int) FILE_SYNC.invokeExact(method, file, flags);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int size(MemorySegment method, long file, long out) {
        try {
            return (int) FILE_SIZE.invokeExact(method, file, out);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int close(MemorySegment method, long file) {
        try {
            return (int) FILE_CLOSE.invokeExact(method, file);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int open(MemorySegment method, long vfs, long name, long file, int flags, long outFlags) {
        try {
            return (int) VFS_OPEN.invokeExact(method, vfs, name, file, flags, outFlags);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }
}
