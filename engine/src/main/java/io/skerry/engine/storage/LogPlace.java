package io.skerry.engine.storage;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;

/// Where one database stands in its log: what its file holds, what was applied, and from where a replay would
/// give the same again. Not thread-safe: guarded by the lock of its [StoredDatabase].
///
/// Three points of the log, each with the frame number and the epoch as of it:
/// * `file`: the database file holds at least everything up to here; a replay starts after it (`replayFrom`).
/// * `safe`: where `file` may move at the next complete checkpoint if other nodes decide on epochs. The pages that
///   entries after it change are whole at their first touch, so not even a sector torn by a power loss survives the
///   replay.
/// * `last`: the newest complete transaction that was applied here.
///
/// Invariant: `file` <= `safe`, and no entry of this database lies between `last` and what the group applied,
/// except one that is in the hands of its own writer.
final class LogPlace {

    /// @param epochStart first index of the newest transaction up to `index` that began an epoch
    private record Point(long index, long frame, long epochStart) {
        Point at(long newIndex) {
            return new Point(newIndex, frame, epochStart);
        }
    }

    private final int pageSize;
    private Point file;
    private Point safe;
    private Point last;
    private long consistentAt;
    private boolean dirty;

    LogPlace(Position position) {
        pageSize = position.pageSize();
        file = new Point(
                position.replayFrom().value(),
                position.frame().value(),
                position.epochStart().value());
        safe = file;
        last = file;
        consistentAt = position.consistentAt().value();
    }

    static LogPlace created(int pageSize, LogIndex index, GroupId group, DatabaseId database) {
        return new LogPlace(
                new Position(group, database, pageSize, index, index, FrameNo.ZERO, LogIndex.BEFORE_FIRST));
    }

    int pageSize() {
        return pageSize;
    }

    /// Whether the file lacks entries that were applied or may be on their way: a replay needs the log after
    /// [#replayFrom].
    boolean dirty() {
        return dirty;
    }

    long replayFrom() {
        return file.index();
    }

    long last() {
        return last.index();
    }

    long frame() {
        return last.frame();
    }

    long consistentAt() {
        return consistentAt;
    }

    /// An entry that stands after `applied` may be on its way. Every entry of this database up to `applied` is in
    /// the file if nothing was on its way before, so the replay can start there.
    void touch(long applied) {
        if (!dirty) {
            dirty = true;
            if (applied > file.index()) {
                file = last.at(applied);
                safe = file;
            }
        }
    }

    /// A transaction is complete.
    ///
    /// @param first index of its first piece, or a lower one without entries of this database between
    void advance(long first, long index, long frame, boolean epochStart) {
        if (epochStart) {
            safe = last.at(Math.max(first - 1, file.index()));
        }
        last = new Point(index, frame, epochStart ? first : last.epochStart());
    }

    /// The leader promises, by a marker at `marker`, that pages are whole at their first touch after it, unless the
    /// epoch under way began after `upTo`.
    ///
    /// @param pendingSince first piece of a transaction under way, or -1
    void marker(long marker, long upTo, long pendingSince) {
        // Pieces from after `upTo` are the beginning of a transaction that starts an epoch; older ones were abandoned,
        // because the leader waits for its own transaction before it sends the marker.
        if (last.epochStart() <= upTo && pendingSince <= upTo && marker > safe.index()) {
            safe = last.at(marker);
        }
    }

    /// The file may hold states up to `index` from now on.
    void mayContain(long index) {
        consistentAt = Math.max(consistentAt, index);
    }

    /// Everything applied is in the file, durably, and the next change here begins an epoch.
    ///
    /// @param applied what the group applied; no entry of this database is on its way
    void checkpointedByWriter(long applied) {
        file = last.at(Math.max(applied, last.index()));
        safe = file;
        dirty = false;
    }

    /// Everything applied is in the file, durably, but epochs are begun elsewhere.
    void checkpointedByReplica() {
        file = safe;
        dirty = safe.index() < last.index();
    }

    /// The place after the file was rebuilt from `replayFrom` to `index`: it holds exactly that.
    void rebuilt() {
        consistentAt = Math.max(consistentAt, last.index());
    }

    Position position(GroupId group, DatabaseId database) {
        return new Position(
                group,
                database,
                pageSize,
                new LogIndex(file.index()),
                new LogIndex(Math.max(consistentAt, file.index())),
                new FrameNo(file.frame()),
                new LogIndex(file.epochStart()));
    }
}
