package io.skerry.sqlite.ffi;

import java.lang.invoke.MethodHandle;

/// Calls that read the current row, and what is known about its columns.
public final class ColumnCalls {
    private static final MethodHandle COLUMN_COUNT = Call.COLUMN_COUNT.link();
    private static final MethodHandle COLUMN_NAME = Call.COLUMN_NAME.link();
    private static final MethodHandle COLUMN_DECLTYPE = Call.COLUMN_DECLTYPE.link();
    private static final MethodHandle COLUMN_TYPE = Call.COLUMN_TYPE.link();
    private static final MethodHandle COLUMN_LONG = Call.COLUMN_LONG.link();
    private static final MethodHandle COLUMN_DOUBLE = Call.COLUMN_DOUBLE.link();
    private static final MethodHandle COLUMN_BYTES = Call.COLUMN_BYTES.link();
    private static final MethodHandle COLUMN_BLOB = Call.COLUMN_BLOB.link();

    private ColumnCalls() {}

    public static int count(long statement) {
        try {
            return (int) COLUMN_COUNT.invokeExact(statement);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long name(long statement, int column) {
        try {
            return (long) COLUMN_NAME.invokeExact(statement, column);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long decltype(long statement, int column) {
        try {
            return (long) COLUMN_DECLTYPE.invokeExact(statement, column);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int type(long statement, int column) {
        try {
            return (int) COLUMN_TYPE.invokeExact(statement, column);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long getLong(long statement, int column) {
        try {
            return (long) COLUMN_LONG.invokeExact(statement, column);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static double getDouble(long statement, int column) {
        try {
            return (double) COLUMN_DOUBLE.invokeExact(statement, column);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int bytes(long statement, int column) {
        try {
            return (int) COLUMN_BYTES.invokeExact(statement, column);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long blob(long statement, int column) {
        try {
            return (long) COLUMN_BLOB.invokeExact(statement, column);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }
}
