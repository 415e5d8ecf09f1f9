package io.skerry.sqlite.ffi;

import java.lang.invoke.MethodHandle;

/// Calls that tell which column of which table a column of a result is.
public final class OriginCalls {
    private static final MethodHandle DATABASE_NAME = Call.COLUMN_DATABASE_NAME.link();
    private static final MethodHandle TABLE_NAME = Call.COLUMN_TABLE_NAME.link();
    private static final MethodHandle ORIGIN_NAME = Call.COLUMN_ORIGIN_NAME.link();

    private OriginCalls() {}

    public static long databaseName(long statement, int column) {
        try {
            return (long) DATABASE_NAME.invokeExact(statement, column);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long tableName(long statement, int column) {
        try {
            return (long) TABLE_NAME.invokeExact(statement, column);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long originName(long statement, int column) {
        try {
            return (long) ORIGIN_NAME.invokeExact(statement, column);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }
}
