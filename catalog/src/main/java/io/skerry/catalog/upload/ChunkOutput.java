package io.skerry.catalog.upload;

import static io.skerry.catalog.CatalogException.Reason.INVALID;

import io.skerry.catalog.CatalogException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;

/// Takes one chunk of a file to its place. Failures of the file are
/// [io.skerry.engine.DatabaseException]s, as those of [DumpOutput].
final class ChunkOutput extends OutputStream {

    private final FileUpload upload;
    private final int chunk;
    private final FileChannel file;
    private int written;

    ChunkOutput(FileUpload upload, int chunk) {
        this.upload = upload;
        this.chunk = chunk;
        try {
            file = FileChannel.open(upload.database(), StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw DumpOutput.failed(e);
        }
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (length > upload.length(chunk) - written) {
            throw wrongLength("has more");
        }
        try {
            upload.write(file, ByteBuffer.wrap(bytes, offset, length), upload.offset(chunk) + written);
        } catch (IOException e) {
            throw DumpOutput.failed(e);
        }
        written += length;
    }

    /// @throws CatalogException INVALID if it was not
    void requireWhole() {
        if (written != upload.length(chunk)) {
            throw wrongLength("has " + written);
        }
    }

    private CatalogException wrongLength(String has) {
        return new CatalogException(
                INVALID, "chunk " + chunk + " must have " + upload.length(chunk) + " bytes; this one " + has);
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw DumpOutput.failed(e);
        }
    }
}
