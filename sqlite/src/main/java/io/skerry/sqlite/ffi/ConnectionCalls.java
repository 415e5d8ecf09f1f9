package io.skerry.sqlite.ffi;

import java.lang.invoke.MethodHandle;

/// Calls about one connection.
public final class ConnectionCalls {
    private static final MethodHandle OPEN = Call.OPEN.link();
    private static final MethodHandle CLOSE = Call.CLOSE.link();
    private static final MethodHandle EXTENDED_RESULT_CODES = Call.EXTENDED_RESULT_CODES.link();
    private static final MethodHandle INTERRUPT = Call.INTERRUPT.link();
    private static final MethodHandle LIMIT = Call.LIMIT.link();
    private static final MethodHandle DB_CONFIG_FLAG = Call.DB_CONFIG_FLAG.link();
    private static final MethodHandle DB_CONFIG_LOOKASIDE = Call.DB_CONFIG_LOOKASIDE.link();
    private static final MethodHandle DB_STATUS = Call.DB_STATUS.link();
    private static final MethodHandle SNAPSHOT_GET = Call.SNAPSHOT_GET.link();
    private static final MethodHandle SNAPSHOT_FREE = Call.SNAPSHOT_FREE.link();
    private static final MethodHandle SET_AUTHORIZER = Call.SET_AUTHORIZER.link();
    private static final MethodHandle PROGRESS_HANDLER = Call.PROGRESS_HANDLER.link();
    private static final MethodHandle WAL_CHECKPOINT = Call.WAL_CHECKPOINT.link();
    private static final MethodHandle FILE_CONTROL = Call.FILE_CONTROL.link();
    private static final MethodHandle ERRCODE = Call.ERRCODE.link();
    private static final MethodHandle ERRMSG = Call.ERRMSG.link();
    private static final MethodHandle ERROR_OFFSET = Call.ERROR_OFFSET.link();
    private static final MethodHandle CHANGES = Call.CHANGES.link();
    private static final MethodHandle TOTAL_CHANGES = Call.TOTAL_CHANGES.link();
    private static final MethodHandle LAST_INSERT_ROWID = Call.LAST_INSERT_ROWID.link();
    private static final MethodHandle SET_LAST_INSERT_ROWID = Call.SET_LAST_INSERT_ROWID.link();
    private static final MethodHandle GET_AUTOCOMMIT = Call.GET_AUTOCOMMIT.link();

    private ConnectionCalls() {}

    public static int open(long path, long out, int flags, long vfs) {
        try {
            return (int) OPEN.invokeExact(path, out, flags, vfs);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int close(long db) {
        try {
            return (int) CLOSE.invokeExact(db);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int extendedResultCodes(long db, int on) {
        try {
            return (int) EXTENDED_RESULT_CODES.invokeExact(db, on);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static void interrupt(long db) {
        try {
            INTERRUPT.invokeExact(db);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int limit(long db, int id, int value) {
        try {
            return (int) LIMIT.invokeExact(db, id, value);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int dbConfig(long db, int op, int value, long out) {
        try {
            return (int) DB_CONFIG_FLAG.invokeExact(db, op, value, out);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int dbConfigLookaside(long db, int op, long memory, int size, int count) {
        try {
            return (int) DB_CONFIG_LOOKASIDE.invokeExact(db, op, memory, size, count);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int dbStatus(long db, int op, long current, long highest, int reset) {
        try {
            return (int) DB_STATUS.invokeExact(db, op, current, highest, reset);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int snapshotGet(long db, long schema, long out) {
        try {
            return (int) SNAPSHOT_GET.invokeExact(db, schema, out);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static void snapshotFree(long snapshot) {
        try {
            SNAPSHOT_FREE.invokeExact(snapshot);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int setAuthorizer(long db, long callback, long argument) {
        try {
            return (int) SET_AUTHORIZER.invokeExact(db, callback, argument);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static void progressHandler(long db, int steps, long callback, long argument) {
        try {
            PROGRESS_HANDLER.invokeExact(db, steps, callback, argument);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int checkpoint(long db, long schema, int mode, long logFrames, long checkpointedFrames) {
        try {
            return (int) WAL_CHECKPOINT.invokeExact(db, schema, mode, logFrames, checkpointedFrames);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int fileControl(long db, long schema, int op, long argument) {
        try {
            return (int) FILE_CONTROL.invokeExact(db, schema, op, argument);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int extendedErrcode(long db) {
        try {
            return (int) ERRCODE.invokeExact(db);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long errmsg(long db) {
        try {
            return (long) ERRMSG.invokeExact(db);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int errorOffset(long db) {
        try {
            return (int) ERROR_OFFSET.invokeExact(db);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long changes(long db) {
        try {
            return (long) CHANGES.invokeExact(db);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long totalChanges(long db) {
        try {
            return (long) TOTAL_CHANGES.invokeExact(db);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static long lastInsertRowid(long db) {
        try {
            return (long) LAST_INSERT_ROWID.invokeExact(db);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static void setLastInsertRowid(long db, long rowid) {
        try {
            SET_LAST_INSERT_ROWID.invokeExact(db, rowid);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int getAutocommit(long db) {
        try {
            return (int) GET_AUTOCOMMIT.invokeExact(db);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }
}
