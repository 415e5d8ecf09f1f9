package io.skerry.server.http;

import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/// An answer that may have any size and is written as it is made: its client has the time of an answer for each
/// MiB of it, so that one that takes it goes on for as long as there is something to take, and one that hardly
/// does has an end. Only what is waited for the client counts, not what the answer takes to be made.
///
/// For the one thread that serves the connection.
final class LastingAnswer extends OutputStream {

    private static final long PROGRESS_BYTES = 1 << 20;

    /// Of a larger piece nobody could tell how much was taken while it is written.
    private static final int AT_ONCE = 64 * 1024;

    private final OutputStream out;
    private final Watch watch;
    private final long limitNanos;
    private final LongSupplier nanoClock;
    private long leftNanos;
    private long written;

    /// @param watch of the connection
    /// @param limit for each MiB
    LastingAnswer(OutputStream out, Watch watch, Duration limit, LongSupplier nanoClock) {
        this.out = out;
        this.watch = watch;
        this.limitNanos = limit.toNanos();
        this.leftNanos = limitNanos;
        this.nanoClock = nanoClock;
    }

    @FunctionalInterface
    private interface Step {
        void run() throws IOException;
    }

    @Override
    public void write(int b) throws IOException {
        watched(1, () -> out.write(b));
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; done += AT_ONCE) {
            int from = offset + done;
            int next = Math.min(AT_ONCE, length - done);
            watched(next, () -> out.write(bytes, from, next));
        }
    }

    @Override
    public void flush() throws IOException {
        watched(0, out::flush);
    }

    @Override
    public void close() throws IOException {
        watched(0, out::close);
    }

    private void watched(int bytes, Step step) throws IOException {
        long begin = nanoClock.getAsLong();
        watch.until(begin + leftNanos);
        step.run();
        watch.lift();
        leftNanos -= nanoClock.getAsLong() - begin;
        long before = written;
        written += bytes;
        if (before / PROGRESS_BYTES != written / PROGRESS_BYTES) {
            leftNanos = limitNanos;
        }
    }
}
