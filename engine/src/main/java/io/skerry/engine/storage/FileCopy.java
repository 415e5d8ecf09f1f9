package io.skerry.engine.storage;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupState.DatabaseCopy;
import io.skerry.engine.LogIndex;
import io.skerry.sqlite.Connection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;

/// A copy of one database while it is used.
///
/// Layout, big-endian: [CopyHeader], the file's bytes, CRC32C (4) of all before. The file may be written
/// meanwhile, so the copy can be a mixture of states; the log from `replayFrom` on makes one of it. It is
/// read through SQLite's own handle: closing another descriptor of the file would drop the locks of this
/// process.
final class FileCopy implements DatabaseCopy {

    /// What is read and sent without a pause, at the pace of the copy: a larger piece takes the processor from the
    /// writers for longer.
    private static final int CHUNK_BYTES = 64 << 10;

    /// The bytes of the database file as they are on disk, through a connection of its own.
    record Source(Connection connection, Runnable whenClosed) implements AutoCloseable {

        long size() {
            return connection.files().size();
        }

        /// Bytes beyond the end are zeros.
        void read(long position, byte[] target, int count) {
            connection.files().read(position, target, 0, count);
        }

        @Override
        public void close() {
            try {
                connection.close();
            } finally {
                whenClosed.run();
            }
        }
    }

    private final StoredDatabase stored;

    FileCopy(StoredDatabase stored) {
        this.stored = stored;
    }

    @Override
    public DatabaseId database() {
        return stored.id();
    }

    @Override
    public long bytes() {
        return stored.fileBytes();
    }

    @Override
    public LogIndex writeTo(WritableByteChannel out, LongConsumer progress) throws IOException {
        try {
            return copyTo(out, progress);
        } catch (RuntimeException e) {
            DatabaseException ending = stored.life().ending();
            if (ending == null || e instanceof DatabaseException known && known.code() == ending.code()) {
                throw e;
            }
            // It met a file that was taken away from it: that says less than why.
            ending.addSuppressed(e);
            throw ending;
        }
    }

    private LogIndex copyTo(WritableByteChannel out, LongConsumer progress) throws IOException {
        try (Source file = stored.openForCopy()) {
            // Fixed before the first byte is read: what the file holds up to here, every byte of it has.
            Position position = stored.copyPosition();
            long length = file.size();
            CRC32C checksum = new CRC32C();
            write(out, checksum, new CopyHeader(position, length).format(), progress);
            byte[] chunk = new byte[CHUNK_BYTES];
            for (long at = 0; at < length; at += chunk.length) {
                requireThere();
                int count = (int) Math.min(chunk.length, length - at);
                // A file that was cut meanwhile gives zeros: the log sets its length.
                file.read(at, chunk, count);
                write(out, checksum, ByteBuffer.wrap(chunk, 0, count), progress);
            }
            ByteBuffer end = ByteBuffer.allocate(Integer.BYTES);
            write(out, new CRC32C(), end.putInt((int) checksum.getValue()).flip(), progress);
            return position.replayFrom();
        }
    }

    /// The file of one that was dropped stays until this copy ends: nobody has a use for the rest of it.
    private void requireThere() {
        DatabaseException ending = stored.life().ending();
        if (ending != null) {
            throw ending;
        }
    }

    private static void write(WritableByteChannel out, CRC32C checksum, ByteBuffer bytes, LongConsumer progress)
            throws IOException {
        checksum.update(bytes.duplicate());
        int count = bytes.remaining();
        while (bytes.hasRemaining()) {
            out.write(bytes);
        }
        progress.accept(count);
    }
}
