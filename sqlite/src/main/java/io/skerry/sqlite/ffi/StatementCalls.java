package io.skerry.sqlite.ffi;

import java.lang.invoke.MethodHandle;

/// Calls about one prepared statement, except for its parameters and columns.
public final class StatementCalls {
    private static final MethodHandle PREPARE = Call.PREPARE.link();
    private static final MethodHandle STEP = Call.STEP.link();
    private static final MethodHandle RESET = Call.RESET.link();
    private static final MethodHandle FINALIZE = Call.FINALIZE.link();
    private static final MethodHandle SQL = Call.SQL.link();
    private static final MethodHandle STMT_READONLY = Call.STMT_READONLY.link();
    private static final MethodHandle STMT_ISEXPLAIN = Call.STMT_ISEXPLAIN.link();
    private static final MethodHandle STMT_STATUS = Call.STMT_STATUS.link();

    private StatementCalls() {}

    public static int prepare(long db, long sql, int length, int flags, long statement, long tail) {
        try {
            return (int) PREPARE.invokeExact(db, sql, length, flags, statement, tail);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int step(long statement) {
        try {
            return (int) STEP.invokeExact(statement);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int reset(long statement) {
        try {
            return (int) RESET.invokeExact(statement);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int finalizeStatement(long statement) {
        try {
            return (int) FINALIZE.invokeExact(statement);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long sql(long statement) {
        try {
            return (long) SQL.invokeExact(statement);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int readonly(long statement) {
        try {
            return (int) STMT_READONLY.invokeExact(statement);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int isExplain(long statement) {
        try {
            return (int) STMT_ISEXPLAIN.invokeExact(statement);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int status(long statement, int op, int reset) {
        try {
            return (int) STMT_STATUS.invokeExact(statement, op, reset);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }
}
