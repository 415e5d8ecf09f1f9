package io.skerry.engine;

import io.skerry.engine.query.QueryEngine;
import io.skerry.engine.storage.StoredDatabase;
import io.skerry.engine.storage.StoredGroup;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/// A group's databases as users see them, over its files as the log sees them.
final class LocalGroup implements GroupStore {

    private final StoredGroup stored;
    private final QueryEngine queries;

    LocalGroup(StoredGroup stored, QueryEngine queries) {
        this.stored = stored;
        this.queries = queries;
    }

    @Override
    public Optional<Database> database(DatabaseId database) {
        return stored.database(database).map(this::local);
    }

    private LocalDatabase local(StoredDatabase found) {
        return new LocalDatabase(found, queries, id -> stored.database(id).map(this::local));
    }

    @Override
    public Collection<DatabaseId> databases() {
        return stored.databases();
    }

    @Override
    public List<String> troubles() {
        return stored.troubles();
    }

    @Override
    public Database create(DatabaseId database) {
        return local(stored.create(database));
    }

    @Override
    public void drop(DatabaseId database) {
        stored.drop(database);
    }

    @Override
    public void start(CommitLog log, LogIndex replayTarget) {
        stored.start(log, replayTarget);
    }

    @Override
    public void apply(List<Entry> entries) {
        stored.apply(entries);
    }

    @Override
    public void claimed(LogIndex index, byte[] entry) {
        stored.claimed(index, entry);
    }

    @Override
    public void leadership(boolean leader) {
        stored.leadership(leader);
    }

    @Override
    public LogIndex checkpoint() {
        return stored.checkpoint();
    }

    @Override
    public List<DatabaseCopy> copies() {
        return stored.copies();
    }

    @Override
    public SnapshotReceiver receive() {
        return stored.receive();
    }

    @Override
    public void close() {
        stored.close();
    }
}
