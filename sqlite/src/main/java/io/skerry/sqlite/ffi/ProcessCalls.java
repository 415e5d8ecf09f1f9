package io.skerry.sqlite.ffi;

import java.lang.invoke.MethodHandle;

/// Calls about the process.
public final class ProcessCalls {
    private static final MethodHandle GETRLIMIT = Call.GETRLIMIT.link();

    private ProcessCalls() {}

    /// @param limits address of room for two 64-bit integers
    /// @return 0 if both are there
    public static int getrlimit(int resource, long limits) {
        try {
            return (int) GETRLIMIT.invokeExact(resource, limits);
        } catch (Throwable e) {
            throw Unexpected.from(e);
        }
    }
}
