package io.skerry.engine.storage;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.Meters;
import io.skerry.engine.testing.Await;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.OpenMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Function;

/// One member of a group over a [FakeLog], in a directory of its own.
final class TestNode implements AutoCloseable {

    static final GroupId GROUP = GroupId.parse("00000000-0000-0000-0000-00000000000a");
    static final StorageSettings SETTINGS = new StorageSettings(
            100, Duration.ofHours(1), Duration.ofSeconds(60), 200_000, 64L << 20, 4096, 4, 2, Integer.MAX_VALUE);

    /// Those of a node that waits for no database to be opened.
    static StorageSettings impatient() {
        return new StorageSettings(
                100, Duration.ofHours(1), Duration.ofSeconds(1), 200_000, 64L << 20, 4096, 4, 2, Integer.MAX_VALUE);
    }

    private static final int COPIES_MAX = 100;

    final Path directory;
    final StorageNode node;
    final GroupFiles files;
    final StoredGroup group;
    final FakeLog.Member member;

    TestNode(Path directory, FakeLog log, boolean leads) {
        this(directory, log, leads, SETTINGS);
    }

    TestNode(Path directory, FakeLog log, boolean leads, StorageSettings settings) {
        this.directory = directory;
        node = new StorageNode(settings, PlainUser::new, new Meters());
        files = new GroupFiles(GROUP, 0, directory, node);
        group = new StoredGroup(files);
        member = log.join(group, leads);
    }

    StoredDatabase database(DatabaseId id) {
        return group.database(id).orElseThrow();
    }

    PlainUser.Outcome exec(DatabaseId id, String sql) {
        return use(id, user -> user.exec(sql));
    }

    long number(DatabaseId id, String sql) {
        return use(id, user -> user.number(sql));
    }

    <T> T use(DatabaseId id, Function<PlainUser, T> work) {
        StoredDatabase database = database(id);
        PlainUser user = (PlainUser) database.acquire();
        try {
            return work.apply(user);
        } finally {
            database.release();
        }
    }

    /// Waits for the frame, and before that for the entry that creates the database.
    void awaitFrame(DatabaseId id, FrameNo frame) {
        Await.until("database " + id + " arrives", () -> group.database(id).isPresent() || member.failure() != null);
        if (!database(id).awaitFrame(frame, Duration.ofSeconds(30))) {
            throw new AssertionError("frame " + frame + " did not arrive, only "
                    + database(id).frame() + "; failure: " + member.failure());
        }
    }

    String integrity(DatabaseId id) {
        return use(id, user -> user.read(connection -> PlainUser.text(connection, "PRAGMA integrity_check")));
    }

    /// Closes the file, with everything in it, and reads it; what SQLite counts per file is masked.
    byte[] bytes(DatabaseId id) {
        StoredDatabase database = database(id);
        use(id, user -> 0);
        Await.until("database " + id + " can be closed", database::closeIfUnused);
        return masked(directory.resolve(id + ".db"));
    }

    static byte[] masked(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            for (int i = 0; i < 4 && bytes.length > 96; i++) {
                bytes[24 + i] = 0;
                bytes[92 + i] = 0;
            }
            return bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// Copies the directory as a crash would leave it, while it is used. A crash is one moment and a
    /// copy is not: where a position was written meanwhile, files may have been copied before it that
    /// it does not fit.
    void crashTo(Path target) {
        try {
            Files.createDirectories(target);
            for (int attempt = 1; attempt <= COPIES_MAX; attempt++) {
                Map<Path, String> before = positions();
                clear(target);
                copyTo(target);
                if (positions().equals(before)) {
                    return;
                }
            }
            throw new AssertionError("positions were written during each of " + COPIES_MAX + " copies");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// As [#crashTo], at the moment when SQLite has committed entries of others and the node has not
    /// taken account of that, after a checkpoint.
    ///
    /// @param arrive lets the entries come
    /// @param rows that the table `t` has when what is applied first is in it
    void crashBetweenCommitAndAccount(DatabaseId id, Runnable arrive, long rows, Path target) {
        StoredDatabase database = database(id);
        PlainUser.Hold applying = ((PlainUser) database.acquire()).holdApplying();
        try (Connection other = Connection.open(directory.resolve(id + DatabasePaths.FILE), OpenMode.READ_WRITE)) {
            other.exec("BEGIN IMMEDIATE");
            arrive.run();
            applying.await();
            // SQLite commits, and the lock keeps the applying thread from saying so and going on.
            database.life().lock.lock();
            try {
                other.exec("ROLLBACK");
                applying.release();
                PlainUser.awaitNumber(other, "SELECT count(*) FROM t", rows);
                database.checkpoints().run(Duration.ofSeconds(30));
                crashTo(target);
            } finally {
                database.life().lock.unlock();
            }
        } finally {
            database.release();
        }
    }

    private Map<Path, String> positions() throws IOException {
        Map<Path, String> positions = new HashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, "*.position")) {
            for (Path file : files) {
                positions.put(file, HexFormat.of().formatHex(Files.readAllBytes(file)));
            }
        }
        return positions;
    }

    private static void clear(Path target) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(target)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    private void copyTo(Path target) throws IOException {
        try (DirectoryStream<Path> children = Files.newDirectoryStream(directory)) {
            for (Path child : children) {
                if (Files.isRegularFile(child)) {
                    Process copy = new ProcessBuilder("cp", child.toString(), target.toString()).start();
                    copy.waitFor();
                }
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        member.stop();
        group.close();
        node.close();
    }
}
