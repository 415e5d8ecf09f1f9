package io.skerry.raft;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupStore;
import java.nio.file.Path;
import java.util.OptionalLong;

/// Where a node keeps the databases of its groups. The raft module opens a store when the group's log is opened
/// and closes it with the log. Thread-safe.
public interface GroupStores {

    /// Opens the databases of `group` as its last checkpoint left them; an unknown group is empty. Called once
    /// for each time the group is started, never while an earlier store of the group is open.
    GroupStore open(GroupId group);

    /// Bytes of a database's file while its group is closed; empty if there is none.
    OptionalLong bytes(GroupId group, DatabaseId database);

    /// Deletes everything that [#open] would find. Called only while the store is closed.
    void delete(GroupId group);

    /// Moves everything that [#open] would find, and the group's log, to where no start looks for it. Called only
    /// while both are closed; afterwards there is no such group here.
    ///
    /// @param log the directory of the group's log
    void setAside(GroupId group, Path log);
}
