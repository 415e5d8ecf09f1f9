package io.skerry.server.config;

import io.skerry.server.log.LogFormat;
import java.time.Duration;
import java.util.List;

/// The catalogue of settings. docs/operations.md shows the same list; a test holds the two together.
public final class Settings {

    private static final long KIB = 1L << 10;
    private static final long MIB = 1L << 20;
    private static final long GIB = 1L << 30;

    /// How much the process writes to its log (on standard error).
    public enum LogLevel {
        DEBUG,
        INFO,
        WARN,
        ERROR
    }

    public static final Setting<LogFormat> LOG_FORMAT = new Setting<>(
            "log.format",
            "text",
            "lines for people (`text`) or one JSON object a line (`json`)",
            Values.word(LogFormat.class));

    public static final Setting<LogLevel> LOG_LEVEL = new Setting<>(
            "log.level", "info", "the least important lines that are written", Values.word(LogLevel.class));

    public static final Setting<Integer> CONNECTIONS = new Setting<>(
            "limits.connections",
            "2000",
            "open client connections of a node; more wait in the listen queue of the operating system",
            Values.count(1, 1_000_000));

    public static final Setting<Long> BODY_BYTES = new Setting<>(
            "limits.body-bytes", "10MiB", "a request body; a larger one is answered with 413", Values.bytes(KIB, GIB));

    public static final Setting<Duration> STOP = new Setting<>(
            "limits.stop-time",
            "1500ms",
            "time from SIGTERM to the end of the process; what is then still running is cut off (nothing acknowledged is lost)",
            Values.duration(Duration.ofMillis(100), Duration.ofMinutes(1)));

    public static final List<Setting<?>> ALL = List.of(LOG_FORMAT, LOG_LEVEL, CONNECTIONS, BODY_BYTES, STOP);

    private Settings() {}
}
