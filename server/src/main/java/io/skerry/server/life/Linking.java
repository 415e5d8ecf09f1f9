package io.skerry.server.life;

import io.skerry.sqlite.Sqlite;

/// The linking of SQLite's functions on a thread of its own: it is the longest work of a start that needs nothing of
/// what the command line says. Once per process. Thread-safe.
public final class Linking {

    private static final Ahead<Boolean> WORK = Ahead.begin("skerry-sqlite", () -> {
        Sqlite.linkAll();
        return true;
    });

    private Linking() {}

    /// Begins it if that was not done yet.
    public static void begin() {
        // The static initialiser did it.
    }

    /// Waits until it is done.
    ///
    /// @throws Error if there is no library, in words that say what to do
    public static void await() throws Exception {
        WORK.await();
    }
}
