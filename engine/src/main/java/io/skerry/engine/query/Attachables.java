package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;

/// Which databases a session may attach, by what the platform knows at the moment. Thread-safe; asked before each
/// program of a session that has something attached, so it answers from memory.
public interface Attachables {

    /// Nothing can be attached.
    Attachables NONE = new Attachables() {
        @Override
        public DatabaseId find(String name, AttachGrants grants) {
            throw new DatabaseException(Code.ATTACH_FORBIDDEN, "databases cannot be attached here");
        }

        @Override
        public void require(DatabaseId database, String name, AttachGrants grants) {
            throw new DatabaseException(Code.ATTACHMENT_ENDED, "databases cannot be attached here any more");
        }
    };

    /// The database that `name` means, if it may be attached.
    ///
    /// @param name an id, or the name of a database of the same organization and group
    /// @throws DatabaseException ATTACH_FORBIDDEN; NO_SUCH_DATABASE
    DatabaseId find(String name, AttachGrants grants);

    /// Whether one that is attached may still be.
    ///
    /// @param name as the client wrote it
    /// @throws DatabaseException ATTACHMENT_ENDED if not, with the reason
    void require(DatabaseId database, String name, AttachGrants grants);
}
