package io.skerry.catalog.fleet;

import io.skerry.catalog.progress.ProgressLog;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.LongConsumer;

/// The way of a [io.skerry.engine.DatabaseImage] into a database: says how far it is, and takes nothing any more
/// once nothing has come for too long, or the thread was interrupted, because nobody waits for its end. Either ends
/// whoever writes into it. For one thread.
final class FillOutput extends FilterOutputStream {

    private final Duration silence;
    private final ProgressLog log;
    private final LongConsumer begin;
    private final ByteBuffer header = ByteBuffer.allocate(Integer.BYTES + Long.BYTES);
    private long written;
    private long cameAt = System.nanoTime();

    /// @param silence the longest without a byte
    /// @param begin told how many bytes will come, before any page does; what it throws ends it
    FillOutput(OutputStream out, Duration silence, ProgressLog log, LongConsumer begin) {
        super(out);
        this.silence = silence;
        this.log = log;
        this.begin = begin;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("nobody waits for it any more");
        }
        if (System.nanoTime() - cameAt > silence.toNanos()) {
            throw new IOException("nothing came for " + silence.toSeconds() + " s");
        }
        if (header.hasRemaining()) {
            head(bytes, offset, length);
        }
        out.write(bytes, offset, length);
        written += length;
        log.at(Math.max(0, written - header.capacity()));
        cameAt = System.nanoTime();
    }

    private void head(byte[] bytes, int offset, int length) {
        header.put(bytes, offset, Math.min(length, header.remaining()));
        if (!header.hasRemaining()) {
            long all = header.flip().getInt() * header.getLong();
            header.position(header.limit());
            log.all(all);
            begin.accept(all);
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }
}
