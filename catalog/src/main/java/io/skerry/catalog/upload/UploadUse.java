package io.skerry.catalog.upload;

import io.skerry.engine.DatabaseId;

/// One attempt to make an upload the content of a database. Two calls that name the same dump are two uses of it, of
/// which the holder lets one happen, and only that one ends with its deletion.
///
/// @param owner whose upload it must be
/// @param database that is to have the content; a new id for each attempt with a dump
public record UploadUse(UploadOwner owner, DatabaseId database) {

    /// Of the file that was uploaded for this database.
    public static UploadUse ofDraft(DatabaseId database) {
        return new UploadUse(new UploadOwner.OfDatabase(database), database);
    }
}
