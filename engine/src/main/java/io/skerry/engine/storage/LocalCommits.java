package io.skerry.engine.storage;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.AppendOutcome.Unknown;
import io.skerry.engine.LogIndex;
import io.skerry.engine.storage.FileLife.Phase;

/// The commits of this node's own writer, as seen by the database: at most one is in the barrier at a time.
///
/// Invariants:
/// * A commit enters only under the leadership that the barrier was armed for, while no entry is applied; and
///   no entry is applied while it is in there.
/// * A commit counts only if the log brought no other entry meanwhile: it was made on the state before that.
///
/// Thread-safe.
final class LocalCommits implements CommitGate {

    private final StoredDatabase database;
    private final GroupFiles group;
    private final FileLife life;
    private final LogIntake intake;
    private boolean inBarrier;
    /// The log brought another entry while a commit was in the barrier.
    private boolean overtaken;

    LocalCommits(StoredDatabase database, GroupFiles group, FileLife life, LogIntake intake) {
        this.database = database;
        this.group = group;
        this.life = life;
        this.intake = intake;
    }

    /// Whether the barrier may begin to let commits of `leadership` through: asked under the lock of the open
    /// file.
    boolean mayArm(Leadership leadership) {
        life.lock.lock();
        try {
            return life.phase() == Phase.OPEN
                    && !inBarrier
                    && !intake.isApplying()
                    && leadership.leads()
                    && group.leadership().equals(leadership);
        } finally {
            life.lock.unlock();
        }
    }

    @Override
    public Entrance enter() {
        Leadership leadership = group.leadership();
        life.lock.lock();
        try {
            OpenFile present = life.fileIfAny();
            long frame = intake.place().frame();
            boolean open = life.phase() == Phase.OPEN && !intake.isApplying() && leadership.leads();
            if (!open || present == null || !present.isArmedFor(leadership)) {
                var refusal = new Refused(Reason.NOT_LEADER, StoredDatabase.notLeaderMessage(database.id()));
                return new Entrance(LogIndex.BEFORE_FIRST, frame, refusal);
            }
            inBarrier = true;
            overtaken = false;
            return new Entrance(new LogIndex(intake.expect()), frame, null);
        } finally {
            life.lock.unlock();
        }
    }

    @Override
    public AppendOutcome leave(Entrance entrance, Commit commit, AppendOutcome outcome) {
        life.lock.lock();
        try {
            inBarrier = false;
            database.used();
            AppendOutcome counts = overtaken && outcome instanceof Committed
                    ? new Unknown("another node wrote to database " + database.id() + " at the same time")
                    : outcome;
            if (!overtaken && !(counts instanceof Unknown)) {
                // Its pieces that came back are in the file with it, or never will be.
                intake.forgetPieces();
            }
            settle(entrance, commit, outcome, counts);
            return counts;
        } finally {
            life.lock.unlock();
        }
    }

    private void settle(Entrance entrance, Commit commit, AppendOutcome outcome, AppendOutcome counts) {
        switch (counts) {
            case Committed committed ->
                intake.place()
                        .advance(
                                entrance.applied().value() + 1,
                                committed.index().value(),
                                commit.frame(),
                                commit.epochStart());
            case Unknown unknown -> {
                if (outcome instanceof Committed committed) {
                    intake.skip(committed.index());
                }
                life.fence(unknown.message());
            }
            case Refused refused -> {
                if (overtaken) {
                    life.fence("another node wrote to it while a commit was refused: " + refused.message());
                }
            }
        }
    }

    @Override
    public void distrust(String why) {
        life.distrust(why);
    }

    /// Under the lock.
    boolean inBarrier() {
        return inBarrier;
    }

    /// An entry arrived while a commit is in the barrier: the state that the commit was made on ends there.
    /// Under the lock.
    void overtake() {
        overtaken = true;
    }

    /// This node does not write any more: rolls back what was begun. Returns at once.
    void demote() {
        life.lock.lock();
        try {
            OpenFile present = life.fileIfAny();
            if (present != null) {
                present.disarm();
                FileUser user = present.userIfAny();
                if (user != null && !user.idle()) {
                    group.node().later(() -> user.abortTransactions(StoredDatabase.notLeader(database.id())), 0);
                }
            }
        } finally {
            life.lock.unlock();
        }
    }
}
