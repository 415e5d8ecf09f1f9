package io.skerry.catalog.usage;

import io.skerry.engine.DatabaseId;
import java.util.List;

/// What a node says of databases that it has.
///
/// @param since what it counted, as far as the catalog may not have it; without queries
public record NodeUsage(List<Storage> storage, List<UsageSince> since) {

    /// The size of a database as it is there.
    public record Storage(DatabaseId database, long bytes) {}
}
