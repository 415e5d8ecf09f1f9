package io.skerry.engine.storage;

import io.skerry.engine.LogIndex;
import io.skerry.engine.storage.FileLife.Phase;
import java.time.Duration;
import java.util.Optional;

/// What a checkpoint of the file means for the log: which entries a replay of this database still needs.
///
/// Invariants:
/// * The file is never ahead of what its position file admits: `consistentAt` is durable before a checkpoint
///   writes the first page, `replayFrom` moves only after a complete one whose pages are durable.
/// * A position is written without the lock and counts only once it is durable.
///
/// Thread-safe.
final class DatabaseCheckpoints {

    private final StoredDatabase database;
    private final GroupFiles group;
    private final DatabasePaths paths;
    private final FileLife life;
    private final LogIntake intake;
    private final LogPlace place;
    private final FileReplay replay;

    DatabaseCheckpoints(
            StoredDatabase database,
            GroupFiles group,
            DatabasePaths paths,
            FileLife life,
            LogIntake intake,
            FileReplay replay) {
        this.database = database;
        this.group = group;
        this.paths = paths;
        this.life = life;
        this.intake = intake;
        this.replay = replay;
        place = intake.place();
    }

    /// Records that the file may hold the present state from now on. No commit is on its way, but a
    /// transaction of another node may be between SQLite's commit and its end here.
    void before() {
        Position position;
        life.lock.lock();
        try {
            long newest = intake.newestInWal();
            if (place.consistentAt() >= newest) {
                return;
            }
            place.mayContain(newest);
            position = place.position(group.group(), database.id());
        } finally {
            life.lock.unlock();
        }
        paths.position().write(position);
    }

    /// Records that the file holds everything that was applied, durably. No commit is on its way.
    void after() {
        // Whoever leads has applied everything of others up to here, and its next barrier begins an epoch.
        long applied = group.log().applied().value();
        boolean byWriter = group.leadership().leads();
        LogPlace.Point point;
        Position position;
        life.lock.lock();
        try {
            boolean inUse = life.phase() == Phase.OPEN || life.phase() == Phase.CHANGING;
            if (!inUse || life.changesHands()) {
                return;
            }
            point = place.afterCheckpoint(byWriter && !intake.isApplying(), applied);
            position = place.position(group.group(), database.id(), point);
        } finally {
            life.lock.unlock();
        }
        paths.position().write(position);
        life.lock.lock();
        try {
            place.fileHolds(point, intake.pendingSince());
            if (!place.dirty()) {
                group.dirty().remove(database);
            }
        } finally {
            life.lock.unlock();
        }
    }

    /// Checkpoints the file if it lacks something.
    ///
    /// @return whether the next change begins an epoch if this node makes it
    boolean run(Duration limit) {
        OpenFile present = null;
        life.lock.lock();
        try {
            switch (usablePhase(System.nanoTime() + limit.toNanos())) {
                case STOPPED, DROPPED, CLOSED -> {
                    return true;
                }
                case REPLAYING, FENCED, CHANGING -> {
                    return false;
                }
                case AT_REST -> life.beginChange();
                case OPEN -> {
                    present = life.file();
                    database.lease();
                }
            }
        } finally {
            life.lock.unlock();
        }
        if (present == null) {
            recordRest();
        } else {
            checkpoint(present);
        }
        return true;
    }

    /// Waits for the end of a change, and ends a replay that is complete.
    private Phase usablePhase(long deadline) {
        while (true) {
            switch (life.phase()) {
                case CHANGING -> life.awaitChange(deadline);
                case REPLAYING -> {
                    if (!replay.isReplayed(deadline)) {
                        return Phase.REPLAYING;
                    }
                    replay.settle();
                }
                case AT_REST, OPEN, FENCED, STOPPED, DROPPED, CLOSED -> {
                    return life.phase();
                }
            }
        }
    }

    private void checkpoint(OpenFile present) {
        try {
            present.checkpoint();
        } finally {
            database.release();
        }
    }

    private void recordRest() {
        try {
            after();
        } finally {
            life.endChange(Phase.AT_REST, null);
        }
    }

    /// What a replay of this database needs of the log: the entries after the answer. Nothing if it lacks
    /// nothing.
    Optional<LogIndex> neededAfter() {
        life.lock.lock();
        try {
            boolean needsLog = place.dirty() && life.phase() != Phase.STOPPED && life.phase() != Phase.DROPPED;
            return needsLog ? Optional.of(new LogIndex(place.replayFrom())) : Optional.empty();
        } finally {
            life.lock.unlock();
        }
    }

    /// See [LogPlace#marker].
    void marker(LogIndex marker, LogIndex upTo) {
        life.lock.lock();
        try {
            OpenFile present = life.fileIfAny();
            // While this node writes, its own checkpoints count; while the log is replayed, `last` is not
            // what it was.
            if (life.phase() != Phase.FENCED && (present == null || !present.isArmed())) {
                place.marker(marker.value(), upTo.value(), intake.pendingSince());
            }
        } finally {
            life.lock.unlock();
        }
    }
}
