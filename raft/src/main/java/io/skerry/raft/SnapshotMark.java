package io.skerry.raft;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.jspecify.annotations.Nullable;

/// How far a group's databases are checkpointed: a restart needs no entry at or before `at`. Kept in a file of
/// one line, `skerry-snapshot 1 TERM INDEX CRC32C`, replaced atomically.
record SnapshotMark(TermIndex at) implements SnapshotInfo {

    private static final String FILE = "snapshot";

    /// The mark in `directory`; empty if none was ever written.
    static Optional<SnapshotMark> read(Path directory) throws IOException {
        Path file = directory.resolve(FILE);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = Files.readString(file);
        String[] words = text.strip().split(" ");
        try {
            if (words.length == 5) {
                TermIndex at = TermIndex.valueOf(Long.parseLong(words[2]), Long.parseLong(words[3]));
                if (text.equals(text(at))) {
                    return Optional.of(new SnapshotMark(at));
                }
            }
        } catch (NumberFormatException e) {
            throw damaged(file, e);
        }
        throw damaged(file, null);
    }

    private static IOException damaged(Path file, @Nullable Throwable cause) {
        return new IOException(file + " is damaged; remove the group from this node and add it again", cause);
    }

    /// Writes the mark into `directory`; it is durable when this returns.
    void write(Path directory) throws IOException {
        Files.createDirectories(directory);
        DurableFile.replace(directory.resolve(FILE), text(at).getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(TermIndex at) {
        String head = "skerry-snapshot 1 " + at.getTerm() + " " + at.getIndex();
        var crc = new CRC32C();
        crc.update(head.getBytes(StandardCharsets.US_ASCII));
        return head + " " + Long.toHexString(crc.getValue()) + "\n";
    }

    @Override
    public TermIndex getTermIndex() {
        return at;
    }

    @Override
    public List<FileInfo> getFiles() {
        return List.of();
    }
}
