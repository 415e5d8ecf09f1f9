package io.skerry.hrana;

import io.skerry.engine.Database;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.Engine;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupStore;
import io.skerry.engine.LogIndex;
import io.skerry.engine.query.QuerySettings;
import io.skerry.engine.storage.StorageSettings;
import java.nio.file.Path;
import java.util.UUID;

/// A group of real databases on one node, which leads it.
final class RealGroup implements AutoCloseable {

    private final Engine engine = new Engine(StorageSettings.DEFAULT, QuerySettings.DEFAULT, 4);
    private final GroupStore group;

    RealGroup(Path directory) {
        group = engine.open(new GroupId(UUID.randomUUID()), directory);
        group.start(new MemoryLog(group), LogIndex.BEFORE_FIRST);
        group.leadership(true);
    }

    Database create() {
        return create(new DatabaseId(UUID.randomUUID()));
    }

    Database create(DatabaseId id) {
        return group.create(id);
    }

    @Override
    public void close() {
        group.close();
        engine.close();
    }
}
