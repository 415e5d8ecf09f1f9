package io.skerry.sqlite;

import io.skerry.sqlite.ffi.ColumnCalls;
import io.skerry.sqlite.ffi.ConnectionCalls;
import io.skerry.sqlite.ffi.FileCalls;
import io.skerry.sqlite.ffi.LibraryCalls;
import io.skerry.sqlite.ffi.Memory;
import io.skerry.sqlite.ffi.ParameterCalls;
import io.skerry.sqlite.ffi.StatementCalls;
import java.lang.foreign.Arena;
import java.lang.invoke.MethodHandles;
import java.util.List;

/// The SQLite library of this process. It is loaded and configured once, by the first use of this class,
/// before anything else can initialise it.
public final class Sqlite {
    /// Set to `true` before the first use to have SQLite count its memory: [#memoryUsed] and the heap limits
    /// work only then. Costs a process-wide lock around each allocation.
    public static final String MEMORY_ACCOUNTING_PROPERTY = "skerry.sqlite.memory-accounting";

    private static final int CONFIG_PAGECACHE = 7;
    private static final int CONFIG_MEMSTATUS = 9;

    static {
        // Without this every page cache takes room for 20 pages at once: 86 KB for each idle connection.
        configured("PAGECACHE", LibraryCalls.configPageCache(CONFIG_PAGECACHE, 0, 0, 0));
        if (Boolean.getBoolean(MEMORY_ACCOUNTING_PROPERTY)) {
            configured("MEMSTATUS", LibraryCalls.config(CONFIG_MEMSTATUS, 1));
        }
        configured("initialize", LibraryCalls.initialize());
    }

    private Sqlite() {}

    /// Loads the library if that was not done yet.
    ///
    /// @throws UnsatisfiedLinkError if there is none for this platform, in words that say what to do
    public static void load() {
        // The static initialiser did it.
    }

    /// Links the functions that every database needs and that are not linked yet. Each is at its first
    /// use otherwise, and making a hundred handles takes the first database that is opened a tenth of a
    /// second. May run beside other uses.
    public static void linkAll() {
        try {
            for (Class<?> calls : List.of(
                    ConnectionCalls.class,
                    StatementCalls.class,
                    ParameterCalls.class,
                    ColumnCalls.class,
                    FileCalls.class)) {
                MethodHandles.publicLookup().ensureInitialized(calls);
            }
        } catch (IllegalAccessException e) {
            throw new IllegalStateException("the classes of the calls are public", e);
        }
    }

    /// As `3.54.1`.
    public static String version() {
        return String.valueOf(Memory.string(LibraryCalls.libversion()));
    }

    /// Whether the library was compiled with this option, named as in `PRAGMA compile_options`.
    public static boolean hasOption(String name) {
        try (Arena arena = Arena.ofConfined()) {
            return LibraryCalls.compileOptionUsed(arena.allocateFrom(name).address()) != 0;
        }
    }

    /// Bytes that SQLite holds in this process; 0 without accounting.
    public static long memoryUsed() {
        return LibraryCalls.memoryUsed();
    }

    /// Bytes above which SQLite frees cache pages before it takes more; 0 for no limit, negative to ask only.
    ///
    /// @return the limit before
    public static long softHeapLimit(long bytes) {
        return LibraryCalls.softHeapLimit(bytes);
    }

    /// Bytes above which statements fail with SQLITE_NOMEM; 0 for no limit, negative to ask only.
    ///
    /// @return the limit before
    public static long hardHeapLimit(long bytes) {
        return LibraryCalls.hardHeapLimit(bytes);
    }

    /// Keeps this process from growing without bound: above three quarters of `bytes` page caches stop growing, beyond
    /// `bytes` statements fail with SQLITE_NOMEM. Without effect unless memory is counted.
    public static void limitMemory(long bytes) {
        hardHeapLimit(bytes);
        softHeapLimit(bytes / 4 * 3);
    }

    /// SQLite's sentence for a result code.
    static String describe(int code) {
        return String.valueOf(Memory.string(LibraryCalls.errstr(code)));
    }

    private static void configured(String what, int rc) {
        if (rc != 0) {
            throw new ExceptionInInitializerError("sqlite3 " + what + " gave " + ResultCode.nameOf(rc)
                    + ": something initialised SQLite before this class");
        }
    }
}
