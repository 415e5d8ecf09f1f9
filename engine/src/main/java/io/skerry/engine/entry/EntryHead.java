package io.skerry.engine.entry;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import org.jspecify.annotations.Nullable;

/// What can be told of an entry from its first bytes.
///
/// @param database null for kinds that concern the whole group
public record EntryHead(Kind kind, GroupId group, @Nullable DatabaseId database) {

    public enum Kind {
        PAGES,
        CREATE,
        DROP,
        CHECKPOINT,
        NOOP
    }
}
