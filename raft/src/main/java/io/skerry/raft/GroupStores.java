package io.skerry.raft;

import io.skerry.engine.GroupId;
import io.skerry.engine.GroupStore;

/// Where a node keeps the databases of its groups. The raft module opens a store when the group's log is opened
/// and closes it with the log. Thread-safe.
public interface GroupStores {

    /// Opens the databases of `group` as its last checkpoint left them; an unknown group is empty. Called once
    /// for each time the group is started, never while an earlier store of the group is open.
    GroupStore open(GroupId group);

    /// Deletes everything that [#open] would find. Called only while the store is closed.
    void delete(GroupId group);
}
