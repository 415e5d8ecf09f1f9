package io.skerry.engine.storage;

import io.skerry.engine.CommitLog;
import io.skerry.engine.LogIndex;
import java.util.Optional;
import java.util.function.LongSupplier;

/// How much disk a reader of one database costs who keeps his snapshot: by how much the log of the group and
/// the WAL of the database have grown since a checkpoint could last let go of them. Who reads asks now and
/// then, from one thread.
///
/// One write to the database after the snapshot is enough for the log of the whole group to be kept: no
/// checkpoint gets to the end of the WAL then, and a replay would begin before that write.
final class KeptLog implements LongSupplier {

    private final DatabaseCheckpoints checkpoints;
    private final CommitLog log;
    private final DatabasePaths paths;
    private final long walBytesBefore;
    private Optional<LogIndex> neededAfter;
    private long logBytesBefore;

    /// @param log of the group of the database
    KeptLog(DatabaseCheckpoints checkpoints, CommitLog log, DatabasePaths paths) {
        this.checkpoints = checkpoints;
        this.log = log;
        this.paths = paths;
        walBytesBefore = walBytes();
        neededAfter = checkpoints.neededAfter();
        logBytesBefore = log.appliedBytes();
    }

    @Override
    public long getAsLong() {
        Optional<LogIndex> now = checkpoints.neededAfter();
        long logBytes = log.appliedBytes();
        if (!now.equals(neededAfter)) {
            neededAfter = now;
            logBytesBefore = logBytes;
        }
        return now.isEmpty() ? 0 : logBytes - logBytesBefore + Math.max(0, walBytes() - walBytesBefore);
    }

    private long walBytes() {
        return paths.wal().toFile().length(); // 0 if there is none
    }
}
