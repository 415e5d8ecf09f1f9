package io.skerry.engine.storage;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.AppendOutcome.Unknown;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.LogEntry;
import io.skerry.engine.entry.TransactionAssembly;
import io.skerry.engine.entry.TransactionAssembly.Transaction;
import io.skerry.sqlite.ResultCode;
import io.skerry.sqlite.SqliteException;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One database of a group on this node: its place in the log, and its file while that is open. Small while
/// closed. Thread-safe.
///
/// `lock` guards the state and is held for moments only, never while SQLite, the disk or the log is waited
/// for. Who needs longer moves the database to a phase in which nobody else touches the file, and wakes the
/// others afterwards.
public final class StoredDatabase implements CommitGate {

    private static final Logger LOG = LoggerFactory.getLogger(StoredDatabase.class);

    /// How long an applied entry waits for the end of an opening or closing.
    private static final Duration APPLY_WAIT = Duration.ofSeconds(30);

    private static final long REPLAY_POLL_MILLIS = 5;

    /// Each time a session may have begun a write transaction just before it learnt that it must not.
    private static final int BUSY_ATTEMPTS_MAX = 5;

    /// What the file is used for.
    enum Phase {
        /// The log from before the start is written into the file; SQLite does not have it open.
        REPLAYING,
        /// Everything applied is in the file, and nobody has it open.
        AT_REST,
        /// One thread opens or closes it.
        CHANGING,
        OPEN,
        /// Its state here is in doubt; it is rebuilt from the log.
        FENCED,
        /// It cannot be used here until somebody acts.
        STOPPED,
        DROPPED,
        /// The group was closed.
        CLOSED
    }

    private final GroupFiles group;
    private final DatabasePaths paths;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final LogPlace place;

    /// While the log is replayed into the file: what it may hold parts of. It must be reached before anybody
    /// opens it.
    private long mixedUpTo;

    private Phase phase;
    private String reason = "";
    private @Nullable OpenFile file;
    private @Nullable RawReplay replay;
    private @Nullable TransactionAssembly assembly;
    private int leases;
    private volatile long lastUse = System.nanoTime();
    /// Who is to have the file next while it changes hands: `FENCED`, `STOPPED`, `DROPPED` or `CLOSED`; null
    /// for whoever asks.
    private @Nullable Phase afterChange;
    /// The newest entry that was left to a rebuild.
    private long skippedTo = -1;
    /// A rebuild is closing the file and deleting its WAL.
    private boolean discarding;
    private boolean inBarrier;
    /// The log brought another entry while a commit was in the barrier.
    private boolean overtaken;
    /// First piece of the transaction that is being applied through SQLite; -1 if none is.
    private long applying = -1;
    private volatile long visibleFrame;

    /// @param position of its file, as of the start
    /// @param existed whether there may be entries for it in the log that was there at the start
    StoredDatabase(GroupFiles group, Position position, boolean existed) {
        this.group = group;
        paths = new DatabasePaths(group.directory(), position.database());
        place = new LogPlace(position);
        mixedUpTo = position.consistentAt().value();
        visibleFrame = place.frame();
        phase = existed ? Phase.REPLAYING : Phase.AT_REST;
    }

    public DatabaseId id() {
        return paths.id();
    }

    // ---- use

    /// Opens the file if it is not, and keeps it open until [#release].
    ///
    /// @throws DatabaseException UNAVAILABLE if that is not possible within the time for opening
    public FileUser acquire() {
        long deadline = System.nanoTime() + group.settings().openWait().toNanos();
        while (true) {
            lock.lock();
            try {
                if (phase == Phase.OPEN) {
                    leases++;
                    lastUse = System.nanoTime();
                    return open().user(group.node());
                }
                if (phase != Phase.AT_REST) {
                    awaitUsable(deadline);
                    continue;
                }
                phase = Phase.CHANGING;
            } finally {
                lock.unlock();
            }
            makeRoom();
            openFile();
        }
    }

