package io.skerry.engine.storage;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.AppendOutcome.Unknown;
import io.skerry.engine.CommitLog;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.entry.EntryEncoder;
import io.skerry.sqlite.vfs.WalBarrier;
import io.skerry.sqlite.vfs.WalFile;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/// Stands between a commit and its readers. SQLite calls [#sync] when the frames of a transaction are in the
/// WAL and before it tells anybody of them: here they become an entry of the log, and only if the log took it
/// SQLite goes on.
///
/// Knows the WAL by two facts, `salts` (its generation) and `mxFrame` (the last published frame). Together
/// with the map of touched pages they change only after the log accepted; a refused transaction leaves no
/// trace but frames in the WAL, and these are cut off, because they carry a valid commit mark and would come
/// back to life.
///
/// The writer's thread only, except [#newEpoch], which needs the writer to be between transactions,
/// [#arm] and [#overrun].
final class CommitBarrier implements WalBarrier {

    /// Extended codes that reach the caller of COMMIT, see [CommitReport].
    static final int REFUSED = WalBarrier.refusal(200);
    static final int UNKNOWN = WalBarrier.refusal(201);

    /// WAL that a transaction may write for each byte that it may have in the log. Of a page of which
    /// a row has changed the log has some 250 bytes, 64 for the page among them, and the WAL 4 KB.
    /// SQLite spills a page that it has spilled before to the same frame, so however often that
    /// happens each page is there once.
    static final int SPILL_FACTOR = 16;

    /// A transaction that has written so much more is looked at again.
    static final int LOOK_BYTES = 1 << 20;

    private final GroupId group;
    private final long groupEpoch;
    private final DatabaseId database;
    private final int pageSize;
    private final CommitLog log;
    private final CommitGate gate;
    private final CommitWork.Pool pool;
    private final long transactionBytes;
    private final PageFrames touched = new PageFrames();

    private long salts;
    private int mxFrame;
    private boolean epochBegins = true;
    /// The thread that runs a checkpoint; null if none does.
    private volatile @Nullable Thread checkpointing;
    private volatile boolean underWay;
    /// Whether the two facts are those of the WAL.
    private volatile boolean current = true;
    private @Nullable CommitReport report;
    /// Where in the WAL a transaction begins to write.
    private long spillsFrom = WalCommit.HEADER_BYTES;
    /// Up to where it may without a look.
    private long lookAt = WalCommit.HEADER_BYTES + LOOK_BYTES;
    private volatile boolean spilled;
    /// The thread that applies entries of others; null if none did.
    private volatile @Nullable Thread applying;

    CommitBarrier(
            GroupId group,
            long groupEpoch,
            DatabaseId database,
            int pageSize,
            CommitLog log,
            CommitGate gate,
            CommitWork.Pool pool,
            long transactionBytes) {
        this.group = group;
        this.groupEpoch = groupEpoch;
        this.database = database;
        this.pageSize = pageSize;
        this.log = log;
        this.gate = gate;
        this.pool = pool;
        this.transactionBytes = transactionBytes;
    }

    /// Takes the WAL as it is: its frames up to `lastFrame` are published. No commit is under way.
    ///
    /// One may be about to be: of a transaction that was begun under an earlier leadership, and
    /// outlived it. It holds SQLite's write lock, so nothing was applied since it began. Either nothing
    /// was applied before that since the last arming: then what is taken here is what the barrier knew.
    /// Or something was: then that commit sees the barrier overrun, and ends, or armed, and everything
    /// that was taken. Both times it was made on the newest state.
    void arm(long walSalts, int lastFrame) {
        salts = walSalts;
        mxFrame = lastFrame;
        nothingSpilled();
        newEpoch();
        current = true;
    }

    /// Frames that do not come through here are about to get into the WAL: those of entries of other
    /// writers, which the calling thread applies.
    void overrun() {
        applying = Thread.currentThread();
        current = false;
    }

