package io.skerry.catalog.fleet;

import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.upload.UploadPlace;

/// What a new database takes its content from.
public sealed interface Seed {

    /// Another database as of now, of any group.
    record Copy(DatabaseRoute original) implements Seed {}

    /// A dump, which is gone afterwards.
    record Dump(UploadPlace place) implements Seed {}

    /// A file that is uploaded when the database has its name: until then it is a draft.
    record Upload() implements Seed {}
}
