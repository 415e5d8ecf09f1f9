package io.skerry.sqlite.ffi;

import java.lang.invoke.MethodHandle;

/// Calls about the library as a whole.
public final class LibraryCalls {
    private static final MethodHandle CONFIG_INT = Call.CONFIG_INT.link();
    private static final MethodHandle CONFIG_PAGECACHE = Call.CONFIG_PAGECACHE.link();
    private static final MethodHandle INITIALIZE = Call.INITIALIZE.link();
    private static final MethodHandle LIBVERSION = Call.LIBVERSION.link();
    private static final MethodHandle COMPILEOPTION_USED = Call.COMPILEOPTION_USED.link();
    private static final MethodHandle ERRSTR = Call.ERRSTR.link();
    private static final MethodHandle MALLOC = Call.MALLOC.link();
    private static final MethodHandle FREE = Call.FREE.link();
    private static final MethodHandle MEMORY_USED = Call.MEMORY_USED.link();
    private static final MethodHandle SOFT_HEAP_LIMIT = Call.SOFT_HEAP_LIMIT.link();
    private static final MethodHandle HARD_HEAP_LIMIT = Call.HARD_HEAP_LIMIT.link();
    private static final MethodHandle VFS_FIND = Call.VFS_FIND.link();
    private static final MethodHandle VFS_REGISTER = Call.VFS_REGISTER.link();

    private LibraryCalls() {}

    public static int config(int option, int value) {
        try {
            return (int) CONFIG_INT.invokeExact(option, value);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int configPageCache(int option, long memory, int size, int count) {
        try {
            return (int) CONFIG_PAGECACHE.invokeExact(option, memory, size, count);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int initialize() {
        try {
            return (int) INITIALIZE.invokeExact();
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long libversion() {
        try {
            return (long) LIBVERSION.invokeExact();
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int compileOptionUsed(long name) {
        try {
            return (int) COMPILEOPTION_USED.invokeExact(name);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long errstr(int code) {
        try {
            return (long) ERRSTR.invokeExact(code);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long malloc(long bytes) {
        try {
            return (long) MALLOC.invokeExact(bytes);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static void free(long address) {
        try {
            FREE.invokeExact(address);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long memoryUsed() {
        try {
            return (long) MEMORY_USED.invokeExact();
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long softHeapLimit(long bytes) {
        try {
            return (long) SOFT_HEAP_LIMIT.invokeExact(bytes);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long hardHeapLimit(long bytes) {
        try {
            return (long) HARD_HEAP_LIMIT.invokeExact(bytes);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long vfsFind(long name) {
        try {
            return (long) VFS_FIND.invokeExact(name);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int vfsRegister(long vfs, int makeDefault) {
        try {
            return (int) VFS_REGISTER.invokeExact(vfs, makeDefault);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }
}
