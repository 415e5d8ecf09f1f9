package io.skerry.catalog.upload;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/// Takes a dump to its file, as far as there is room. Failures of the file are [DatabaseException]s,
/// so that whoever reads from a client and writes here knows which of both failed.
final class DumpOutput extends OutputStream {

    private final DumpUpload dump;
    private final long bytesMax;
    private final Room room;
    private final Disk disk;
    private final OutputStream file;

    /// @param room where this one's bytes are taken
    DumpOutput(DumpUpload dump, long bytesMax, Room room, Disk disk) {
        this.dump = dump;
        this.bytesMax = bytesMax;
        this.room = room;
        this.disk = disk;
        try {
            file = Channels.newOutputStream(Files.newByteChannel(
                    dump.text(),
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    UploadDirectory.PRIVATE));
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (dump.bytes() + length > bytesMax) {
            throw new UploadTooLargeException("the dump", bytesMax);
        }
        disk.require(length, "more of the dump");
        room.take(dump.payer(), length);
        dump.grow(length);
        try {
            file.write(bytes, offset, length);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    static DatabaseException failed(IOException e) {
        return new DatabaseException(
                Code.DISK_FULL, "the upload could not be stored on this node: " + e.getMessage(), e);
    }
}
