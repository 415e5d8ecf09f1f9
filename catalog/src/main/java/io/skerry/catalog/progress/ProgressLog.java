package io.skerry.catalog.progress;

import java.time.Duration;
import java.util.Locale;
import java.util.function.Consumer;

/// Says how far a piece of work on many bytes is: in the log every few seconds, and at its end (work
/// that is over sooner says only that), and to whoever asks. For one thread at a time.
public final class ProgressLog {

    /// Between two lines.
    public static final Duration EVERY = Duration.ofSeconds(5);

    private static final double BYTES_PER_MB = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private final String what;
    private final long everyNanos;
    private final Consumer<String> log;
    private final Progress told;
    private final long begun = System.nanoTime();
    private long all;
    private long done;
    private long saidAt = begun;

    /// @param what the beginning of each line
    /// @param all bytes there are; less than 1 if that is not known (yet)
    /// @param every between two lines
    /// @param told what others look at
    public ProgressLog(String what, long all, Duration every, Consumer<String> log, Progress told) {
        this.what = what;
        this.all = all;
        this.everyNanos = every.toNanos();
        this.log = log;
        this.told = told;
    }

    /// It is known now how many bytes there are.
    public void all(long bytes) {
        all = bytes;
    }

    /// @param bytes done so far
    public void at(long bytes) {
        done = bytes;
        told.at(done, all);
        tick();
    }

    /// It goes on; how far it is need not be known.
    public void tick() {
        long now = System.nanoTime();
        if (now - saidAt >= everyNanos) {
            saidAt = now;
            log.accept(what + ": " + text(now));
        }
    }

    /// It is over.
    public void end() {
        log.accept(what + ": ended, " + text(System.nanoTime()));
    }

    private String text(long now) {
        double seconds = Math.max(1, now - begun) / NANOS_PER_SECOND;
        String time = String.format(Locale.ROOT, "%.1f s", seconds);
        if (done == 0) {
            return time;
        }
        String rate = String.format(Locale.ROOT, " (%.1f MB/s)", done / BYTES_PER_MB / seconds);
        return (all > 0 ? done + " of " + all : done) + " bytes, " + time + rate;
    }
}
