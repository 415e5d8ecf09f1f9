package io.skerry.sqlite;

import io.skerry.sqlite.ffi.Memory;
import io.skerry.sqlite.ffi.ProcessCalls;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The operating system's limit on what this process has open: files and sockets.
public final class FileDescriptors {
    private static final Path LIMITS = Path.of("/proc/self/limits");
    private static final Pattern OPEN_FILES = Pattern.compile("(?m)^Max open files +(\\w+) ");
    private static final int RLIMIT_NOFILE_LINUX = 7;
    private static final int RLIMIT_NOFILE_MAC = 8;

    private FileDescriptors() {}

    /// How many descriptors the process may have, `Long.MAX_VALUE` if there is no limit. The JVM has raised what it
    /// was started with to what it may raise that to.
    ///
    /// Linux has it in a file, and to read that costs a start less than to link the function.
    public static long max() {
        try {
            Matcher limit = OPEN_FILES.matcher(Files.readString(LIMITS));
            if (limit.find()) {
                return limit.group(1).equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(limit.group(1));
            }
        } catch (IOException e) {
            // Not Linux, or `/proc` is not there.
        }
        return ofTheSystem();
    }

    static long ofTheSystem() {
        boolean mac = System.getProperty("os.name").startsWith("Mac");
        try (Arena arena = Arena.ofConfined()) {
            long limits = arena.allocate(2 * Long.BYTES, Long.BYTES).address();
            if (ProcessCalls.getrlimit(mac ? RLIMIT_NOFILE_MAC : RLIMIT_NOFILE_LINUX, limits) != 0) {
                throw new IllegalStateException("the system does not say how many files the process may have open");
            }
            long soft = Memory.getLong(limits);
            return soft < 0 ? Long.MAX_VALUE : soft;
        }
    }
}
