package io.skerry.catalog.usage;

import io.skerry.engine.DatabaseId;
import java.util.List;
import java.util.UUID;

/// What a database used.
///
/// @param instances one for each location that its group has now; a location that it had is not counted
public record DatabaseUsage(DatabaseId database, List<Instance> instances) {

    /// @param id what the API calls the uuid of the instance
    public record Instance(UUID id, Counters used) {}

    public DatabaseUsage {
        instances = List.copyOf(instances);
    }

    public Counters total() {
        return instances.stream().map(Instance::used).reduce(Counters.ZERO, Counters::plus);
    }
}
