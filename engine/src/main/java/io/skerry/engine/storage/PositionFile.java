package io.skerry.engine.storage;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The [Position] of one database on disk; docs/log-format.md has its bytes. A crash leaves the old or the
/// new content, never a mixture. One thread at a time.
public final class PositionFile {

    private static final int MAGIC = 0x534B_5250; // "SKRP"
    private static final int VERSION = 1;
    private static final int CHECKED_BYTES = 4 + 4 + 16 + 16 + 4 + 4 * 8;
    private static final int BYTES = CHECKED_BYTES + 4;

    private final DatabaseId database;
    private final Path path;
    private final Path next;

    /// What [#read] found.
    public sealed interface Reading {
        record Found(Position position) implements Reading {}

        record Missing() implements Reading {}

        /// @param reason what was expected and what is there
        record Damaged(String reason) implements Reading {}
    }

    /// @param directory where the database's file is
    public PositionFile(Path directory, DatabaseId database) {
        this.database = database;
        path = directory.resolve(database + ".position");
        next = directory.resolve(database + ".position.next");
    }

    public Path path() {
        return path;
    }

    /// @throws io.skerry.engine.DatabaseException UNAVAILABLE if the file exists and cannot be read
    public Reading read() {
        try (var file = FileChannel.open(path, READ)) {
            // One byte more than there should be, so that a longer file is noticed.
            ByteBuffer content = ByteBuffer.allocate(BYTES + 1);
            while (content.hasRemaining() && file.read(content) >= 0) {}
            return parse(content.flip());
        } catch (NoSuchFileException e) {
            return new Reading.Missing();
        } catch (IOException e) {
            throw IoFailure.of("read", path, e);
        }
    }

    /// Replaces the content; durable on return.
    ///
    /// @throws io.skerry.engine.DatabaseException DISK_FULL or UNAVAILABLE; old or new content is there
    public void write(Position position) {
        if (!position.database().equals(database)) {
            throw new IllegalArgumentException("position of " + position.database() + " for the file of " + database);
        }
        try {
            try (var file = FileChannel.open(next, CREATE, TRUNCATE_EXISTING, WRITE)) {
                ByteBuffer content = format(position);
                while (content.hasRemaining()) {
                    file.write(content);
                }
                file.force(true);
            }
            Files.move(next, path, StandardCopyOption.ATOMIC_MOVE);
            Directory.sync(path);
        } catch (IOException e) {
            throw IoFailure.of("replace", path, e);
        }
    }

    /// Removes the file, durably; nothing happens if there is none.
    ///
    /// @throws io.skerry.engine.DatabaseException UNAVAILABLE if it cannot be removed
    public void delete() {
        try {
            Files.deleteIfExists(next);
            if (Files.deleteIfExists(path)) {
                Directory.sync(path);
            }
        } catch (IOException e) {
            throw IoFailure.of("delete", path, e);
        }
    }

    private static ByteBuffer format(Position position) {
        ByteBuffer content = ByteBuffer.allocate(BYTES).putInt(MAGIC).putInt(VERSION);
        put(content, position.group().value());
        put(content, position.database().value());
        content.putInt(position.pageSize())
                .putLong(position.replayFrom().value())
                .putLong(position.consistentAt().value())
                .putLong(position.frame().value())
                .putLong(position.epochStart().value());
        return content.putInt(checksum(content)).flip();
    }

    private Reading parse(ByteBuffer content) {
        if (content.limit() != BYTES) {
            String found = content.limit() > BYTES ? "more" : Integer.toString(content.limit());
            return damaged("has " + found + " bytes instead of " + BYTES);
        }
        if (content.getInt() != MAGIC) {
            return damaged("does not begin as a position file");
        }
        int version = content.getInt();
        if (version != VERSION) {
            return damaged("has version " + version + ", this program reads " + VERSION);
        }
        if (content.getInt(CHECKED_BYTES) != checksum(content)) {
            return damaged("has a checksum that does not fit its content");
        }
        try {
            var position = new Position(
                    new GroupId(uuid(content)),
                    new DatabaseId(uuid(content)),
                    content.getInt(),
                    new LogIndex(content.getLong()),
                    new LogIndex(content.getLong()),
                    new FrameNo(content.getLong()),
                    new LogIndex(content.getLong()));
            return position.database().equals(database)
                    ? new Reading.Found(position)
                    : damaged("is that of database " + position.database());
        } catch (IllegalArgumentException e) {
            return damaged("contradicts itself: " + e.getMessage());
        }
    }

    private Reading damaged(String what) {
        return new Reading.Damaged("position file " + path.getFileName() + " " + what);
    }

    private static int checksum(ByteBuffer content) {
        var crc = new CRC32C();
        crc.update(content.array(), 0, CHECKED_BYTES);
        return (int) crc.getValue();
    }

    private static void put(ByteBuffer content, UUID value) {
        content.putLong(value.getMostSignificantBits()).putLong(value.getLeastSignificantBits());
    }

    private static UUID uuid(ByteBuffer content) {
        return new UUID(content.getLong(), content.getLong());
    }
}
