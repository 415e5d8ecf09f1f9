package io.skerry.engine.storage;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// What the files of a group held when its log was last let go of, so that a start finds the files that are older: what
/// they lack is nowhere any more. docs/log-format.md has its form. It is durable before the log is let go of. A crash
/// leaves the old or the new content.
final class CheckpointFile {

    static final String NAME = "checkpoint";
    private static final String HEAD = "skerry-checkpoint 1 ";

    /// @param index the log may be let go of up to here
    /// @param frames of each database, as its position file said then or later; without those at zero, which have
    ///     nothing to lose
    record Content(LogIndex index, Map<DatabaseId, FrameNo> frames) {

        static final Content NONE = new Content(LogIndex.BEFORE_FIRST, Map.of());

        Content {
            frames = Map.copyOf(frames);
        }
    }

    private final Path file;
    private final GroupId group;

    CheckpointFile(Path directory, GroupId group) {
        file = directory.resolve(NAME);
        this.group = group;
    }

    Path path() {
        return file;
    }

    /// Empty if no checkpoint wrote it so far.
    ///
    /// @throws DatabaseException UNAVAILABLE if it cannot be read, or is damaged or another group's
    Optional<Content> read() {
        if (Files.notExists(file)) {
            return Optional.empty();
        }
        try {
            List<String> lines = List.of(Files.readString(file).split("\n", -1));
            String[] head = lines.getFirst().split(" ");
            Map<DatabaseId, FrameNo> frames = new HashMap<>();
            for (String line : lines.subList(1, Math.max(1, lines.size() - 2))) {
                String[] words = line.split(" ");
                frames.put(DatabaseId.parse(words[0]), new FrameNo(Long.parseLong(words[1])));
            }
            Content content = new Content(new LogIndex(Long.parseLong(head[head.length - 1])), frames);
            if (lines.equals(List.of(text(lines.subList(0, lines.size() - 2)).split("\n", -1)))
                    && lines.getFirst().equals(head(content))) {
                return Optional.of(content);
            }
            throw damaged(null);
        } catch (IOException e) {
            throw IoFailure.of("read", file, e);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            throw damaged(e);
        }
    }

    private DatabaseException damaged(@Nullable Throwable cause) {
        return new DatabaseException(
                Code.UNAVAILABLE,
                file + " is damaged, or not of group " + group + ". It says whether files here are older than the log:"
                        + " if none was replaced since the last stop, delete it and start again; else bring files and"
                        + " log back from one backup, or remove this location from the group and add it again",
                cause);
    }

    /// Replaces the content; durable on return.
    ///
    /// @throws DatabaseException DISK_FULL or UNAVAILABLE; old or new content is there
    void write(Content content) {
        List<String> lines = new ArrayList<>();
        lines.add(head(content));
        content.frames().forEach((database, frame) -> lines.add(database + " " + frame));
        Path next = file.resolveSibling(NAME + ".next");
        try {
            try (FileChannel out = FileChannel.open(
                    next, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(text(lines).getBytes(StandardCharsets.US_ASCII));
                while (bytes.hasRemaining()) {
                    out.write(bytes);
                }
                out.force(true);
            }
            Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
            Directory.sync(file);
        } catch (IOException e) {
            throw IoFailure.of("replace", file, e);
        }
    }

    private String head(Content content) {
        return HEAD + group + " " + content.index();
    }

    /// The lines and their checksum.
    private static String text(List<String> lines) {
        String text = String.join("\n", lines) + "\n";
        var crc = new CRC32C();
        crc.update(text.getBytes(StandardCharsets.US_ASCII));
        return text + Long.toHexString(crc.getValue()) + "\n";
    }
}
