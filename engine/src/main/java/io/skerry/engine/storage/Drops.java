package io.skerry.engine.storage;

import io.skerry.engine.DatabaseId;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Files of databases that a group does not have any more: deleted when their users have let go, again and again until
/// that succeeds. What comes in their place, by the log or by a snapshot, ends that first. Thread-safe.
final class Drops {

    private final GroupFiles group;
    private final Map<DatabaseId, Drop> drops = new ConcurrentHashMap<>();

    Drops(GroupFiles group) {
        this.group = group;
    }

    /// @param database null for files that a crash left
    /// @param files held while they are deleted: whoever has it and finds the drop listed knows that the files are
    ///     those of the database that was dropped, and not of one that came later
    private record Drop(DatabaseId id, @Nullable StoredDatabase database, ReentrantLock files) {}

    /// The database was dropped. Does not wait.
    void add(StoredDatabase database) {
        Drop drop = list(database.id(), database);
        group.node().later(() -> begin(drop), 0);
    }

    /// There are files of a database that nobody knows.
    void sweep(DatabaseId orphan) {
        begin(list(orphan, null));
    }

    private Drop list(DatabaseId id, @Nullable StoredDatabase database) {
        var drop = new Drop(id, database, new ReentrantLock());
        drops.put(id, drop);
        return drop;
    }

    private void begin(Drop drop) {
        String what = "what is left of database " + drop.id() + " in " + group.directory();
        if (!group.node().deletions().run(what, () -> end(drop))) {
            drops.remove(drop.id(), drop);
        }
    }

    private void end(Drop drop) {
        drop.files().lock();
        try {
            if (drops.get(drop.id()) == drop) {
                close(drop);
                new DatabasePaths(group.directory(), drop.id()).deleteAll();
                drops.remove(drop.id(), drop);
            }
        } finally {
            drop.files().unlock();
        }
    }

    private static void close(Drop drop) {
        StoredDatabase database = drop.database();
        if (database != null) {
            database.life().closeFile();
        }
    }

    /// Deletes the files of `id` at once, if they wait for that.
    ///
    /// @throws io.skerry.engine.DatabaseException if they are there still
    void end(DatabaseId id) {
        Drop drop = drops.get(id);
        if (drop != null) {
            end(drop);
        }
    }

    /// Lets go of all files, deleted or not, and touches none of them afterwards.
    void forget() {
        for (Drop drop : List.copyOf(drops.values())) {
            drop.files().lock();
            try {
                close(drop);
            } finally {
                drops.remove(drop.id(), drop);
                drop.files().unlock();
            }
        }
    }
}
