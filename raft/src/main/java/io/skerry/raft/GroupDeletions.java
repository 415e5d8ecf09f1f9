package io.skerry.raft;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import io.skerry.engine.file.DeletedDirectories;
import io.skerry.engine.file.Deletions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Deletes the files of groups that were closed for it. Where they cannot be moved away it is tried again, and nobody
/// gets the group meanwhile as long as the node runs; a start opens what it finds, and is told again. Thread-safe; one
/// caller at a time for each group.
final class GroupDeletions {

    private final NodeId self;
    private final Path logs;
    private final GroupStores stores;
    private final ArchivedLogs archived;
    private final DeletedDirectories deleted;
    private final Deletions deletions;
    private final Removals removals;
    private final GroupLocks locks;

    /// Groups whose files are still where they were.
    private final Set<GroupId> undeleted = ConcurrentHashMap.newKeySet();

    private volatile boolean stopped;

    /// @param logs where the storage of each group is
    /// @param removals what must not be under way when it is tried again
    /// @param locks held then
    GroupDeletions(
            NodeId self,
            Path logs,
            GroupStores stores,
            ArchivedLogs archived,
            DeletedDirectories deleted,
            Deletions deletions,
            Removals removals,
            GroupLocks locks) {
        this.self = self;
        this.logs = logs;
        this.stores = stores;
        this.archived = archived;
        this.deleted = deleted;
        this.deletions = deletions;
        this.removals = removals;
        this.locks = locks;
    }

    /// To be asked before Ratis is, which does not always forget a group whose start was refused.
    ///
    /// @throws DatabaseException UNAVAILABLE if files of the group are still to be deleted
    void refuse(GroupId group) {
        if (undeleted.contains(group)) {
            throw new DatabaseException(
                    Code.UNAVAILABLE, "group " + group + " is being deleted here, and its files are there: try again");
        }
    }

    /// @throws DatabaseException UNAVAILABLE if it failed; it is tried again until the node stops
    void delete(GroupId group) {
        try {
            deleteFiles(group);
        } catch (IOException | RuntimeException e) {
            boolean first = !stopped && undeleted.add(group);
            if (first && !deletions.failed("group " + group + " in " + logs, e, () -> deleteAgain(group))) {
                undeleted.remove(group);
            }
            throw new DatabaseException(
                    Code.UNAVAILABLE, "group " + group + " could not be deleted: " + e.getMessage(), e);
        }
    }

    /// Nothing is deleted any more.
    void stop() {
        stopped = true;
    }

    /// The log goes last, since that says that there is something to delete: the next start opens it, and the group is
    /// known to be there.
    private void deleteFiles(GroupId group) throws IOException {
        if (stopped) {
            throw new DatabaseException(
                    Code.UNAVAILABLE, "group " + group + " is not deleted: node " + self + " is stopping");
        }
        stores.delete(group);
        archived.delete(group);
        deleted.delete(logs.resolve(group.toString()));
        undeleted.remove(group);
    }

    private void deleteAgain(GroupId group) throws IOException {
        var failure = new IOException[1];
        boolean alone = locks.tryAlone(group, Deadline.in(Duration.ZERO), () -> {
            try {
                if (undeleted.contains(group)) {
                    removals.refuse(group);
                    deleteFiles(group);
                }
            } catch (IOException e) {
                failure[0] = e;
            }
        });
        if (!alone) {
            throw new IOException("somebody else is at it");
        }
        if (failure[0] != null) {
            throw failure[0];
        }
    }
}
