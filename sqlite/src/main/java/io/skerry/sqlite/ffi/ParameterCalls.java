package io.skerry.sqlite.ffi;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/// Calls that bind parameters.
public final class ParameterCalls {
    private static final MethodHandle PARAMETER_COUNT = Call.PARAMETER_COUNT.link();
    private static final MethodHandle PARAMETER_NAME = Call.PARAMETER_NAME.link();
    private static final MethodHandle BIND_NULL = Call.BIND_NULL.link();
    private static final MethodHandle BIND_LONG = Call.BIND_LONG.link();
    private static final MethodHandle BIND_DOUBLE = Call.BIND_DOUBLE.link();
    private static final MethodHandle BIND_TEXT_HEAP = Call.BIND_TEXT_HEAP.link();
    private static final MethodHandle BIND_BLOB_HEAP = Call.BIND_BLOB_HEAP.link();
    private static final MethodHandle BIND_TEXT = Call.BIND_TEXT.link();
    private static final MethodHandle BIND_BLOB = Call.BIND_BLOB.link();
    private static final MethodHandle BIND_ZEROBLOB = Call.BIND_ZEROBLOB.link();
    private static final MethodHandle CLEAR_BINDINGS = Call.CLEAR_BINDINGS.link();

    private ParameterCalls() {}

    public static int count(long statement) {
        try {
            return (int) PARAMETER_COUNT.invokeExact(statement);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long name(long statement, int index) {
        try {
            return (long) PARAMETER_NAME.invokeExact(statement, index);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int bindNull(long statement, int index) {
        try {
            return (int) BIND_NULL.invokeExact(statement, index);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int bindLong(long statement, int index, long value) {
        try {
            return (int) BIND_LONG.invokeExact(statement, index, value);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int bindDouble(long statement, int index, double value) {
        try {
            return (int) BIND_DOUBLE.invokeExact(statement, index, value);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int bindText(long statement, int index, MemorySegment bytes, int length, long destructor) {
        try {
            return (int) BIND_TEXT_HEAP.invokeExact(statement, index, bytes, length, destructor);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int bindBlob(long statement, int index, MemorySegment bytes, int length, long destructor) {
        try {
            return (int) BIND_BLOB_HEAP.invokeExact(statement, index, bytes, length, destructor);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int bindText(long statement, int index, long address, int length, long destructor) {
        try {
            return (int) BIND_TEXT.invokeExact(statement, index, address, length, destructor);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int bindBlob(long statement, int index, long address, int length, long destructor) {
        try {
            return (int) BIND_BLOB.invokeExact(statement, index, address, length, destructor);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int bindZeroBlob(long statement, int index, int length) {
        try {
            return (int) BIND_ZEROBLOB.invokeExact(statement, index, length);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int clear(long statement) {
        try {
            return (int) CLEAR_BINDINGS.invokeExact(statement);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }
}
