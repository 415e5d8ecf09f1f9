package io.skerry.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// What the kernel says about a process (Linux: proc(5)).
final class ProcessStats {

    private static final long TICKS_PER_SECOND = 100;

    private ProcessStats() {}

    /// Resident memory in bytes.
    static long residentBytes(long pid) throws IOException {
        return status(pid, "VmRSS:") * 1024;
    }

    /// Threads of the operating system.
    static long threads(long pid) throws IOException {
        return status(pid, "Threads:");
    }

    private static long status(long pid, String name) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
            if (line.startsWith(name)) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("the status of process " + pid + " has no " + name);
    }

    /// User and system time used since the process started.
    static Duration cpuTime(long pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        return Duration.ofMillis(ticks * 1000 / TICKS_PER_SECOND);
    }
}
