package io.skerry.sqlite.ffi;

import org.jspecify.annotations.Nullable;

/// Carries what Java code threw below SQLite to the Java code above it. Nothing may be thrown through C (the
/// JVM ends), so an upcall keeps it here, answers with an error code, and whoever receives that code takes it
/// as cause. SQLite makes every upcall on the thread that called it.
public final class UpcallFailure {
    private static final ThreadLocal<@Nullable Throwable> LAST = new ThreadLocal<>();

    private UpcallFailure() {}

    /// Never throws.
    public static void keep(Throwable failure) {
        try {
            LAST.set(failure);
        } catch (Throwable outOfMemory) {
            // The cause is lost, the error code is not.
        }
    }

    /// What the last failed upcall on this thread threw, once.
    public static @Nullable Throwable take() {
        Throwable failure = LAST.get();
        if (failure != null) {
            LAST.remove();
        }
        return failure;
    }
}
