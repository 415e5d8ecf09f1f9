package io.skerry.catalog.fleet;

import io.skerry.catalog.database.DatabaseRoute;

/// What a new database takes its content from.
public sealed interface Seed {

    /// Another database as of now, of any group.
    record Copy(DatabaseRoute original) implements Seed {}

    /// A dump, which is gone afterwards.
    record Dump(DumpPlace place) implements Seed {}
}
