package io.skerry.benchmarks;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The size of the replicated logs, read from the files of a server that is not writing: a head of 8 bytes, then for
/// each entry its length (a varint of Protocol Buffers), the entry, and a checksum of 4 bytes. Zeros follow the last.
final class LogFiles {

    private static final int HEAD_BYTES = 8;
    private static final int CHECKSUM_BYTES = 4;

    private LogFiles() {}

    /// @param bytes of the entries alone
    record Size(long entries, long bytes) {
        Size plus(Size other) {
            return new Size(entries + other.entries, bytes + other.bytes);
        }
    }

    /// All log files of the first location's node below `data`.
    static Size size(Path data) throws IOException {
        Size all = new Size(0, 0);
        for (Path file : files(data.resolve("fra").resolve("raft"))) {
            all = all.plus(sizeOf(file));
        }
        return all;
    }

    private static List<Path> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.filter(file -> file.getFileName().toString().startsWith("log_"))
                    .toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /// @throws IOException if the file ends within an entry
    static Size sizeOf(Path file) throws IOException {
        long entries = 0;
        long bytes = 0;
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            in.skipNBytes(HEAD_BYTES);
            for (long length = varint(in); length > 0; length = varint(in)) {
                in.skipNBytes(length + CHECKSUM_BYTES);
                entries++;
                bytes += length;
            }
        }
        return new Size(entries, bytes);
    }

    /// The next number; 0 at the end of the file.
    private static long varint(DataInputStream in) throws IOException {
        long value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            int next = in.read();
            if (next < 0 && shift == 0) {
                return 0;
            }
            if (next < 0) {
                break;
            }
            value |= (next & 0x7FL) << shift;
            if (next < 0x80) {
                return value;
            }
        }
        throw new IOException("a log file ends within the length of an entry");
    }
}
