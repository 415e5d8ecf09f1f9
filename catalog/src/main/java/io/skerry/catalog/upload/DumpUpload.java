package io.skerry.catalog.upload;

import java.nio.file.Path;

/// SQL text, of which a database file is made.
final class DumpUpload extends Upload {

    private final Path text;
    private volatile boolean used;

    DumpUpload(UploadOwner owner, Path text, Path database, long endsAt) {
        super(owner, owner, database, endsAt);
        this.text = text;
    }

    Path text() {
        return text;
    }

    @Override
    boolean isUsedOnce() {
        return true;
    }

    /// It takes a place among those in use, until it is deleted: there are two files of it from now on.
    void use() {
        used = true;
    }

    boolean wasUsed() {
        return used;
    }
}