    public void release() {
        lock.lock();
        try {
            leases--;
            lastUse = System.nanoTime();
        } finally {
            lock.unlock();
        }
    }

    private OpenFile open() {
        OpenFile present = file;
        if (present == null) {
            throw new IllegalStateException("database " + id() + " is " + phase + " without a file");
        }
        return present;
    }

    private void makeRoom() {
        if (!group.node().makeRoom()) {
            changedTo(Phase.AT_REST, null);
            throw new DatabaseException(
                    Code.OVERLOADED,
                    "database " + id() + ": " + group.settings().openDatabases()
                            + " databases are open and in use on this node (setting openDatabases): try again");
        }
    }

    /// Opens the file; the phase is `CHANGING` and leaves it.
    private void openFile() {
        OpenFile opened = null;
        try {
            paths.requireNoWal();
            opened = OpenFile.open(this, group, paths, place.pageSize());
            group.node().opened(this);
        } catch (SqliteException e) {
            DatabaseException refusal = refusedFile(e);
            distrust(String.valueOf(refusal.getMessage()));
            throw refusal;
        } catch (DatabaseException e) {
            distrust(String.valueOf(e.getMessage()));
            throw e;
        } finally {
            changedTo(opened == null ? Phase.AT_REST : Phase.OPEN, opened);
        }
    }

    private DatabaseException refusedFile(SqliteException e) {
        return new DatabaseException(
                Code.UNAVAILABLE,
                e.extendedCode(),
                "database " + id() + ": SQLite cannot open its file " + paths.file() + ": " + e.getMessage(),
                e);
    }

    /// Ends the phase `CHANGING`.
    private void changedTo(Phase next, @Nullable OpenFile newFile) {
        lock.lock();
        try {
            file = newFile;
            Phase wanted = afterChange;
            afterChange = null;
            enter(wanted == null ? next : wanted);
        } finally {
            lock.unlock();
        }
    }

    /// Moves to a phase in which the file is nobody's, at once or when who has it now is done. Under the
    /// lock.
    private void leaveFor(Phase next, String why) {
        boolean final_ = phase == Phase.DROPPED || phase == Phase.CLOSED;
        if (final_ || phase == next || phase == Phase.STOPPED && next == Phase.FENCED) {
            return;
        }
        reason = why;
        if (phase == Phase.CHANGING) {
            Phase wanted = afterChange;
            afterChange = wanted == null || wanted == Phase.FENCED ? next : wanted;
        } else {
            enter(next);
        }
    }

    private void enter(Phase next) {
        phase = next;
        changed.signalAll();
        switch (next) {
            case FENCED -> {
                LOG.warn("database {}: fenced, it will be rebuilt from its log: {}", id(), reason);
                group.node().later(new Rebuild(this, group), 0);
            }
            case STOPPED -> {
                LOG.error("database {}: stopped: {}", id(), reason);
                group.dirty().remove(this);
                group.node().later(this::closeFile, 0);
            }
            case REPLAYING, AT_REST, CHANGING, OPEN, DROPPED, CLOSED -> {}
        }
    }

    private void fence(String why) {
        leaveFor(Phase.FENCED, why);
    }

    /// The database is damaged here; others are not concerned.
    void stop(String why) {
        lock.lock();
        try {
            leaveFor(
                    Phase.STOPPED,
                    "database " + id() + " is stopped on this node: " + why + ". The other members have it: remove"
                            + " this location from the group and add it again to fetch a fresh copy");
        } finally {
            lock.unlock();
        }
    }

    /// Closes the connections, if there are any. Only in a phase in which nobody opens the file.
    void closeFile() {
        OpenFile closing;
        lock.lock();
        try {
            closing = file;
        } finally {
            lock.unlock();
        }
        if (closing != null) {
            closing.close();
            lock.lock();
            try {
                file = null;
            } finally {
                lock.unlock();
            }
            group.node().closed(this);
        }
    }

