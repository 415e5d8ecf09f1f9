package io.skerry.raft;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.zip.CRC32C;

/// Bytes whose number is not known in advance, inside a longer stream: chunks of length, CRC32C and bytes, and
/// length 0 at the end, or -1 where there will be no end and all of them are of no use. One buffer of fixed size
/// on either side. Not thread-safe.
final class Chunks {

    private static final int CHUNK_BYTES = 64 << 10;
    private static final int END = 0;
    private static final int WITHDRAWN = -1;

    /// The sender says that what it has sent of these chunks is of no use. The stream around them goes on.
    static final class WithdrawnException extends IOException {

        private static final long serialVersionUID = 1L;

        WithdrawnException() {
            super("its sender has withdrawn what is read here");
        }
    }

    private Chunks() {}

    /// Closing does not close the stream beneath, and does not end the chunks: only [#finish] and
    /// [#withdraw] do.
    static final class Writer implements WritableByteChannel {
        private final DataOutputStream out;
        private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK_BYTES);
        private final CRC32C crc = new CRC32C();
        private boolean open = true;

        Writer(DataOutputStream out) {
            this.out = out;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            if (!open) {
                throw new ClosedChannelException();
            }
            int taken = source.remaining();
            while (source.hasRemaining()) {
                int length = Math.min(source.remaining(), buffer.remaining());
                buffer.put(source.slice(source.position(), length));
                source.position(source.position() + length);
                if (!buffer.hasRemaining()) {
                    send();
                }
            }
            return taken;
        }

        void finish() throws IOException {
            end(END);
        }

        /// What is buffered is sent all the same: both sides have counted the same bytes then.
        void withdraw() throws IOException {
            end(WITHDRAWN);
        }

        private void end(int how) throws IOException {
            if (buffer.position() > 0) {
                send();
            }
            out.writeInt(how);
            open = false;
        }

        private void send() throws IOException {
            crc.reset();
            crc.update(buffer.array(), 0, buffer.position());
            out.writeInt(buffer.position());
            out.writeInt((int) crc.getValue());
            out.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() {
            open = false;
        }
    }

    /// Ends where the chunks end, or with a [WithdrawnException]. Closing does not close the stream beneath.
    static final class Reader implements ReadableByteChannel {
        private final DataInputStream in;
        private final ByteBuffer buffer = ByteBuffer.allocate(CHUNK_BYTES).limit(0);
        private final CRC32C crc = new CRC32C();
        private boolean ended;

        Reader(DataInputStream in) {
            this.in = in;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            if (!buffer.hasRemaining() && !receive()) {
                return -1;
            }
            int length = Math.min(target.remaining(), buffer.remaining());
            target.put(buffer.slice(buffer.position(), length));
            buffer.position(buffer.position() + length);
            return length;
        }

        private boolean receive() throws IOException {
            if (ended) {
                return false;
            }
            int length = in.readInt();
            if (length == END || length == WITHDRAWN) {
                ended = true;
                if (length == WITHDRAWN) {
                    throw new WithdrawnException();
                }
                return false;
            }
            if (length < 0 || length > CHUNK_BYTES) {
                throw new IOException("a chunk of " + length + " bytes");
            }
            int sum = in.readInt();
            in.readFully(buffer.array(), 0, length);
            crc.reset();
            crc.update(buffer.array(), 0, length);
            if ((int) crc.getValue() != sum) {
                throw new IOException("a chunk of " + length + " bytes was damaged on its way");
            }
            buffer.clear().limit(length);
            return true;
        }

        /// Checks that whoever read took everything.
        void drain() throws IOException {
            if (buffer.hasRemaining() || receive()) {
                throw new EOFException("a database ended before its chunks did");
            }
        }

        @Override
        public boolean isOpen() {
            return !ended;
        }

        @Override
        public void close() {
            ended = true;
        }
    }
}
