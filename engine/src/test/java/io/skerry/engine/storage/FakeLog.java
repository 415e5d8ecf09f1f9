package io.skerry.engine.storage;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.Code;
import io.skerry.engine.CommitLog;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupState;
import io.skerry.engine.LogIndex;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A log in memory with the promises of the real one: each member applies it on a thread of its own, in
/// order, and a commit is answered when its turn comes. What becomes of a commit can be prescribed.
public final class FakeLog {

    public enum Fate {
        COMMIT,
        REFUSE,
        /// The writer is not told, and the entry comes through the log.
        UNKNOWN_ARRIVES,
        /// The writer is not told, and the entry is lost.
        UNKNOWN_LOST,
        /// Another node's entry stands before: the same entries, twice.
        OVERTAKEN
    }

    private static final AppendOutcome.Refused DISK_FULL = new AppendOutcome.Refused(
            AppendOutcome.Reason.DISK_FULL, "12 KB are free on the log's disk; writes resume when there is space");

    private final List<byte[]> entries = new ArrayList<>();
    private final Queue<Fate> fates = new ArrayDeque<>();
    private long purgedTo = -1;
    private boolean down;
    private boolean full;
    private boolean scarce;
    private boolean joinPaused;

    public synchronized void next(Fate... next) {
        fates.addAll(List.of(next));
    }

    /// Prescribes nothing any more.
    synchronized void forget() {
        fates.clear();
    }

    /// Whether members that join from now on apply nothing at first.
    synchronized void joinPaused(boolean paused) {
        joinPaused = paused;
    }

    /// While full, everything is refused.
    synchronized void full(boolean isFull) {
        full = isFull;
    }

    /// While scarce, transactions that spill are refused.
    synchronized void scarce(boolean isScarce) {
        scarce = isScarce;
    }

    /// While down, nothing can be appended.
    public synchronized void down(boolean isDown) {
        down = isDown;
    }

    public synchronized long last() {
        return entries.size() - 1L;
    }

    synchronized byte[] entry(long index) {
        return entries.get((int) index);
    }

    synchronized void purge(LogIndex upTo) {
        purgedTo = Math.max(purgedTo, upTo.value());
    }

    private synchronized long append(byte[] entry) {
        entries.add(entry);
        notifyAll();
        return entries.size() - 1L;
    }

    private synchronized byte @Nullable [] await(long index, Member member) throws InterruptedException {
        while (entries.size() <= index && !member.stopped) {
            wait();
        }
        return member.stopped ? null : entries.get((int) index);
    }

    private synchronized void wake() {
        notifyAll();
    }

    /// Starts a member: first what the log holds, then what comes.
    public Member join(GroupState state, boolean leads) {
        Member member = new Member(state);
        long target;
        synchronized (this) {
            target = last();
            member.next = purgedTo + 1;
            member.applied = purgedTo;
            member.paused = joinPaused;
        }
        state.start(member, new LogIndex(target));
        member.thread.start();
        if (leads) {
            member.awaitApplied(target);
            member.lead(true);
        }
        return member;
    }

    public final class Member implements CommitLog {
        private final GroupState state;
        private final Thread thread = Thread.ofPlatform().daemon().name("apply").unstarted(this::applyAll);
        private final Map<Long, CompletableFuture<AppendOutcome>> own = new HashMap<>();
        private volatile boolean stopped;
        private volatile boolean leads;
        private volatile long applied;
        private volatile @Nullable Throwable failure;
        private volatile boolean paused;
        private volatile int batchMax = 64;
        private long next;

        private Member(GroupState state) {
            this.state = state;
        }

        public void lead(boolean leadsNow) {
            leads = leadsNow;
            state.leadership(leadsNow);
        }

