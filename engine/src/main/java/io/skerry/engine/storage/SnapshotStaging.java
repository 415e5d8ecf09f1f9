package io.skerry.engine.storage;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupState.SnapshotReceiver;
import io.skerry.engine.LogIndex;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Receives the databases of a snapshot into a directory of their own, and puts them in the place of the
/// present ones. One that is received no more may still have a write under way when the next begins, so no two
/// share a directory. Its rename from `staging-N` to `install` is the moment at which the snapshot
/// counts: before it a crash leaves everything as it was, after it [#finishInstall] brings it to its end.
final class SnapshotStaging implements SnapshotReceiver {

    private static final Logger LOG = LoggerFactory.getLogger(SnapshotStaging.class);

    private static final String STAGING = "staging";
    private static final String INSTALL = "install";
    private static final String LIST = "databases";
    private static final int CHUNK_BYTES = 64 << 10;

    /// Written to disk as it comes: a file that is synced as a whole keeps the disk from every commit meanwhile.
    private static final int SYNC_BYTES = 2 << 20;

    /// The replacement of the files; nobody may have any of them open.
    @FunctionalInterface
    interface Swap {
        void run() throws IOException;
    }

    /// Closes the databases, runs the swap, and opens what is there then.
    @FunctionalInterface
    interface Installer {
        void install(Swap swap) throws IOException;
    }

    private final GroupFiles group;
    private final Installer installer;
    private final Path staging;
    private final Map<DatabaseId, CopyHeader> received = new HashMap<>();

    SnapshotStaging(GroupFiles group, Installer installer) {
        this.group = group;
        this.installer = installer;
        try {
            staging = Files.createTempDirectory(group.directory(), STAGING + "-");
        } catch (IOException e) {
            throw IoFailure.of("prepare", group.directory(), e);
        }
    }