    /// Waits for a phase in which a user could have the file; returns when something may have changed.
    private void awaitUsable(long deadline) {
        switch (phase) {
            case DROPPED -> throw new DatabaseException(Code.NO_SUCH_DATABASE, "database " + id() + " was deleted");
            case CLOSED ->
                throw new DatabaseException(Code.UNAVAILABLE, "the group of database " + id() + " is stopped here");
            case STOPPED -> throw new DatabaseException(Code.UNAVAILABLE, reason);
            case REPLAYING -> {
                if (isReplayed(deadline)) {
                    settle();
                    return;
                }
            }
            case AT_REST, CHANGING, OPEN, FENCED -> {}
        }
        long left = deadline - System.nanoTime();
        if (left <= 0) {
            throw new DatabaseException(Code.UNAVAILABLE, "database " + id() + " is not ready: " + describe());
        }
        long poll = phase == Phase.REPLAYING ? TimeUnit.MILLISECONDS.toNanos(REPLAY_POLL_MILLIS) : left;
        await(Math.min(left, poll));
    }

    private String describe() {
        return switch (phase) {
            case REPLAYING ->
                "it is brought up to date from its log, entry " + group.log().applied() + " of "
                        + Math.max(mixedUpTo, group.replayTarget().value()) + ": try again";
            case FENCED -> "it is rebuilt from its log (" + reason + "): try again";
            case CHANGING -> "it is being opened or closed: try again";
            default -> "it is " + phase;
        };
    }

    private void await(long nanos) {
        try {
            long left = changed.awaitNanos(nanos);
            if (left <= 0) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(Code.UNAVAILABLE, "interrupted while waiting for database " + id(), e);
        }
    }

    boolean unused() {
        lock.lock();
        try {
            OpenFile present = file;
            if (phase != Phase.OPEN || leases > 0 || inBarrier || present == null) {
                return false;
            }
            FileUser user = present.userIfAny();
            return user == null || user.idle();
        } finally {
            lock.unlock();
        }
    }

    long lastUse() {
        return lastUse;
    }

    /// Closes the file, with everything in it, if nobody uses it.
    ///
    /// @return whether it is closed now
    boolean closeIfUnused() {
        OpenFile closing;
        lock.lock();
        try {
            if (!unused()) {
                return phase == Phase.AT_REST;
            }
            closing = open();
            phase = Phase.CHANGING;
        } finally {
            lock.unlock();
        }
        boolean done = false;
        try {
            done = closing.closeCheckpointed();
        } catch (RuntimeException e) {
            LOG.warn("database {}: checkpoint before closing failed, it stays open: {}", id(), e.getMessage());
        } finally {
            lastUse = System.nanoTime();
            if (done) {
                group.node().closed(this);
            }
            changedTo(done ? Phase.AT_REST : Phase.OPEN, done ? null : closing);
        }
        return done;
    }

    // ---- frames

    public FrameNo frame() {
        return new FrameNo(visibleFrame);
    }

