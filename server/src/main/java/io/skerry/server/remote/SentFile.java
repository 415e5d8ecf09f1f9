package io.skerry.server.remote;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/// A file that is sent to the server.
///
/// @param bytes its size
record SentFile(Path path, long bytes) {

    private static final byte[] MAGIC = "SQLite format 3\0".getBytes(StandardCharsets.US_ASCII);

    /// @throws RemoteException if it cannot be read
    static SentFile dump(Path path) throws RemoteException {
        return open(path);
    }

    /// @throws RemoteException if it cannot be read, is no database, or is not all of it
    static SentFile database(Path path) throws RemoteException {
        SentFile file = open(path);
        try {
            byte[] head = file.read(0, MAGIC.length);
            if (!java.util.Arrays.equals(head, MAGIC)) {
                throw new RemoteException(path + " is no SQLite database; a dump is given with --from-dump");
            }
            Path wal = Path.of(path + "-wal");
            if (Files.exists(wal) && Files.size(wal) > 0) {
                throw new RemoteException(path + " is not all of the database, " + wal
                        + " is not empty: close the program that uses it, or run PRAGMA wal_checkpoint(TRUNCATE)");
            }
        } catch (IOException e) {
            throw unreadable(path, e);
        }
        return file;
    }

    private static SentFile open(Path path) throws RemoteException {
        if (!Files.isRegularFile(path)) {
            throw new RemoteException("there is no file " + path);
        }
        try (InputStream in = Files.newInputStream(path)) {
            long bytes = Files.size(path);
            if (bytes == 0 || in.read() < 0) {
                throw new RemoteException(path + " is empty");
            }
            return new SentFile(path, bytes);
        } catch (IOException e) {
            throw unreadable(path, e);
        }
    }

    static RemoteException unreadable(Path path, IOException e) {
        return new RemoteException(path + " cannot be read: " + e.getMessage());
    }

    /// Up to `length` bytes; fewer at the end.
    byte[] read(long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, Math.max(0, this.bytes - from)));
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes, from + bytes.position()) < 0) {
                    throw new IOException("it became shorter");
                }
            }
        }
        return bytes.array();
    }

    /// The file as the part `file` of a form.
    BodyPublisher form(String boundary, ProgressLine progress) {
        BodyPublisher content = BodyPublishers.fromPublisher(
                BodyPublishers.ofInputStream(() -> {
                    try {
                        return new Counted(Files.newInputStream(path), progress);
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                }),
                bytes);
        return BodyPublishers.concat(
                BodyPublishers.ofString("--" + boundary
                        + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"dump.sql\"\r\n"
                        + "Content-Type: application/sql\r\n\r\n"),
                content,
                BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"));
    }

    private static final class Counted extends FilterInputStream {
        private final ProgressLine progress;

        Counted(InputStream in, ProgressLine progress) {
            super(in);
            this.progress = progress;
        }

        @Override
        public int read(byte[] target, int from, int length) throws IOException {
            int read = super.read(target, from, length);
            progress.add(Math.max(0, read));
            return read;
        }
    }
}