    /// From now on each page is whole at its first touch again.
    void newEpoch() {
        touched.clear();
        epochBegins = true;
    }

    /// While this thread runs a checkpoint, its syncs of the WAL are not commits. Those of other threads are:
    /// a writer that has lost its right may still be about to commit.
    void checkpointing(boolean runs) {
        checkpointing = runs ? Thread.currentThread() : null;
    }

    /// Whether there may be a commit that the log has and SQLite has not published, so that the database is
    /// ahead of its WAL: from before the gate is asked until [#takeReport]. Any thread.
    boolean isUnderWay() {
        return underWay;
    }

    /// Frames that the WAL holds.
    int frames() {
        return mxFrame;
    }

    /// What became of the last transaction; null if none got here since the last call.
    @Nullable
    CommitReport takeReport() {
        CommitReport taken = report;
        report = null;
        underWay = false;
        return taken;
    }

    /// Whether a transaction was committed to the WAL that never came through here.
    ///
    /// @param walSalts the generation that the WAL has now
    /// @param frames what SQLite has published of it
    boolean wasBypassed(long walSalts, int frames) {
        // A transaction that was rolled back may have begun a new generation.
        return walSalts == salts ? frames != mxFrame : frames > 0;
    }

    /// Called in place of the WAL's fsync, from native code.
    ///
    /// @return SQLite's result code; never throws, since that would end the process
    @Override
    public int sync(WalFile wal) {
        if (checkpointing == Thread.currentThread()) {
            return PASS;
        }
        try {
            return commit(wal);
        } catch (Throwable e) {
            // The WAL could not be read, or there is no memory. How far it got is not known here.
            report = new CommitReport.Failed(new Unknown("the commit barrier failed: " + e));
            gate.distrust("the commit barrier failed: " + e);
            return UNKNOWN;
        }
    }

    /// What one transaction writes before its commit is on this disk alone, and no other limit has
    /// seen it: without this one it goes on until the disk has no more, for anybody.
    @Override
    public int write(long end) {
        if (end <= WalCommit.HEADER_BYTES) {
            // A new WAL, whose first frame is next; written again if the transaction that began it was
            // rolled back.
            spillsFrom = WalCommit.HEADER_BYTES;
            lookAt = spillsFrom + LOOK_BYTES;
        }
        return end <= lookAt ? PASS : spill(end);
    }

    private int spill(long end) {
        if (applying == Thread.currentThread()) {
            // The log has it, and so had its writer the room for it.
            return PASS;
        }
        spilled = true;
        Refused refusal = end - spillsFrom > SPILL_FACTOR * transactionBytes ? tooLarge() : log.spillRefusal();
        if (refusal != null) {
            report = new CommitReport.Failed(refusal);
            return REFUSED;
        }
        lookAt = Math.min(end + LOOK_BYTES, spillsFrom + SPILL_FACTOR * transactionBytes);
        return PASS;
    }

    private Refused tooLarge() {
        return new Refused(
                Reason.TOO_LARGE,
                "the transaction has changed more than " + (SPILL_FACTOR * transactionBytes >> 20)
                        + " MB of pages: split it into smaller ones");
    }

    /// Whether a transaction wrote much to the WAL, and nobody has seen to it since: unless it was
    /// committed, or is still open, that is of no use to anybody. Any thread.
    boolean hasSpilled() {
        return spilled;
    }

    /// What was spilled is committed, or cut off.
    void nothingSpilled() {
        spilled = false;
        spillsFrom = WalCommit.frameOffset(mxFrame + 1, pageSize);
        lookAt = spillsFrom + LOOK_BYTES;
    }

    private int commit(WalFile wal) {
        if (!current) {
            return refuseOverrun();
        }
        CommitWork work = pool.take();
        try {
            // The header of a new WAL is synced before anything is written after it.
            return work.wal().find(wal::read, salts, mxFrame, pageSize) ? commit(wal, work) : PASS;
        } finally {
            pool.giveBack(work);
        }
    }

