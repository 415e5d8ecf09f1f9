package io.skerry.server.peer;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Bytes of any number on their way to another node, and how they ended: what fails after the first of them is
/// thrown there too, because somebody waits there who asked for it.
///
/// Layout, big-endian: pieces, each behind its length (4); a length of 0; the [Failure] as JSON, or `null`.
final class PiecedBody {

    private static final Logger log = LoggerFactory.getLogger(PiecedBody.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PIECE_BYTES = 64 * 1024;
    /// A failure is a sentence.
    private static final int FAILURE_BYTES_MAX = 1 << 16;

    private PiecedBody() {}

    /// Sends what `content` writes, and what it throws.
    ///
    /// @param path of the request, for the log
    /// @throws UncheckedIOException if `content` does: then nobody listens any more, or the receiver is to see that
    ///     it broke off
    static void send(String path, OutputStream to, Consumer<OutputStream> content) throws IOException {
        DataOutputStream out = new DataOutputStream(to);
        OutputStream pieces = new BufferedOutputStream(new Pieces(out), PIECE_BYTES);
        Failure failure = null;
        try {
            content.accept(pieces);
            pieces.flush();
        } catch (UncheckedIOException e) {
            throw e;
        } catch (RuntimeException e) {
            failure = Failure.of(e);
            log.atWarn().addKeyValue("path", path).log("a copy for another node failed: {}", failure.message());
        }
        out.writeInt(0);
        out.write(JSON.writeValueAsBytes(failure));
        out.flush();
    }

    /// What was sent so.
    ///
    /// @param node that sends it; reading throws what was thrown there, as [Failure#toThrow]
    static InputStream open(String node, InputStream from) {
        return new Body(node, new DataInputStream(from));
    }

    private static final class Pieces extends FilterOutputStream {

        private final DataOutputStream to;

        Pieces(DataOutputStream to) {
            super(to);
            this.to = to;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0) {
                to.writeInt(length);
                to.write(bytes, offset, length);
            }
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }
    }

    private static final class Body extends FilterInputStream {

        private final String node;
        private final DataInputStream from;
        private int left;
        private boolean ended;

        Body(String node, DataInputStream from) {
            super(from);
            this.node = node;
            this.from = from;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                left = from.readInt();
                if (left < 0) {
                    throw new IOException("a piece of " + left + " bytes");
                }
                ended = left == 0;
                if (ended) {
                    end();
                }
            }
            if (ended) {
                return -1;
            }
            int count = from.read(target, offset, Math.min(length, left));
            if (count < 0) {
                throw new IOException("it broke off");
            }
            left -= count;
            return count;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        private void end() throws IOException {
            @Nullable Failure failure = JSON.readValue(from.readNBytes(FAILURE_BYTES_MAX), Failure.class);
            if (failure != null) {
                throw failure.toThrow(node);
            }
        }
    }
}
