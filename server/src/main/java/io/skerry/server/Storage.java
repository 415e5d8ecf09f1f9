package io.skerry.server;

import io.skerry.engine.GroupId;
import io.skerry.engine.GroupStore;
import io.skerry.engine.query.QueryEngine;
import io.skerry.raft.GroupStores;
import io.skerry.server.config.Configuration;
import io.skerry.server.config.Limits;
import io.skerry.server.config.Settings;
import java.nio.file.Path;

/// The databases of a node: a directory per group beneath its own, and what all of them share.
final class Storage implements GroupStores, AutoCloseable {

    private final Path directory;
    private final QueryEngine engine;

    private Storage(Path directory, QueryEngine engine) {
        this.directory = directory;
        this.engine = engine;
    }

    static Storage open(Path directory, Configuration settings) {
        QueryEngine engine = new QueryEngine(Limits.query(settings), settings.get(Settings.WRITER_THREADS));
        return new Storage(directory, engine);
    }

    @Override
    public GroupStore open(GroupId group) {
        throw new UnsupportedOperationException("no databases yet for " + directory.resolve(group.toString()));
    }

    @Override
    public void delete(GroupId group) {}

    @Override
    public void close() {
        engine.close();
    }
}
