package io.skerry.engine.storage;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.LogIndex;
import io.skerry.engine.Meter;
import io.skerry.engine.storage.FileLife.Phase;
import io.skerry.sqlite.Connection;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One database of a group on this node: its place in the log, and its file while that is open. Small while
/// closed. Thread-safe.
///
/// Here is who uses the file, and when it is opened and closed for them. The rest has rooms of its own, which
/// share the lock of [FileLife]: who has the file at all is there; what the log brought in [LogIntake]; the
/// three ways by which an entry gets into the file in [LocalCommits] (this node's writer), [EntryApplier]
/// (another node's) and [FileReplay] (while it is closed); what a replay would need in [DatabaseCheckpoints].
public final class StoredDatabase {

    private static final Logger LOG = LoggerFactory.getLogger(StoredDatabase.class);
    private static final long REPLAY_POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private final GroupFiles group;
    private final DatabasePaths paths;
    private final FileLife life;
    private final LogIntake intake;
    private final VisibleFrame visible;
    private final FileReplay replay;
    private final LocalCommits commits;
    private final EntryApplier applier;
    private final DatabaseCheckpoints checkpoints;
    private final Meter meter;

    private int leases;
    private volatile long lastUse = System.nanoTime();

    /// @param position of its file, as of the start
    /// @param existed whether there may be entries for it in the log that was there at the start
    StoredDatabase(GroupFiles group, Position position, boolean existed) {
        this.group = group;
        paths = new DatabasePaths(group.directory(), position.database());
        meter = group.node().meters().of(position.database());
        life = new FileLife(this, group, paths, existed ? Phase.REPLAYING : Phase.AT_REST);
        intake = new LogIntake(this, group, position);
        visible = new VisibleFrame(life, position.frame().value());
        replay = new FileReplay(this, group, paths, life, intake, visible);
        commits = new LocalCommits(this, group, life, intake);
        applier = new EntryApplier(this, group, life, intake, replay, commits, visible);
        checkpoints = new DatabaseCheckpoints(this, group, paths, life, intake, replay);
    }

    public DatabaseId id() {
        return paths.id();
    }

    public Meter meter() {
        return meter;
    }

    FileLife life() {
        return life;
    }

    FileReplay replay() {
        return replay;
    }

    LocalCommits commits() {
        return commits;
    }

    DatabaseCheckpoints checkpoints() {
        return checkpoints;
    }

    VisibleFrame visible() {
        return visible;
    }

    Leadership leadership() {
        return group.leadership();
    }

    static DatabaseException notLeader(DatabaseId id) {
        return new DatabaseException(Code.NOT_LEADER, notLeaderMessage(id));
    }

    static String notLeaderMessage(DatabaseId id) {
        return "database " + id + ": writes are taken by another node";
    }

    // ---- use

    /// Opens the file if it is not, and keeps it open until [#release].
    ///
    /// @throws DatabaseException UNAVAILABLE if that is not possible within the time for opening
    public FileUser acquire() {
        long deadline = System.nanoTime() + group.settings().openWait().toNanos();
        while (true) {
            life.lock.lock();
            try {
                if (life.phase() == Phase.OPEN) {
                    lease();
                    return life.file().user();
                }
                if (life.phase() != Phase.AT_REST) {
                    awaitUsable(deadline);
                    continue;
                }
                life.beginChange();
            } finally {
                life.lock.unlock();
            }
            FileRoom room = tryTakeRoom();
            if (room != null) {
                life.openFile(intake.place().pageSize(), room);
            } else {
                awaitRoom(deadline);
            }
        }
    }

    /// Keeps the open file open until [#release]. Under the lock.
    void lease() {
        leases++;
        used();
    }

    public void release() {
        life.lock.lock();
        try {
            leases--;
            used();
        } finally {
            life.lock.unlock();
        }
        group.node().room().tell();
    }

    void used() {
        lastUse = System.nanoTime();
    }

    long lastUse() {
        return lastUse;
    }

    /// Whether it is opened and closed whatever others need.
    boolean apart() {
        return group.apart();
    }

    /// @return null if there is none; the change is over then
    private @Nullable FileRoom tryTakeRoom() {
        StorageNode node = group.node();
        FileRoom room = apart() ? FileRoom.apart(node.room()) : node.tryTakeRoom();
        if (room == null) {
            life.endChange(Phase.AT_REST, null);
        }
        return room;
    }

    /// Returns when there may be room. Others that want the database meanwhile look for room themselves.
    private void awaitRoom(long deadline) {
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new DatabaseException(
                    Code.OVERLOADED,
                    "database " + id() + ": as many databases are open and in use on this node as it may have open"
                            + " (databases.open, and the limit on open files): try again");
        }
        try {
            group.node().room().await(left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(Code.UNAVAILABLE, "interrupted while waiting for database " + id(), e);
        }
    }

    /// Waits for a phase in which a user could have the file; returns when something may have changed.
    private void awaitUsable(long deadline) {
        DatabaseException ending = life.ending();
        if (ending != null) {
            throw ending;
        }
        if (life.phase() == Phase.REPLAYING && replay.isReplayed(deadline)) {
            replay.settle();
            return;
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new DatabaseException(Code.UNAVAILABLE, "database " + id() + " is not ready: " + describe());
        }
        life.await(life.phase() == Phase.REPLAYING ? Math.min(left, REPLAY_POLL_NANOS) : left);
    }