    @Override
    public void database(DatabaseId id, ReadableByteChannel in, LongConsumer progress) throws IOException {
        CRC32C checksum = new CRC32C();
        ByteBuffer head = read(in, ByteBuffer.allocate(CopyHeader.BYTES), progress);
        checksum.update(head.duplicate());
        CopyHeader header = CopyHeader.parse(head);
        if (!header.position().database().equals(id)
                || !header.position().group().equals(group.group())) {
            throw new IOException("a copy of database " + header.position().database() + " in group "
                    + header.position().group() + " was sent for database " + id);
        }
        Path file = new DatabasePaths(staging, id).file();
        try (FileChannel out = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            receive(in, out, header.length(), checksum, progress);
            int expected =
                    read(in, ByteBuffer.allocate(Integer.BYTES), progress).getInt();
            if (expected != (int) checksum.getValue()) {
                throw new IOException("the copy of database " + id
                        + " was damaged on its way: checksum %08x, not %08x"
                                .formatted((int) checksum.getValue(), expected));
            }
            if (in.read(ByteBuffer.allocate(1)) >= 0) {
                throw new IOException("the copy of database " + id + " is longer than it says");
            }
            out.force(true);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
        received.put(id, header);
    }

    private static void receive(
            ReadableByteChannel in, FileChannel out, long length, CRC32C checksum, LongConsumer progress)
            throws IOException {
        ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
        long unsynced = 0;
        for (long left = length; left > 0; ) {
            chunk.clear().limit((int) Math.min(left, CHUNK_BYTES));
            left -= chunk.remaining();
            read(in, chunk, progress);
            checksum.update(chunk.duplicate());
            while (chunk.hasRemaining()) {
                unsynced += out.write(chunk);
            }
            if (unsynced >= SYNC_BYTES) {
                out.force(false);
                unsynced = 0;
            }
        }
    }

    private static ByteBuffer read(ReadableByteChannel in, ByteBuffer into, LongConsumer progress) throws IOException {
        while (into.hasRemaining()) {
            int count = in.read(into);
            if (count < 0) {
                throw new EOFException("the copy of a database ended too early");
            }
            progress.accept(count);
        }
        return into.flip();
    }

    @Override
    public void install(LogIndex snapshot, LogIndex consistentAt) throws IOException {
        for (CopyHeader header : received.values()) {
            Position copied = header.position();
            // Entries up to the copy's own start are in it, even where the snapshot as a whole starts
            // earlier.
            var position = new Position(
                    copied.group(),
                    copied.database(),
                    copied.pageSize(),
                    copied.replayFrom(),
                    consistentAt.isAfter(copied.replayFrom()) ? consistentAt : copied.replayFrom(),
                    copied.frame(),
                    copied.epochStart());
            new PositionFile(staging, copied.database()).write(position);
        }
        // Those of other files, which are replaced, mean nothing to them.
        Map<DatabaseId, FrameNo> frames = new HashMap<>();
        received.forEach((id, header) -> {
            if (header.position().frame().value() > 0) {
                frames.put(id, header.position().frame());
            }
        });
        new CheckpointFile(staging, group.group()).write(new CheckpointFile.Content(snapshot, frames));
        writeList();
        installer.install(() -> {
            Files.move(staging, group.directory().resolve(INSTALL), StandardCopyOption.ATOMIC_MOVE);
            Directory.sync(staging);
            finishInstall(group.directory());
        });
    }

    /// Names what the snapshot holds while it is complete: later, files that were moved look like old ones.
    private void writeList() throws IOException {
        List<String> names = children(staging).stream()
                .map(path -> String.valueOf(path.getFileName()))
                .toList();
        Path list = staging.resolve(LIST);
        Files.write(list, names);
        try (FileChannel channel = FileChannel.open(list, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Directory.sync(list);
    }

    /// Ends an installation that a crash interrupted, if there is one. Can be repeated from any point: what
    /// is to come stands in `install` until it is in its place, and what is to go is what the list does not
    /// name.
    static void finishInstall(Path directory) throws IOException {
        Path install = directory.resolve(INSTALL);
        Path staging = directory.resolve(STAGING);
        for (Path left : children(directory)) {
            if (String.valueOf(left.getFileName()).startsWith(STAGING)) {
                sweep(left);
            }
        }
        if (Files.notExists(install)) {
            return;
        }
        Set<String> kept = new HashSet<>(Files.readAllLines(install.resolve(LIST)));
        for (Path old : children(directory)) {
            String name = String.valueOf(old.getFileName());
            int dot = name.indexOf('.');
            if (dot > 0 && DatabasePaths.isOurs(name.substring(dot)) && !kept.contains(name)) {
                Files.deleteIfExists(old);
            }
        }
        for (Path file : children(install)) {
            String name = String.valueOf(file.getFileName());
            if (kept.contains(name)) {
                Files.move(
                        file,
                        directory.resolve(name),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        Directory.sync(install);
        // Not deleted in its place: half deleted it would look like a snapshot of nothing.
        Files.move(install, staging, StandardCopyOption.ATOMIC_MOVE);
        Directory.sync(install);
        deleteDirectory(staging);
    }

    /// Who still writes there fails now, and deletes the rest.
    private static void sweep(Path staging) throws IOException {
        try {
            deleteDirectory(staging);
        } catch (NoSuchFileException | DirectoryNotEmptyException e) {
            LOG.info("{} is still being received: {}", staging, e.toString());
        }
    }

    private static List<Path> children(Path directory) throws IOException {
        List<Path> children = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
            stream.forEach(children::add);
        }
        return children;
    }

    private static void deleteDirectory(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return;
        }
        for (Path child : children(directory)) {
            Files.deleteIfExists(child);
        }
        Files.deleteIfExists(directory);
    }

    @Override
    public void close() {
        try {
            deleteDirectory(staging);
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new DatabaseException(Code.UNAVAILABLE, "cannot delete " + staging + ": " + e, e);
        }
    }
}
