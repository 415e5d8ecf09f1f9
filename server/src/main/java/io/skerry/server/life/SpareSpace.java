package io.skerry.server.life;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A file that does nothing but take space, so that a process can start on a full disk: a log writes a few
/// pages before it leads, and without them not even reads would be answered. It is given up by the start
/// that needs it and made again by the next one that finds space.
public final class SpareSpace {

    private static final Logger log = LoggerFactory.getLogger(SpareSpace.class);
    /// Each group of each node starts with a segment of its log.
    static final int BYTES = 16 << 20;
    private static final int BLOCK_BYTES = 1 << 20;

    private SpareSpace() {}

    /// To be called at start, by whoever holds the directory. Never fails: a disk that cannot be written
    /// says so where it matters.
    public static void prepare(Path directory) {
        try {
            prepare(directory, Files.getFileStore(directory).getUsableSpace());
        } catch (IOException e) {
            log.warn("the space for a start on a full disk cannot be looked after: {}", e.toString());
        }
    }

    /// @param free bytes of the directory's disk
    /// @return what takes the space, if that is to be done
    static Optional<Thread> prepare(Path directory, long free) throws IOException {
        Path file = directory.resolve("spare");
        if (free < BYTES && Files.deleteIfExists(file)) {
            log.warn(
                    "the disk of {} is full ({} KB free): starting with the {} KB kept for that",
                    directory,
                    free >> 10,
                    BYTES >> 10);
        } else if (free >= 2L * BYTES && (Files.notExists(file) || Files.size(file) < BYTES)) {
            return Optional.of(Thread.ofPlatform().daemon().name("spare").start(() -> take(file)));
        }
        return Optional.empty();
    }

    private static void take(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES);
            while (channel.position() < BYTES) {
                channel.write(block.clear());
            }
        } catch (IOException e) {
            log.warn("no space was kept for a start on a full disk: {}", e.toString());
        }
    }
}
