package io.skerry.engine;

import io.skerry.engine.file.Deletions;
import io.skerry.engine.query.QueryEngine;
import io.skerry.engine.query.QuerySettings;
import io.skerry.engine.storage.GroupFiles;
import io.skerry.engine.storage.StorageNode;
import io.skerry.engine.storage.StorageSettings;
import io.skerry.engine.storage.StoredGroup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;

/// Everything that the groups of one node share: threads, limits, the bound on open databases. One per node.
/// Thread-safe.
public final class Engine implements AutoCloseable {

    private final Meters meters = new Meters();
    private final QueryEngine queries;
    private final StorageNode storage;

    /// @param writerThreads at most so many databases commit at the same moment: each commit holds a thread
    ///     until the log has it
    public Engine(StorageSettings storageSettings, QuerySettings querySettings, int writerThreads) {
        queries = new QueryEngine(querySettings, writerThreads);
        storage = new StorageNode(storageSettings, queries::open, meters);
    }

    /// The databases of a group, from the files in `directory`, which belongs to this group alone and need
    /// not exist. Nothing is read before [GroupState#start].
    public GroupStore open(GroupId group, Path directory) {
        return open(group, directory, false);
    }

    /// As above.
    ///
    /// @param apart whether its databases are opened however many others are open, and are not closed for them
    public GroupStore open(GroupId group, Path directory, boolean apart) {
        return new LocalGroup(new StoredGroup(new GroupFiles(group, 0, directory, storage, apart)), queries);
    }

    /// Bytes of the file of a database of a group that is not open; empty if there is none.
    ///
    /// @param directory as given to [#open]
    public static OptionalLong bytesAtRest(Path directory, DatabaseId database) {
        return GroupFiles.bytesAtRest(directory, database);
    }

    /// What its databases count.
    public Meters meters() {
        return meters;
    }

    /// What could not be deleted of the node's files, tried again on a thread of the node.
    public Deletions deletions() {
        return storage.deletions();
    }

    /// Does something about the files of the node again and again, on one of its threads.
    ///
    /// @param task must not throw
    public void every(Duration period, Runnable task) {
        storage.every(period, task);
    }

    /// See [QueryEngine#interruptAll].
    public void interruptAll() {
        queries.interruptAll();
    }

    /// Ends the threads; close the groups first.
    @Override
    public void close() {
        storage.close();
        queries.close();
    }
}
