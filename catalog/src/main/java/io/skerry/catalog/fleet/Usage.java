package io.skerry.catalog.fleet;

import io.skerry.catalog.location.LocationCode;
import io.skerry.engine.DatabaseId;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;

/// What databases of an organization used in some time, at each location. Those that it has no more are among
/// them.
public final class Usage {

    private final Map<DatabaseId, Map<LocationCode, DatabaseUsage>> byDatabase = new HashMap<>();

    void add(DatabaseId database, LocationCode location, DatabaseUsage usage) {
        byDatabase.computeIfAbsent(database, absent -> new HashMap<>()).merge(location, usage, DatabaseUsage::with);
    }

    public DatabaseUsage of(DatabaseId database, LocationCode location) {
        return byDatabase.getOrDefault(database, Map.of()).getOrDefault(location, DatabaseUsage.NOTHING);
    }

    /// At all locations together, also those where the database is no more.
    public DatabaseUsage of(DatabaseId database) {
        return together(byDatabase.getOrDefault(database, Map.of()));
    }

    /// Of some databases together.
    public DatabaseUsage of(Collection<DatabaseId> databases) {
        return databases.stream().map(this::of).reduce(DatabaseUsage.NOTHING, DatabaseUsage::plus);
    }

    /// Of all databases together.
    public DatabaseUsage total() {
        return byDatabase.values().stream().map(Usage::together).reduce(DatabaseUsage.NOTHING, DatabaseUsage::plus);
    }

    private static DatabaseUsage together(Map<LocationCode, DatabaseUsage> byLocation) {
        return byLocation.values().stream().reduce(DatabaseUsage.NOTHING, DatabaseUsage::with);
    }
}
