package io.skerry.raft;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import io.skerry.engine.file.DeletedDirectories;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// The storage of groups that are archived on this node: it lies where no start looks for it, and comes back by the
/// same one rename. A power loss may undo the newest rename, after which the group is what it was before. Thread-safe;
/// one caller at a time for each group.
final class ArchivedLogs {

    private final Path logs;
    private final Path archived;
    private final DeletedDirectories deleted;
    private final Set<GroupId> groups = ConcurrentHashMap.newKeySet();

    private ArchivedLogs(Path logs, Path archived, DeletedDirectories deleted) {
        this.logs = logs;
        this.archived = archived;
        this.deleted = deleted;
    }

    /// @param logs where groups are that a start opens
    /// @param archived where the others are; need not exist
    static ArchivedLogs in(Path logs, Path archived, DeletedDirectories deleted) throws IOException {
        ArchivedLogs all = new ArchivedLogs(logs, archived, deleted);
        if (Files.isDirectory(archived)) {
            try (Stream<Path> entries = Files.list(archived)) {
                entries.flatMap(entry -> NodeDirectory.groupOf(entry).stream()).forEach(all.groups::add);
            }
        }
        return all;
    }

    Collection<GroupId> all() {
        return List.copyOf(groups);
    }

    boolean has(GroupId group) {
        return groups.contains(group);
    }

    Path of(GroupId group) {
        return archived.resolve(group.toString());
    }

    /// Takes in a group that is closed; one without storage here is left as it is. Also one that cannot be moved
    /// counts as archived until the next start, which opens it.
    void put(GroupId group) {
        Path log = logs.resolve(group.toString());
        if (Files.exists(log)) {
            groups.add(group);
            move(group, log, of(group));
        }
    }

    /// Puts the files of a group back to where it can be opened; one that is not here is left as it is. It counts as
    /// archived until [#forget].
    void putBack(GroupId group) {
        if (groups.contains(group) && Files.exists(of(group))) {
            move(group, of(group), logs.resolve(group.toString()));
        }
    }

    private void move(GroupId group, Path from, Path to) {
        try {
            Files.createDirectories(archived);
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new DatabaseException(
                    Code.UNAVAILABLE, "group " + group + ": " + from + " could not be moved to " + to + ": " + e, e);
        }
    }

    void delete(GroupId group) throws IOException {
        deleted.delete(of(group));
        groups.remove(group);
    }

    /// Its storage was put back, or moved by somebody else.
    void forget(GroupId group) {
        groups.remove(group);
    }
}
