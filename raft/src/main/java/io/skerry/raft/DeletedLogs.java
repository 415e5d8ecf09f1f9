package io.skerry.raft;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Storage of groups that is being deleted. It is moved here first, by one rename: a crash half way leaves nothing
/// where a start would read it, and find it damaged. Thread-safe; one caller at a time for each group.
final class DeletedLogs {

    private static final Logger LOG = LoggerFactory.getLogger(DeletedLogs.class);

    private final Path place;
    private final Deletion deletion;

    /// Deletes a directory with what is in it, file by file; does nothing if it is not there.
    interface Deletion {
        void delete(Path directory) throws IOException;
    }

    /// @param place where they are until they are gone; need not exist
    DeletedLogs(Path place, Deletion deletion) {
        this.place = place;
        this.deletion = deletion;
    }

    /// Deletes a directory with what is in it; does nothing if it is not there.
    ///
    /// @throws DatabaseException UNAVAILABLE if it is there still, or where it goes with the next start
    void delete(Path directory) {
        try {
            if (Files.exists(directory)) {
                deletion.delete(NodeDirectory.move(directory, place));
            }
        } catch (IOException e) {
            throw new DatabaseException(Code.UNAVAILABLE, directory + " could not be deleted: " + e, e);
        }
    }

    /// Deletes what a crash left. What cannot be deleted stays for the next start: nothing reads it.
    void sweep() {
        try {
            deletion.delete(place);
        } catch (IOException e) {
            LOG.warn("what is left of deleted groups in {} could not be deleted", place, e);
        }
    }
}
