package io.skerry.catalog.fleet;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;

/// An output that takes nothing any more once its time is over, which ends whoever writes into it.
final class TimedOutput extends FilterOutputStream {

    private final Duration limit;
    private final long endNanos;

    TimedOutput(OutputStream out, Duration limit) {
        super(out);
        this.limit = limit;
        this.endNanos = System.nanoTime() + limit.toNanos();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (System.nanoTime() - endNanos > 0) {
            throw new IOException("it did not end within " + limit.toSeconds() + " s");
        }
        out.write(bytes, offset, length);
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }
}