    private String describe() {
        return switch (life.phase()) {
            case REPLAYING ->
                "it is brought up to date from its log, entry " + group.log().applied() + " of " + replay.target()
                        + ": try again";
            case FENCED -> "it is rebuilt from its log (" + life.reason() + "): try again";
            case CHANGING -> "it is being opened or closed: try again";
            case AT_REST, OPEN, STOPPED, DROPPED, CLOSED -> "it is " + life.phase();
        };
    }

    boolean unused() {
        life.lock.lock();
        try {
            OpenFile present = life.fileIfAny();
            boolean busy = leases > 0 || commits.inBarrier() || intake.isApplying();
            if (life.phase() != Phase.OPEN || busy || present == null) {
                return false;
            }
            FileUser user = present.userIfAny();
            return user == null || user.idle();
        } finally {
            life.lock.unlock();
        }
    }

    /// Closes the file, with everything in it, if nobody uses it.
    ///
    /// @return whether it is closed now
    public boolean closeIfUnused() {
        OpenFile closing;
        life.lock.lock();
        try {
            if (!unused()) {
                return life.phase() == Phase.AT_REST;
            }
            closing = life.file();
            life.beginChange();
        } finally {
            life.lock.unlock();
        }
        boolean done = false;
        try {
            done = closing.closeCheckpointed();
        } catch (RuntimeException e) {
            LOG.warn("database {}: checkpoint before closing failed, it stays open: {}", id(), e.getMessage());
        } finally {
            used();
            if (done) {
                group.node().closed(this);
            }
            life.endChange(done ? Phase.AT_REST : Phase.OPEN, done ? null : closing);
        }
        return done;
    }

    /// The newest frame that readers here can see.
    public FrameNo frame() {
        return visible.now();
    }

    /// @return false if `limit` passed first
    public boolean awaitFrame(FrameNo frame, Duration limit) {
        return visible.await(frame, limit);
    }

    // ---- the log

    /// Applies entries that no writer of this node holds.
    void apply(List<IndexedPages> entries) {
        applier.apply(entries);
    }

    /// The database was created by the entry at `index`, and nothing on disk says so.
    void created(LogIndex index) {
        life.lock.lock();
        try {
            intake.arrived(index.value() - 1);
        } finally {
            life.lock.unlock();
        }
    }

    /// Whether an entry at `index` is news here.
    boolean isBefore(LogIndex index) {
        life.lock.lock();
        try {
            return index.value() > intake.place().replayFrom();
        } finally {
            life.lock.unlock();
        }
    }

    /// Nobody gets the file any more; the connections are closed by [FileLife#closeFile].
    ///
    /// @param next `DROPPED` or `CLOSED`
    void retire(Phase next) {
        life.lock.lock();
        try {
            life.retire(next);
            replay.close();
        } finally {
            life.lock.unlock();
        }
        // One that is closed still lacks what it lacked: a checkpoint that is under way must not let go of the log.
        if (next == Phase.DROPPED) {
            group.dirty().remove(this);
        }
    }

    // ---- copies

    /// Size of the file in bytes while it is closed, and so all there is of the database; empty while it is open
    /// or about to be.
    public OptionalLong bytesAtRest() {
        life.lock.lock();
        try {
            return life.phase() == Phase.AT_REST ? OptionalLong.of(fileBytes()) : OptionalLong.empty();
        } finally {
            life.lock.unlock();
        }
    }

    /// See [io.skerry.engine.Database#keptFromNow].
    public LongSupplier keptFromNow() {
        return new KeptLog(checkpoints, group.log(), paths);
    }

    /// Size of the file in bytes as of now.
    long fileBytes() {
        try {
            return Files.exists(paths.file()) ? Files.size(paths.file()) : 0;
        } catch (IOException e) {
            throw IoFailure.of("look at", paths.file(), e);
        }
    }

    /// What a replay of the log would begin with: the frame of the position file, if there is one.
    FrameNo fileFrame() {
        life.lock.lock();
        try {
            return new FrameNo(intake.place().fileFrame());
        } finally {
            life.lock.unlock();
        }
    }

    /// Keeps the file open until the answer is closed.
    FileCopy.Source openForCopy() {
        acquire();
        boolean opened = false;
        try {
            OpenFile present;
            life.lock.lock();
            try {
                present = life.file();
            } finally {
                life.lock.unlock();
            }
            var reading = new FileCopy.Source(openForCopy(present), () -> {
                present.giveRoom();
                release();
            });
            opened = true;
            return reading;
        } finally {
            if (!opened) {
                release();
            }
        }
    }

    private Connection openForCopy(OpenFile present) {
        long deadline = System.nanoTime() + group.settings().openWait().toNanos();
        while (!present.takeRoom()) {
            awaitRoom(deadline);
        }
        boolean opened = false;
        try {
            Connection connection = present.openReader();
            opened = true;
            return connection;
        } finally {
            if (!opened) {
                present.giveRoom();
            }
        }
    }

    /// What the file holds at least, and for certain, from now on.
    Position copyPosition() {
        life.lock.lock();
        try {
            if (!intake.place().dirty()) {
                intake.place().skip(group.log().applied().value());
            }
            return intake.place().position(group.group(), id());
        } finally {
            life.lock.unlock();
        }
    }
}
