package io.skerry.sqlite.ffi;

import java.lang.invoke.MethodHandle;

/// Calls about one backup.
public final class BackupCalls {
    private static final MethodHandle INIT = Call.BACKUP_INIT.link();
    private static final MethodHandle STEP = Call.BACKUP_STEP.link();
    private static final MethodHandle FINISH = Call.BACKUP_FINISH.link();
    private static final MethodHandle REMAINING = Call.BACKUP_REMAINING.link();
    private static final MethodHandle PAGECOUNT = Call.BACKUP_PAGECOUNT.link();

    private BackupCalls() {}

    /// @return 0 if it cannot begin; the connection of the target says why
    public static long init(long target, long targetSchema, long source, long sourceSchema) {
        try {
            return (long) INIT.invokeExact(target, targetSchema, source, sourceSchema);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int step(long backup, int pages) {
        try {
            return (int) STEP.invokeExact(backup, pages);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int finish(long backup) {
        try {
            return (int) FINISH.invokeExact(backup);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int remaining(long backup) {
        try {
            return (int) REMAINING.invokeExact(backup);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }

    public static int pagecount(long backup) {
        try {
            return (int) PAGECOUNT.invokeExact(backup);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }
}