        /// Ends the applying thread; the state is left as a crash would.
        public void stop() {
            stopped = true;
            wake();
            try {
                if (!thread.join(Duration.ofSeconds(60))) {
                    throw new AssertionError("it does not stop applying");
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        void pause(boolean pausedNow) {
            paused = pausedNow;
        }

        @Nullable
        Throwable failure() {
            return failure;
        }

        private void applyAll() {
            try {
                while (!stopped) {
                    byte[] entry = await(next, this);
                    while (paused && !stopped) {
                        Thread.sleep(1);
                    }
                    if (entry != null) {
                        next += applyWaiting(next);
                    }
                }
            } catch (Throwable e) {
                failure = e;
            }
        }

        /// Applies what is there, up to an entry of an own writer.
        private long applyWaiting(long from) {
            List<GroupState.Entry> others = new ArrayList<>();
            CompletableFuture<AppendOutcome> mine = null;
            synchronized (FakeLog.this) {
                for (long i = from; i < entries.size() && mine == null && others.size() < batchMax; i++) {
                    mine = own.remove(i);
                    if (mine == null) {
                        others.add(new GroupState.Entry(new LogIndex(i), entry(i)));
                    }
                }
            }
            if (!others.isEmpty()) {
                state.apply(others);
                applied = from + others.size() - 1;
            }
            if (mine == null) {
                return others.size();
            }
            long index = from + others.size();
            state.claimed(new LogIndex(index), entry(index));
            applied = index;
            mine.complete(new AppendOutcome.Committed(new LogIndex(index)));
            return others.size() + 1;
        }

        /// How many entries are applied together if so many wait.
        void batchMax(int entries) {
            batchMax = entries;
        }

        @Override
        public AppendOutcome commit(DatabaseId database, List<byte[]> pieces) {
            List<CompletableFuture<AppendOutcome>> outcomes = new ArrayList<>();
            synchronized (FakeLog.this) {
                Fate fate = fates.isEmpty() ? Fate.COMMIT : fates.remove();
                if (down) {
                    return new AppendOutcome.Unknown("the log is down");
                }
                if (full) {
                    return DISK_FULL;
                }
                if (!leads || fate == Fate.REFUSE) {
                    return new AppendOutcome.Refused(AppendOutcome.Reason.NOT_LEADER, "refused by script");
                }
                if (fate == Fate.UNKNOWN_LOST) {
                    return new AppendOutcome.Unknown("lost by script");
                }
                if (fate == Fate.OVERTAKEN) {
                    pieces.forEach(FakeLog.this::append);
                }
                for (byte[] piece : pieces) {
                    long index = append(piece);
                    // The pieces before the last are applied like anybody's: only the last decides.
                    if (fate != Fate.UNKNOWN_ARRIVES && piece == pieces.getLast()) {
                        var outcome = new CompletableFuture<AppendOutcome>();
                        own.put(index, outcome);
                        outcomes.add(outcome);
                    }
                }
            }
            return outcomes.isEmpty()
                    ? new AppendOutcome.Unknown("not told by script")
                    : outcomes.getLast().join();
        }

        @Override
        public AppendOutcome submit(byte[] entry) {
            long index;
            synchronized (FakeLog.this) {
                if (down) {
                    return new AppendOutcome.Unknown("the log is down");
                }
                if (full) {
                    return DISK_FULL;
                }
                if (!leads) {
                    return new AppendOutcome.Refused(AppendOutcome.Reason.NOT_LEADER, "not the leader");
                }
                index = append(entry);
            }
            awaitApplied(index);
            return new AppendOutcome.Committed(new LogIndex(index));
        }

        public void awaitApplied(long index) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            while (applied < index) {
                if (failure != null || stopped || System.nanoTime() > deadline) {
                    throw new AssertionError("entry " + index + " is not applied, only " + applied, failure);
                }
                Thread.onSpinWait();
                Thread.yield();
            }
        }

        @Override
        public void replay(LogIndex after, LogIndex upTo, EntryVisitor visitor) {
            for (long index = after.value() + 1; index <= upTo.value(); index++) {
                if (index <= purgedTo) {
                    throw new DatabaseException(Code.LOG_DAMAGED, "entry " + index + " was purged");
                }
                visitor.entry(new LogIndex(index), entry(index));
            }
        }

        @Override
        public LogIndex applied() {
            return new LogIndex(applied);
        }

        @Override
        public long appliedBytes() {
            synchronized (FakeLog.this) {
                return entries.stream()
                        .limit(applied + 1)
                        .mapToLong(entry -> entry.length)
                        .sum();
            }
        }

        @Override
        public AppendOutcome.@Nullable Refused spillRefusal() {
            synchronized (FakeLog.this) {
                return scarce ? DISK_FULL : null;
            }
        }

        @Override
        public boolean isLeader() {
            return leads;
        }
    }
}