    /// The transaction was begun after entries of another node had been applied, and before this node
    /// led again. Where its frames begin is not known here, so they cannot be cut off: the WAL goes as
    /// a whole.
    private int refuseOverrun() {
        String why = "a transaction was begun that this node had no right to";
        report = new CommitReport.Failed(new Refused(Reason.NOT_LEADER, "database " + database + ": " + why));
        gate.distrust(why);
        return REFUSED;
    }

    private int commit(WalFile wal, CommitWork work) {
        WalCommit written = work.wal();
        underWay = true;
        CommitGate.Entrance entrance = gate.enter();
        AppendOutcome outcome = entrance.refusal();
        if (outcome == null) {
            if (written.salts() != salts) {
                // The frames that hold the base images are gone.
                newEpoch();
            }
            var commit = new CommitGate.Commit(entrance.frame() + written.pages(), epochBegins);
            outcome = gate.leave(entrance, commit, append(wal, work, entrance.frame()));
        }
        return switch (outcome) {
            case Committed committed -> {
                publish(written);
                report = new CommitReport.Published(new FrameNo(entrance.frame() + written.pages()), committed.index());
                yield PASS;
            }
            case Refused refused -> {
                reject(wal, written, refused);
                yield REFUSED;
            }
            case Unknown unknown -> {
                reject(wal, written, unknown);
                yield UNKNOWN;
            }
        };
    }

    private AppendOutcome append(WalFile wal, CommitWork work, long frameBefore) {
        try {
            return offer(wal, work, frameBefore);
        } catch (RuntimeException | Error e) {
            return new Unknown("the commit was interrupted by an error: " + e);
        }
    }

    private AppendOutcome offer(WalFile wal, CommitWork work, long frameBefore) {
        WalCommit written = work.wal();
        EntryEncoder encoder = work.encoder();
        encoder.begin(new EntryEncoder.Transaction(
                group,
                groupEpoch,
                database,
                new FrameNo(frameBefore),
                ThreadLocalRandom.current().nextLong() | 1,
                epochBegins,
                pageSize,
                written.databasePages()));
        for (int i = 0; i < written.pages(); i++) {
            encode(wal, written, encoder, i);
            if (encoder.heldBytes() > transactionBytes) {
                return new Refused(
                        Reason.TOO_LARGE,
                        "the transaction is larger than " + (transactionBytes >> 20)
                                + " MB in the log: split it into smaller ones");
            }
        }
        return log.commit(database, encoder.finish());
    }

    private void encode(WalFile wal, WalCommit written, EntryEncoder encoder, int i) {
        int page = written.page(i);
        byte[] image = written.image(wal::read, i);
        int offset = written.imageOffset(i);
        // Page 1 holds SQLite's change counter, which a replica's own commits move.
        int baseFrame = page == 1 ? 0 : touched.get(page);
        if (baseFrame == 0) {
            encoder.whole(page, image, offset);
        } else {
            encoder.ranges(page, written.base(wal::read, baseFrame), 0, image, offset);
        }
    }

    private void publish(WalCommit written) {
        for (int i = 0; i < written.pages(); i++) {
            touched.put(written.page(i), written.frame(i));
        }
        touched.truncate(written.databasePages());
        salts = written.salts();
        mxFrame = written.lastFrame();
        nothingSpilled();
        epochBegins = false;
    }

    private void reject(WalFile wal, WalCommit written, AppendOutcome outcome) {
        report = new CommitReport.Failed(outcome);
        int published = written.salts() == salts ? mxFrame : 0;
        try {
            wal.truncate(WalCommit.frameOffset(published + 1, pageSize));
        } catch (RuntimeException e) {
            gate.distrust("frames of a refused transaction could not be cut off the WAL: " + e);
        }
    }
}
