package io.skerry.engine.entry;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import org.jspecify.annotations.Nullable;

/// What can be told of an entry from its first bytes.
///
/// @param database null for kinds that concern the whole group
public record EntryHead(Kind kind, GroupId group, @Nullable DatabaseId database) {

    /// The second byte of an entry.
    public enum Kind {
        PAGES(1, true),
        CREATE(2, true),
        DROP(3, true),
        CHECKPOINT(4, false),
        NOOP(5, false);

        private final int code;
        private final boolean ofDatabase;

        Kind(int code, boolean ofDatabase) {
            this.code = code;
            this.ofDatabase = ofDatabase;
        }

        int code() {
            return code;
        }

        /// Whether entries of this kind name a database.
        public boolean ofDatabase() {
            return ofDatabase;
        }
    }
}
