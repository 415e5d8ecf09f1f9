package io.skerry.sqlite.ffi;

import java.lang.invoke.MethodHandle;

/// Calls of the online backup.
public final class BackupCalls {
    private static final MethodHandle BACKUP_INIT = Call.BACKUP_INIT.link();
    private static final MethodHandle BACKUP_STEP = Call.BACKUP_STEP.link();
    private static final MethodHandle BACKUP_REMAINING = Call.BACKUP_REMAINING.link();
    private static final MethodHandle BACKUP_PAGECOUNT = Call.BACKUP_PAGECOUNT.link();
    private static final MethodHandle BACKUP_FINISH = Call.BACKUP_FINISH.link();

    private BackupCalls() {}

    public static long init(long target, long targetSchema, long source, long sourceSchema) {
        try {
            return (long) BACKUP_INIT.invokeExact(target, targetSchema, source, sourceSchema);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int step(long backup, int pages) {
        try {
            return (int) BACKUP_STEP.invokeExact(backup, pages);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int remaining(long backup) {
        try {
            return (int) BACKUP_REMAINING.invokeExact(backup);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int pageCount(long backup) {
        try {
            return (int) BACKUP_PAGECOUNT.invokeExact(backup);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int finish(long backup) {
        try {
            return (int) BACKUP_FINISH.invokeExact(backup);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }
}
