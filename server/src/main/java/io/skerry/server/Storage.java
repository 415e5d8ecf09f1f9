package io.skerry.server;

import io.skerry.catalog.SystemGroup;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.Engine;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupStore;
import io.skerry.engine.Meters;
import io.skerry.engine.file.DeletedDirectories;
import io.skerry.engine.file.FileTree;
import io.skerry.raft.GroupStores;
import io.skerry.server.config.Configuration;
import io.skerry.server.config.DescriptorShare;
import io.skerry.server.config.Limits;
import io.skerry.server.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/// The databases of a node: a directory per group beneath its own, named by the group's id. Thread-safe.
final class Storage implements GroupStores, AutoCloseable {

    private static final Duration LOOK_INTO_TRASH_EVERY = Duration.ofHours(1);

    private final Path directory;
    private final Trash trash;
    private final DeletedDirectories deleted;
    private final Engine engine;

    private Storage(Path directory, Trash trash, DeletedDirectories deleted, Engine engine) {
        this.directory = directory;
        this.trash = trash;
        this.deleted = deleted;
        this.engine = engine;
    }

    /// @param home the node's own directory
    static Storage open(Path home, Configuration settings, DescriptorShare descriptors) {
        return open(home, settings, descriptors, LOOK_INTO_TRASH_EVERY);
    }

    /// @param every time between two looks for what is old in the trash
    static Storage open(Path home, Configuration settings, DescriptorShare descriptors, Duration every) {
        Engine engine = new Engine(
                Limits.storage(settings, descriptors), Limits.query(settings), settings.get(Settings.WRITER_THREADS));
        Trash trash = new Trash(home.resolve("trash"), engine.deletions());
        trash.deleteOld(Instant.now());
        engine.every(every, () -> trash.deleteOld(Instant.now()));
        var deleted = new DeletedDirectories(home.resolve("deleted"), engine.deletions(), FileTree::delete);
        deleted.sweep();
        return new Storage(home.resolve("groups"), trash, deleted, engine);
    }

    @Override
    public GroupStore open(GroupId group) {
        // Without the catalog nothing goes, so it does not wait for what clients have open.
        return engine.open(group, directory(group), group.equals(SystemGroup.GROUP));
    }

    @Override
    public OptionalLong bytes(GroupId group, DatabaseId database) {
        return Engine.bytesAtRest(directory(group), database);
    }

    @Override
    public void delete(GroupId group) {
        try {
            deleted.delete(directory(group));
        } catch (IOException e) {
            throw new UncheckedIOException("the databases of group " + group + " could not be deleted", e);
        }
    }

    @Override
    public void setAside(GroupId group, Path log) {
        trash.put(group, directory(group), log, Instant.now());
    }

    /// What its databases count.
    Meters meters() {
        return engine.meters();
    }

    /// See [Engine#interruptAll].
    void interruptAll() {
        engine.interruptAll();
    }

    /// The ids of the groups that have files in a node's directory, databases or a log, whether they are
    /// started, archived, or neither.
    static Set<GroupId> groupsIn(Path home) throws IOException {
        Set<GroupId> found = new HashSet<>();
        for (Path parent : List.of(
                home.resolve("groups"),
                home.resolve("raft").resolve("log"),
                home.resolve("raft").resolve("archived"))) {
            if (Files.isDirectory(parent)) {
                try (Stream<Path> entries = Files.list(parent)) {
                    entries.flatMap(entry -> group(entry).stream()).forEach(found::add);
                }
            }
        }
        return found;
    }

    /// How many groups a node will have as soon as it has started.
    static int startedIn(Path home) throws IOException {
        Path logs = home.resolve("raft").resolve("log");
        if (!Files.isDirectory(logs)) {
            return 0;
        }
        try (Stream<Path> entries = Files.list(logs)) {
            return (int) entries.filter(entry -> group(entry).isPresent()).count();
        }
    }

    private static Optional<GroupId> group(Path entry) {
        try {
            return Optional.of(GroupId.parse(String.valueOf(entry.getFileName())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private Path directory(GroupId group) {
        return directory.resolve(group.toString());
    }

    /// To be called after every group was closed.
    @Override
    public void close() {
        engine.close();
    }
}
