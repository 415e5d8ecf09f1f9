package io.skerry.catalog.fleet;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/// Takes a dump to its file, as far as there is room. Failures of the file are [DatabaseException]s,
/// so that whoever reads from a client and writes here knows which of both failed.
final class DumpFile extends OutputStream {

    /// For nobody but the user of this process.
    static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private final UploadedDump dump;
    private final long bytesMax;
    private final long totalMax;
    private final AtomicLong used;
    private final OutputStream file;

    /// @param used by all dumps; this one's bytes are added
    DumpFile(UploadedDump dump, long bytesMax, long totalMax, AtomicLong used) {
        this.dump = dump;
        this.bytesMax = bytesMax;
        this.totalMax = totalMax;
        this.used = used;
        try {
            file = Channels.newOutputStream(Files.newByteChannel(
                    dump.text(), Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), PRIVATE));
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
            throw new DumpTooLargeException(bytesMax);
        }
        dump.grow(length);
        if (used.addAndGet(length) > totalMax) {
            throw new DatabaseException(
                    Code.OVERLOADED, "the dumps on this node fill the room there is for them; try again later");
        }
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

    private static DatabaseException failed(IOException e) {
        return new DatabaseException(Code.DISK_FULL, "the dump could not be stored on this node: " + e.getMessage(), e);
    }
}
