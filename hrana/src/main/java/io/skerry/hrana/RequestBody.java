package io.skerry.hrana;

import io.skerry.hrana.wire.ByteBudget;
import io.skerry.hrana.wire.Pipeline;
import io.skerry.hrana.wire.PipelineReader;
import io.skerry.hrana.wire.Refusal;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/// The body of one request on its way to a [Pipeline], held within the limit of one body and the budget of all large
/// ones. Must be closed when the request has been answered: the texts in the pipeline take the body's place.
final class RequestBody implements AutoCloseable {

    /// Bodies up to this size are bounded by the number of requests in flight alone.
    static final int SMALL = 64 * 1024;

    /// So much more of a body that is refused than one may have is read, and forgotten: a client that still sends while
    /// its connection is closed never sees the answer.
    private static final long DISCARDED_BYTES_MAX = 8 << 20;

    private final HranaSettings.Requests limits;
    private final ByteBudget budget;
    private long acquired;

    RequestBody(HranaSettings.Requests limits, ByteBudget budget) {
        this.limits = limits;
        this.budget = budget;
    }

    /// @param contentLength -1 if not announced
    /// @throws Refusal 413, 429, or 400 if it is no pipeline
    Pipeline read(InputStream body, long contentLength, PipelineReader reader) throws IOException {
        if (contentLength > limits.bodyBytesMax()) {
            if (contentLength <= limits.bodyBytesMax() + DISCARDED_BYTES_MAX) {
                discard(body);
            }
            throw tooLarge();
        }
        if (contentLength > SMALL) {
            acquire(contentLength, body);
        }
        return reader.read(new Counted(body, contentLength < 0));
    }

    private void acquire(long bytes, InputStream body) throws IOException {
        if (!budget.tryAcquire(bytes)) {
            discard(body);
            throw Refusal.last(429, "Too many large requests at once; try again later");
        }
        acquired += bytes;
    }

    private void discard(InputStream in) throws IOException {
        byte[] buffer = new byte[SMALL];
        long left = limits.bodyBytesMax() + DISCARDED_BYTES_MAX;
        int read = 0;
        while (left > 0 && read >= 0) {
            read = read(in, buffer, 0, buffer.length);
            left -= read;
        }
    }

    /// A chunk without a length, or a connection that ends early, is the sender's mistake: Helidon throws whatever
    /// its parser met.
    private static int read(InputStream in, byte @Nullable [] target, int offset, int length) throws IOException {
        try {
            return in.read(target, offset, length);
        } catch (RuntimeException e) {
            throw Refusal.last(400, "The request body ended early, or is not framed as its headers say");
        }
    }

    private Refusal tooLarge() {
        return Refusal.last(413, "The request body is larger than " + limits.bodyBytesMax() + " bytes");
    }

    @Override
    public void close() {
        budget.release(acquired);
        acquired = 0;
    }

    /// Counts what is read. A body of unknown length takes from the budget as it comes.
    private final class Counted extends InputStream {

        private final InputStream in;
        private final boolean takesBudget;
        private long count;

        Counted(InputStream in, boolean takesBudget) {
            this.in = in;
            this.takesBudget = takesBudget;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int n = read(one, 0, 1);
            return n < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte @Nullable [] target, int offset, int length) throws IOException {
            int n = RequestBody.read(in, target, offset, length);
            if (n > 0) {
                count += n;
                if (count > limits.bodyBytesMax()) {
                    discard(in);
                    throw tooLarge();
                }
                while (takesBudget && count > SMALL + acquired) {
                    acquire(SMALL, in);
                }
            }
            return n;
        }
    }
}
