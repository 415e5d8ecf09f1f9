package io.skerry.engine.storage;

import io.skerry.engine.DatabaseId;
import java.nio.file.Path;

/// The [Position] of one database on disk. A crash leaves the old or the new content, never a mixture.
public final class PositionFile {

    /// What [#read] found.
    public sealed interface Reading {
        record Found(Position position) implements Reading {}

        record Missing() implements Reading {}

        /// @param reason what was expected and what is there
        record Damaged(String reason) implements Reading {}
    }

    /// @param directory where the database's file is
    public PositionFile(Path directory, DatabaseId database) {
        throw new UnsupportedOperationException();
    }

    public Path path() {
        throw new UnsupportedOperationException();
    }

    /// @throws io.skerry.engine.DatabaseException UNAVAILABLE if the file exists and cannot be read
    public Reading read() {
        throw new UnsupportedOperationException();
    }

    /// Replaces the content; durable on return.
    ///
    /// @throws io.skerry.engine.DatabaseException DISK_FULL or UNAVAILABLE; the old content is there still
    public void write(Position position) {
        throw new UnsupportedOperationException();
    }

    /// Removes the file, durably; nothing happens if there is none.
    public void delete() {
        throw new UnsupportedOperationException();
    }
}
