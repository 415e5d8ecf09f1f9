package io.skerry.engine.storage;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;

/// Where one database stands in its log: what its file holds, what was applied, and from where a replay would
/// give the same again. Not thread-safe: guarded by the lock of [FileLife].
///
/// Three points of the log, each with the frame number and the epoch as of it:
/// * `file`: the database file holds at least everything up to here; a replay starts after it (`replayFrom`).
/// * `safe`: where `file` may move at the next complete checkpoint if other nodes decide on epochs. The pages
///   that entries after it change are whole at their first touch, so not even a sector torn by a power loss
///   survives the replay.
/// * `last`: the newest complete transaction that was applied here.
///
/// Invariant: `file` <= `safe`, and no entry of this database lies between `last` and what the group applied,
/// except one that is in the hands of its own writer.
final class LogPlace {

    /// @param epochStart first index of the newest transaction up to `index` that began an epoch
    record Point(long index, long frame, long epochStart) {
        private Point at(long newIndex) {
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

    /// Of [#replayFrom].
    long fileFrame() {
        return file.frame();
    }

    long consistentAt() {
        return consistentAt;
    }

    /// An entry that stands after `applied` may be on its way. If the file lacked nothing before, every entry
    /// of this database up to `applied` is in it, so the replay can start there.
    void touch(long applied) {
        if (!dirty) {
            dirty = true;
            skip(applied);
        }
    }

    /// The file lacks nothing up to `applied`.
    void skip(long applied) {
        if (applied > file.index()) {
            file = last.at(applied);
            safe = file;
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

    /// The leader promises, by a marker at `marker`, that pages are whole at their first touch after it,
    /// unless the epoch under way began after `upTo`.
    ///
    /// @param pendingSince first piece of a transaction under way, or -1
    void marker(long marker, long upTo, long pendingSince) {
        // Pieces from after `upTo` are the beginning of a transaction that starts an epoch; older ones were
        // abandoned, because the leader waits for its own transaction before it sends the marker.
        if (last.epochStart() <= upTo && pendingSince <= upTo && marker > safe.index()) {
            safe = last.at(marker);
        }
    }

    /// The file may hold states up to `index` from now on.
    void mayContain(long index) {
        consistentAt = Math.max(consistentAt, index);
    }

    /// Where `file` may move once everything applied is in the file, durably.
    ///
    /// @param byWriter whether the next change begins an epoch for certain: this node leads, and no entry of
    ///     this database is on its way
    /// @param applied what the group applied
    Point afterCheckpoint(boolean byWriter, long applied) {
        return byWriter ? last.at(Math.max(applied, last.index())) : safe;
    }

    /// The file holds everything up to `point`, and a durable position says so.
    ///
    /// @param pendingSince first piece of a transaction under way, or -1
    void fileHolds(Point point, long pendingSince) {
        file = point;
        if (safe.index() < point.index()) {
            safe = point;
        }
        dirty = point.index() < last.index() || pendingSince > point.index();
    }

    /// The file holds the state as of `last`, and nothing later.
    void exact() {
        consistentAt = last.index();
    }

    /// Goes back to what the file holds at least, to apply everything after it again.
    void rewind() {
        last = file;
        safe = file;
    }

    Position position(GroupId group, DatabaseId database) {
        return position(group, database, file, consistentAt);
    }

    Position position(GroupId group, DatabaseId database, Point point) {
        return position(group, database, point, consistentAt);
    }

    /// As if the file held exactly what was applied: for a replay that goes on from there.
    ///
    /// @param mixedUpTo the file may hold parts of states up to here
    Position replayPosition(GroupId group, DatabaseId database, long mixedUpTo) {
        return position(group, database, last, mixedUpTo);
    }

    private Position position(GroupId group, DatabaseId database, Point point, long mixedUpTo) {
        return new Position(
                group,
                database,
                pageSize,
                new LogIndex(point.index()),
                new LogIndex(Math.max(mixedUpTo, point.index())),
                new FrameNo(point.frame()),
                new LogIndex(point.epochStart()));
    }
}
