package io.skerry.engine.storage;

import io.skerry.engine.CommitLog;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// What the databases of one group have in common: the directory, the log, who leads, and which of them a
/// checkpoint has to look at. Thread-safe.
public final class GroupFiles {

    private final GroupId group;
    private final long groupEpoch;
    private final Path directory;
    private final StorageNode node;
    private final boolean apart;
    private final ReplayFiles replays;
    private final Set<StoredDatabase> dirty = ConcurrentHashMap.newKeySet();
    private volatile Leadership leadership = Leadership.NONE;
    private volatile @Nullable CommitLog log;
    private volatile LogIndex replayTarget = LogIndex.BEFORE_FIRST;

    public GroupFiles(GroupId group, long groupEpoch, Path directory, StorageNode node) {
        this(group, groupEpoch, directory, node, false);
    }

    /// @param apart whether its databases are opened however many others are open, and are not closed for them
    public GroupFiles(GroupId group, long groupEpoch, Path directory, StorageNode node, boolean apart) {
        this.group = group;
        this.groupEpoch = groupEpoch;
        this.directory = directory;
        this.node = node;
        this.apart = apart;
        replays = new ReplayFiles(node.settings().replaysOpen(), node.room());
    }

    GroupId group() {
        return group;
    }

    long groupEpoch() {
        return groupEpoch;
    }

    Path directory() {
        return directory;
    }

    StorageNode node() {
        return node;
    }

    boolean apart() {
        return apart;
    }

    StorageSettings settings() {
        return node.settings();
    }

    /// The log; only after [#start].
    CommitLog log() {
        CommitLog started = log;
        if (started == null) {
            throw new IllegalStateException("group " + group + " is not started");
        }
        return started;
    }

    void start(CommitLog commitLog, LogIndex lastInLog) {
        replayTarget = lastInLog;
        log = commitLog;
    }

    LogIndex replayTarget() {
        return replayTarget;
    }

    Leadership leadership() {
        return leadership;
    }

    void leadership(Leadership next) {
        leadership = next;
    }

    ReplayFiles replays() {
        return replays;
    }

    /// Databases whose files may lack an entry. One is put in before its entry can be in the log, and looked
    /// for after the log was asked what it applied: whoever is not in here at that moment has no entry up to
    /// there.
    Set<StoredDatabase> dirty() {
        return dirty;
    }

    /// See [io.skerry.engine.Engine#bytesAtRest].
    public static OptionalLong bytesAtRest(Path directory, DatabaseId database) {
        try {
            return OptionalLong.of(Files.size(new DatabasePaths(directory, database).file()));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }
}
