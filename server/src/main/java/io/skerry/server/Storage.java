package io.skerry.server;

import io.skerry.engine.Engine;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupStore;
import io.skerry.raft.GroupStores;
import io.skerry.server.config.Configuration;
import io.skerry.server.config.Limits;
import io.skerry.server.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/// The databases of a node: a directory per group beneath its own, named by the group's id. Thread-safe.
final class Storage implements GroupStores, AutoCloseable {

    private final Path directory;
    private final Engine engine;

    private Storage(Path directory, Engine engine) {
        this.directory = directory;
        this.engine = engine;
    }

    static Storage open(Path directory, Configuration settings) {
        return new Storage(
                directory,
                new Engine(Limits.storage(settings), Limits.query(settings), settings.get(Settings.WRITER_THREADS)));
    }

    @Override
    public GroupStore open(GroupId group) {
        return engine.open(group, directory(group));
    }

    @Override
    public void delete(GroupId group) {
        Path all = directory(group);
        if (Files.notExists(all)) {
            return;
        }
        try (Stream<Path> files = Files.walk(all)) {
            // What is inside a directory goes before it.
            for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the databases of group " + group + " could not be deleted", e);
        }
    }

    /// See [Engine#interruptAll].
    void interruptAll() {
        engine.interruptAll();
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