    void visible(FrameNo frame) {
        lock.lock();
        try {
            visibleFrame = Math.max(visibleFrame, frame.value());
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// @return false if `limit` passed first
    public boolean awaitFrame(FrameNo frame, Duration limit) {
        if (visibleFrame >= frame.value()) {
            return true;
        }
        long deadline = System.nanoTime() + limit.toNanos();
        lock.lock();
        try {
            while (visibleFrame < frame.value()) {
                long left = deadline - System.nanoTime();
                if (left <= 0) {
                    return false;
                }
                await(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    // ---- commits of this node's writer

    Leadership leadership() {
        return group.leadership();
    }

    static DatabaseException notLeader(DatabaseId id) {
        return new DatabaseException(Code.NOT_LEADER, "database " + id + ": writes are taken by another node");
    }

    /// Whether the barrier may begin to let commits of `leadership` through: asked under the lock of the open
    /// file.
    boolean mayArm(Leadership leadership) {
        lock.lock();
        try {
            return phase == Phase.OPEN
                    && !inBarrier
                    && applying < 0
                    && leadership.leads()
                    && group.leadership().equals(leadership);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Entrance enter() {
        Leadership leadership = group.leadership();
        lock.lock();
        try {
            OpenFile present = file;
            boolean open = phase == Phase.OPEN && applying < 0 && leadership.leads();
            if (!open || present == null || !present.isArmedFor(leadership)) {
                return new Entrance(
                        LogIndex.BEFORE_FIRST,
                        place.frame(),
                        new Refused(Reason.NOT_LEADER, "database " + id() + ": writes are taken by another node"));
            }
            inBarrier = true;
            overtaken = false;
            return new Entrance(new LogIndex(touch()), place.frame(), null);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public AppendOutcome leave(Entrance entrance, Commit commit, AppendOutcome outcome) {
        lock.lock();
        try {
            inBarrier = false;
            lastUse = System.nanoTime();
            AppendOutcome counts = overtaken && outcome instanceof Committed
                    ? new Unknown("another node wrote to database " + id() + " at the same time")
                    : outcome;
            if (!overtaken && !(counts instanceof Unknown)) {
                // Its pieces that came back are in the file with it, or never will be.
                assembly = null;
            }
            switch (counts) {
                case Committed committed ->
                    place.advance(
                            entrance.applied().value() + 1,
                            committed.index().value(),
                            commit.frame(),
                            commit.epochStart());
                case Unknown unknown -> {
                    if (outcome instanceof Committed committed) {
                        skippedTo = Math.max(skippedTo, committed.index().value());
                    }
                    fence(unknown.message());
                }
                case Refused refused -> {
                    if (overtaken) {
                        fence("another node wrote to it while a commit was refused: " + refused.message());
                    }
                }
            }
            return counts;
        } finally {
            lock.unlock();
        }
    }

    /// Notes that an entry may be on its way that is not in the log yet. In this order: a checkpoint that
    /// does not find the database among the dirty ones has asked the log before us what is applied, and keeps
    /// what is later.
    ///
    /// @return an index below that of the entry
    private long touch() {
        group.dirty().add(this);
        long applied = group.log().applied().value();
        place.touch(applied);
        return applied;
    }

    /// Notes that the entry after `before` arrived.
    private void touch(long before) {
        if (!place.dirty()) {
            group.dirty().add(this);
            place.touch(before);
        }
    }

    /// The database was created by the entry at `index`, and nothing on disk says so.
    void created(LogIndex index) {
        lock.lock();
        try {
            touch(index.value() - 1);
        } finally {
            lock.unlock();
        }
    }

    /// Whether an entry at `index` is news here.
    boolean isBefore(LogIndex index) {
        lock.lock();
        try {
            return index.value() > place.replayFrom();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void distrust(String why) {
        lock.lock();
        try {
            fence(why);
        } finally {
            lock.unlock();
        }
    }

    /// This node does not write any more: rolls back what was begun. Returns at once.
    void demote() {
        lock.lock();
        try {
            OpenFile present = file;
            if (present != null) {
                present.disarm();
                FileUser user = present.userIfAny();
                if (user != null && !user.idle()) {
                    group.node().later(() -> user.abortTransactions(notLeader(id())), 0);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- entries of the log

    /// The last entry that the file needs before SQLite may open it, or that makes replay by SQLite slower
    /// than raw.
    private boolean isReplayed(long deadline) {
        long applied = group.log().applied().value();
        if (group.leadership().leads()
                || applied >= Math.max(mixedUpTo, group.replayTarget().value())) {
            return true;
        }
        // The log may have been shorter in the end than this node's own part of it was.
        boolean waitedHalf =
                deadline - System.nanoTime() < group.settings().openWait().toNanos() / 2;
        return waitedHalf && applied >= mixedUpTo;
    }

    /// Applies an entry that no writer of this node holds.
    void apply(LogIndex index, LogEntry.Pages entry) {
        long deadline = System.nanoTime() + APPLY_WAIT.toNanos();
        while (!tryApply(index, entry, deadline)) {
            // The phase has changed: look again.
        }
    }

    private boolean tryApply(LogIndex index, LogEntry.Pages entry, long deadline) {
        OpenFile present;
        Transaction transaction;
        lock.lock();
        try {
            if (index.value() <= place.replayFrom()) {
                return true;
            }
            switch (phase) {
                case STOPPED, DROPPED, CLOSED -> {
                    return true;
                }
                case FENCED -> {
                    touch(index.value() - 1);
                    skippedTo = index.value();
                    return true;
                }
                case CHANGING -> {
                    awaitChange(deadline);
                    return false;
                }
                case REPLAYING -> {
                    touch(index.value() - 1);
                    if (index.value()
                            <= Math.max(mixedUpTo, group.replayTarget().value())) {
                        replay(index, entry);
                        return true;
                    }
                    settle();
                    return false;
                }
                case AT_REST -> {
                    touch(index.value() - 1);
                    phase = Phase.CHANGING;
                    present = null;
                    transaction = null;
                }
                case OPEN -> {
                    touch(index.value() - 1);
                    if (inBarrier && !entry.last()) {
                        // The first pieces of the commit under way come back before its last is claimed.
                        // Should they be another node's, their own last piece tells.
                        next(index, entry);
                        return true;
                    }
                    if (inBarrier) {
                        // The commit under way was made on a state that ends here.
                        overtaken = true;
                        skippedTo = index.value();
                        return true;
                    }
                    lastUse = System.nanoTime();
                    present = open();
                    present.disarm();
                    transaction = next(index, entry);
                    if (transaction == null) {
                        return true;
                    }
                    applying = transaction.first().value();
                }
                default -> throw new IllegalStateException("phase " + phase);
            }
        } finally {
            lock.unlock();
        }
        if (present == null || transaction == null) {
            openForEntry();
            return false;
        }
        applyThroughSqlite(present, transaction);
        return true;
    }

    private void awaitChange(long deadline) {
        long left = deadline - System.nanoTime();
        if (left > 0) {
            await(left);
        } else {
            throw new DatabaseException(
                    Code.UNAVAILABLE, "database " + id() + ": an entry waited too long for it to be opened or closed");
        }
    }

    private void openForEntry() {
        try {
            group.node().makeRoom();
            openFile();
        } catch (DatabaseException e) {
            // The database is fenced or stopped now, and says so itself.
            LOG.debug("database {}: cannot be opened to apply an entry", id(), e);
        }
    }

    /// The transaction that the entry completes, if it does and the transaction belongs to the present state.
    private @Nullable Transaction next(LogIndex index, LogEntry.Pages entry) {
        try {
            Transaction complete = assemble(index, entry).orElse(null);
            return complete != null && follows(complete) ? complete : null;
        } catch (DatabaseException e) {
            stop("log entry " + index + " cannot be applied: " + e.getMessage());
            return null;
        }
    }

    private void applyThroughSqlite(OpenFile present, Transaction transaction) {
        try {
            applyBesideWriter(present, transaction);
        } catch (RuntimeException e) {
            failed(transaction.index(), e);
            return;
        }
        lock.lock();
        try {
            touch(transaction.first().value() - 1);
            applying = -1;
            advance(transaction);
            visibleFrame = place.frame();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        present.checkpointIfFull();
    }

    /// A transaction that was begun while this node led can keep the entry out: it ends then. Readers are not
    /// in the way.
    private void applyBesideWriter(OpenFile present, Transaction transaction) {
        for (int attempt = 1; ; attempt++) {
            try {
                present.apply(transaction);
                return;
            } catch (SqliteException e) {
                FileUser user = present.userIfAny();
                if (e.code() != ResultCode.BUSY || user == null || attempt == BUSY_ATTEMPTS_MAX) {
                    throw e;
                }
                user.abortTransactions(notLeader(id()));
            }
        }
    }

    private void failed(LogIndex index, RuntimeException cause) {
        lock.lock();
        try {
            applying = -1;
            skippedTo = Math.max(skippedTo, index.value());
            // A full disk, or a file that is not what it should be: the rebuild tells them apart.
            fence("log entry " + index + " could not be applied: " + cause.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private Optional<Transaction> assemble(LogIndex index, LogEntry.Pages entry) {
        TransactionAssembly present = assembly;
        if (present == null) {
            present = new TransactionAssembly(TransactionAssembly.PENDING_BYTES_MAX);
            assembly = present;
        }
        return present.add(index, entry);
    }

    /// Whether the transaction was made on top of the present state. One made on an earlier state got into
    /// the log behind another, by a writer that did not know of it; every member leaves it out, by the same
    /// rule.
    private boolean follows(Transaction transaction) {
        long before = transaction.before().value();
        if (before > place.frame()) {
            throw new DatabaseException(
                    Code.LOG_DAMAGED,
                    "it follows frame " + before + ", but the database is at frame " + place.frame()
                            + ": entries are missing");
        }
        if (before < place.frame()) {
            LOG.warn(
                    "database {}: log entry {} was made on frame {}, the database is at {}: left out",
                    id(),
                    transaction.index(),
                    before,
                    place.frame());
        }
        return before == place.frame();
    }

    private void advance(Transaction transaction) {
        place.advance(
                transaction.first().value(),
                transaction.index().value(),
                transaction.frame().value(),
                transaction.epochStart());
    }

    private long pendingSince() {
        TransactionAssembly present = assembly;
        if (applying >= 0 || present == null) {
            return applying;
        }
        return present.pendingSince().map(LogIndex::value).orElse(-1L);
    }

    /// See [LogPlace#marker].
    void marker(LogIndex marker, LogIndex upTo) {
        lock.lock();
        try {
            OpenFile present = file;
            // While this node writes, its own checkpoints count; while the log is replayed, `last` is not
            // what it was.
            if (phase != Phase.FENCED && (present == null || !present.isArmed())) {
                place.marker(marker.value(), upTo.value(), pendingSince());
            }
        } finally {
            lock.unlock();
        }
    }

    // ---- replay at start

    /// Writes the entry into the closed file. Under the lock: nobody else has business with it now.
    private void replay(LogIndex index, LogEntry.Pages entry) {
        try {
            Optional<Transaction> complete = assemble(index, entry);
            if (complete.isPresent() && follows(complete.get())) {
                rawReplay().apply(complete.get());
                advance(complete.get());
                // Whoever reads has to wait for the end of the replay, and then sees it.
                visibleFrame = place.frame();
                changed.signalAll();
            }
        } catch (DatabaseException e) {
            if (e.code() == Code.LOG_DAMAGED || e.code() == Code.TRANSACTION_TOO_LARGE) {
                stop("log entry " + index + " cannot be replayed: " + e.getMessage());
            } else {
                skippedTo = index.value();
                fence("log entry " + index + " cannot be replayed: " + e.getMessage());
            }
        }
    }

    private RawReplay rawReplay() {
        RawReplay present = replay;
        if (present == null) {
            // Written once for the whole replay: the file may come to hold anything up to there.
            if (place.consistentAt() < group.replayTarget().value()) {
                place.mayContain(group.replayTarget().value());
                writePosition();
            }
            present = RawReplay.open(paths.file(), place.replayPosition(group.group(), id(), mixedUpTo));
            replay = present;
            group.replays().opened(this);
        }
        return present;
    }

    /// Closes the file that is replayed into, to open it again for the next entry: for the bound on open
    /// files.
    void suspendReplay() {
        lock.lock();
        try {
            closeReplay();
        } catch (DatabaseException e) {
            stop("replay of the log failed: " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    private void closeReplay() {
        RawReplay present = replay;
        if (present != null) {
            replay = null;
            group.replays().closed(this);
            present.close();
        }
    }

    // ---- rebuild, see Rebuild

    boolean isFenced() {
        lock.lock();
        try {
            return phase == Phase.FENCED;
        } finally {
            lock.unlock();
        }
    }

    /// Closes the connections and throws the WAL away.
    void closeForRebuild() {
        lock.lock();
        try {
            if (phase != Phase.FENCED) {
                return;
            }
            discarding = true;
        } finally {
            lock.unlock();
        }
        try {
            closeFile();
            paths.deleteWal();
        } finally {
            lock.lock();
            try {
                discarding = false;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /// Forgets what was applied beyond what the file holds for certain.
    ///
    /// @return where the replay starts
    LogIndex beginRebuild() {
        lock.lock();
        try {
            closeReplay();
            assembly = null;
            mixedUpTo = place.consistentAt();
            touch();
            place.rewind();
            return new LogIndex(place.replayFrom());
        } finally {
            lock.unlock();
        }
    }

    /// Entries up to `applied` will be written into the file.
    void replayUpTo(LogIndex applied) {
        lock.lock();
        try {
            if (phase == Phase.FENCED && place.consistentAt() < applied.value()) {
                place.mayContain(applied.value());
                writePosition();
            }
        } finally {
            lock.unlock();
        }
    }

    void replayAgain(LogIndex index, LogEntry.Pages entry) {
        lock.lock();
        try {
            if (phase != Phase.FENCED) {
                return;
            }
            Optional<Transaction> complete = assemble(index, entry);
            if (complete.isPresent() && follows(complete.get())) {
                rawReplay().apply(complete.get());
                advance(complete.get());
            }
        } finally {
            lock.unlock();
        }
    }

    /// The log was replayed up to `applied`.
    ///
    /// @return false if more has arrived meanwhile
    boolean endRebuild(LogIndex applied) {
        lock.lock();
        try {
            if (phase != Phase.FENCED) {
                return true;
            }
            if (skippedTo > applied.value()) {
                return false;
            }
            closeReplay();
            place.exact();
            visibleFrame = Math.max(visibleFrame, place.frame());
            enter(Phase.AT_REST);
            LOG.info("database {}: rebuilt from its log up to entry {}, frame {}", id(), applied, place.frame());
            return true;
        } finally {
            lock.unlock();
        }
    }

    // ---- the end of the replay at start

    /// Ends the replay if `applied` is as far as the file may be.
    void settle(LogIndex applied) {
        lock.lock();
        try {
            if (applied.value() >= mixedUpTo || group.leadership().leads()) {
                settle();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Ends the replay: from now on entries go through SQLite.
    private void settle() {
        lock.lock();
        try {
            if (phase != Phase.REPLAYING) {
                return;
            }
            boolean written = replay != null || place.dirty();
            closeReplay();
            if (written) {
                place.exact();
            }
            visibleFrame = place.frame();
            phase = Phase.AT_REST;
            changed.signalAll();
        } catch (DatabaseException e) {
            stop("replay of the log failed: " + e.getMessage());
        } finally {
            lock.unlock();
        }
    }

    // ---- checkpoints

    long walBytes() {
        return group.settings().walBytes();
    }

    /// Records that the file may hold the present state from now on. No commit is on its way.
    void beforeCheckpoint() {
        Position position;
        lock.lock();
        try {
            if (place.consistentAt() >= place.last()) {
                return;
            }
            place.mayContain(place.last());
            position = place.position(group.group(), id());
        } finally {
            lock.unlock();
        }
        paths.position().write(position);
    }

    /// Records that the file holds everything that was applied, durably. No commit is on its way.
    void afterCheckpoint() {
        // Whoever leads has applied everything of others up to here, and its next barrier begins an epoch.
        long applied = group.log().applied().value();
        boolean byWriter = group.leadership().leads();
        LogPlace.Point point;
        Position position;
        lock.lock();
        try {
            if (phase != Phase.OPEN && phase != Phase.CHANGING || afterChange != null) {
                return;
            }
            point = place.afterCheckpoint(byWriter && applying < 0, applied);
            position = place.position(group.group(), id(), point);
        } finally {
            lock.unlock();
        }
        paths.position().write(position);
        lock.lock();
        try {
            place.fileHolds(point, pendingSince());
            if (!place.dirty()) {
                group.dirty().remove(this);
            }
        } finally {
            lock.unlock();
        }
    }

    private void writePosition() {
        paths.position().write(place.position(group.group(), id()));
    }

    /// Checkpoints the file if it lacks something.
    ///
    /// @return whether the next change begins an epoch if this node makes it
    boolean checkpoint(Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        OpenFile present = null;
        lock.lock();
        try {
            boolean decided = false;
            while (!decided) {
                switch (phase) {
                    case STOPPED, DROPPED, CLOSED -> {
                        return true;
                    }
                    case FENCED -> {
                        return false;
                    }
                    case REPLAYING -> {
                        if (!isReplayed(deadline)) {
                            return false;
                        }
                        settle();
                    }
                    case CHANGING -> awaitChange(deadline);
                    case AT_REST -> {
                        phase = Phase.CHANGING;
                        decided = true;
                    }
                    case OPEN -> {
                        present = open();
                        leases++;
                        decided = true;
                    }
                }
            }
        } finally {
            lock.unlock();
        }
        if (present != null) {
            try {
                present.checkpoint();
            } finally {
                release();
            }
            return true;
        }
        try {
            afterCheckpoint();
        } finally {
            changedTo(Phase.AT_REST, null);
        }
        return true;
    }

    /// What a replay of this database needs of the log: the entries after the answer. Nothing if it lacks
    /// nothing.
    Optional<LogIndex> neededAfter() {
        lock.lock();
        try {
            return place.dirty() && phase != Phase.STOPPED && phase != Phase.DROPPED
                    ? Optional.of(new LogIndex(place.replayFrom()))
                    : Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    // ---- copies

    /// Size of the file in bytes as of now.
    long fileBytes() {
        try {
            return Files.exists(paths.file()) ? Files.size(paths.file()) : 0;
        } catch (IOException e) {
            throw IoFailure.of("look at", paths.file(), e);
        }
    }

    /// Keeps the file open until the answer is closed.
    OpenFile.Reading openForCopy() {
        acquire();
        boolean opened = false;
        try {
            OpenFile present;
            lock.lock();
            try {
                present = open();
            } finally {
                lock.unlock();
            }
            var reading = new OpenFile.Reading(present.openReader(), this::release);
            opened = true;
            return reading;
        } finally {
            if (!opened) {
                release();
            }
        }
    }

    /// What the file holds at least, and for certain, from now on.
    Position copyPosition() {
        lock.lock();
        try {
            if (!place.dirty()) {
                place.skip(group.log().applied().value());
            }
            return place.position(group.group(), id());
        } finally {
            lock.unlock();
        }
    }

    // ---- the end

    /// Nobody gets the file any more; the connections are closed by [#closeFile].
    ///
    /// @param next `DROPPED` or `CLOSED`
    void retire(Phase next) {
        long deadline = System.nanoTime() + APPLY_WAIT.toNanos();
        lock.lock();
        try {
            leaveFor(next, "it is closed");
            while (discarding || phase == Phase.CHANGING) {
                awaitChange(deadline);
            }
            closeReplay();
        } finally {
            lock.unlock();
        }
        group.dirty().remove(this);
    }
}
