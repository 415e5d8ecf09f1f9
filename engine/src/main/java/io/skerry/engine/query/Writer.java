package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.storage.DatabaseFile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Everything that may change one database runs here, one job after the other in the order of their arrival.
///
/// A session that leaves a transaction open holds the writer: its jobs go first, all others wait; no thread does.
/// One that waits takes the writer from a transaction that is older than [QuerySettings#transactionTime].
///
/// Any thread may call the methods. One thread of the pool at a time is inside [#drain]; it alone touches the
/// connection.
final class Writer implements Watchdog.Watched {

    private static final Logger LOG = LoggerFactory.getLogger(Writer.class);
    /// After so many turns the thread goes to the end of the pool's queue: other databases wait there.
    private static final int TURNS_MAX = 64;

    private final DatabaseFile file;
    private final QuerySettings settings;
    private final Watchdog watchdog;
    private final LongReads longReads;
    private final Executor threads;
    private final Runnable onFenced;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopped = lock.newCondition();
    private final ArrayDeque<WriterJob> waiting = new ArrayDeque<>();
    private @Nullable WriterJob holderJob;
    private @Nullable SqlSession holder;
    private long heldSinceNanos;
    /// Why the holder's transaction is to be rolled back; a job of it that runs ends early.
    private volatile @Nullable DatabaseException eviction;
    /// A thread is inside `drain` or on its way there.
    private boolean scheduled;
    private boolean closed;
    private volatile @Nullable WriterContext context;

    /// @param onFenced told when the outcome of a commit is unknown and nothing may use the file any more
    Writer(
            DatabaseFile file,
            QuerySettings settings,
            Watchdog watchdog,
            Executor threads,
            LongReads longReads,
            Runnable onFenced) {
        this.file = file;
        this.settings = settings;
        this.watchdog = watchdog;
        this.threads = threads;
        this.longReads = longReads;
        this.onFenced = onFenced;
    }

    /// Runs the job when it is its turn, and returns when it is done.
    ///
    /// @throws DatabaseException what the job failed with; TRANSACTION_BUSY, UNAVAILABLE
    void run(WriterJob job) {
        lock.lock();
        try {
            requireOpen();
            var session = job.session();
            if (session != null) {
                session.requireOpen(); // under the lock: one that is closed later finds the job and cancels it
            }
            if (waiting.size() >= settings.waitingWrites()) {
                throw Failures.tooManyWriters();
            }
            waiting.addLast(job);
            watchHolder();
            schedule();
        } finally {
            lock.unlock();
        }
        job.await();
    }

    /// Runs the next job of the session that holds the writer.
    ///
    /// @return false if it does not hold it any more: it was evicted
    boolean runHeld(WriterJob job) {
        lock.lock();
        try {
            while (eviction != null && holder == job.session()) {
                stopped.awaitUninterruptibly();
            }
            if (holder == null || holder != job.session()) {
                return false;
            }
            holderJob = job;
            schedule();
        } finally {
            lock.unlock();
        }
        job.await();
        return true;
    }

    /// Runs the job before all that wait, when no transaction is open.
    void runFirst(WriterJob job) {
        lock.lock();
        try {
            requireOpen();
            waiting.addFirst(job);
            watchHolder();
            schedule();
        } finally {
            lock.unlock();
        }
        job.await();
    }

    /// Takes a job back that still waits.
    void cancel(WriterJob job, DatabaseException why) {
        lock.lock();
        try {
            if (!waiting.remove(job)) {
                return;
            }
        } finally {
            lock.unlock();
        }
        job.fail(why);
    }

    /// Rolls back the transaction that is open, if one is, and tells its session why at its next call. Returns when
    /// that is done.
    void evict(DatabaseException reason) {
        lock.lock();
        try {
            if (holder != null && eviction == null) {
                evictHolder(reason);
            }
            while (eviction != null) {
                stopped.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Rolls back the transaction of `session`, if it holds the writer. Returns when that is done.
    void rollBack(SqlSession session) {
        lock.lock();
        try {
            if (holder == session && eviction == null) {
                evictHolder(Failures.sessionClosed());
            }
            while (holder == session) {
                stopped.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /// Why the job that runs for the holder should end now; null if it may go on.
    @Nullable
    DatabaseException eviction() {
        return eviction;
    }

    @Override
    public void check(long nowNanos) {
        lock.lock();
        try {
            if (holder != null
                    && eviction == null
                    && !waiting.isEmpty()
                    && nowNanos - heldSinceNanos > settings.transactionTime().toNanos()) {
                evictHolder(Failures.transactionTimeout());
            }
        } finally {
            lock.unlock();
        }
    }

    /// Under the lock. A statement that runs in the transaction is interrupted by the watchdog, see
    /// [SqlSession#ended].
    private void evictHolder(DatabaseException reason) {
        eviction = reason;
        schedule();
    }

    /// Under the lock. The watchdog looks only while somebody waits for a holder.
    private void watchHolder() {
        if (holder != null && !waiting.isEmpty()) {
            watchdog.add(this);
        }
    }

    /// Under the lock.
    private void schedule() {
        if (!scheduled && hasWork()) {
            try {
                scheduled = true;
                threads.execute(this::drain);
            } catch (RejectedExecutionException e) {
                scheduled = false;
                throw Failures.closed(file.id());
            }
        }
    }

    private boolean hasWork() {
        return holder == null ? !waiting.isEmpty() : holderJob != null || eviction != null;
    }

    private void requireOpen() {
        if (closed) {
            throw Failures.closed(file.id());
        }
    }

    /// Jobs that wait for their turn.
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    /// True if nothing runs, waits or is open.
    boolean idle() {
        lock.lock();
        try {
            return !scheduled && holder == null && waiting.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void drain() {
        for (var turn = 0; ; turn++) {
            var job = nextJob(turn);
            if (job == null) {
                return;
            }
            try {
                take(job);
            } catch (Throwable e) {
                LOG.error("Database {}: the writer failed in a way that is not foreseen", file.id(), e);
                job.fail(e);
            }
        }
    }

    /// The next job, or null if this thread is to leave.
    private @Nullable WriterJob nextJob(int turn) {
        var between = turn > 0 && turn % TURNS_MAX == 0;
        while (true) {
            lock.lock();
            try {
                if (holder != null && eviction != null) {
                    rollBackHolder();
                }
                var job = between ? null : poll();
                if (job != null) {
                    return job;
                }
                if (holder != null || !tidies()) {
                    leave();
                    return null;
                }
            } finally {
                lock.unlock();
            }
            file.betweenTransactions();
            between = false;
        }
    }

    private @Nullable WriterJob poll() {
        if (holder == null) {
            return closed ? null : waiting.pollFirst();
        }
        var job = holderJob;
        holderJob = null;
        return job;
    }

    /// Whether there is something for the file to do when no transaction is open.
    private boolean tidies() {
        var open = context;
        return open != null && !open.fenced() && !closed && open.takeCommitted();
    }

    /// Under the lock: this thread leaves, another may come.
    private void leave() {
        scheduled = false;
        stopped.signalAll();
        schedule();
    }

    /// Under the lock, so that nobody can submit a job to a transaction that is gone.
    private void rollBackHolder() {
        var reason = eviction;
        var session = holder;
        if (reason == null || session == null) {
            return;
        }
        var open = context;
        if (open != null && !open.fenced()) {
            open.connection().rollback();
        }
        session.evicted(reason);
        var job = holderJob;
        holderJob = null;
        release();
        if (job != null) {
            job.fail(reason);
        }
    }

    private void release() {
        holder = null;
        eviction = null;
        watchdog.remove(this);
        stopped.signalAll();
    }

    private void take(WriterJob job) {
        if (job instanceof TaskJob task) {
            task.run();
            return;
        }
        WriterContext open;
        try {
            open = open();
        } catch (RuntimeException e) {
            job.fail(e);
            return;
        }
        var member = job.member();
        if (member == null || (job.plain() && !followed(member))) {
            runAlone(job, open);
        } else {
            runGroup(job, member, open);
        }
    }

    private WriterContext open() {
        var open = context;
        if (open != null && (holder != null || file.writable())) {
            return open;
        }
        if (open != null) {
            throw Failures.notLeader(file.id());
        }
        open = new WriterContext(file, new SqlConnection(file.openWriter(), settings, watchdog, longReads));
        context = open;
        return open;
    }

    private void runAlone(WriterJob job, WriterContext open) {
        Throwable failure = null;
        try {
            job.run(open);
        } catch (RuntimeException | Error e) {
            failure = e;
        }
        if (failure != null && !open.fenced()) {
            open.connection().rollback();
        }
        hold(job.session(), !open.fenced() && !open.connection().autocommit());
        fenceIfInDoubt(open);
        job.end(failure);
    }

    /// Notes whether the job that just ran left a transaction open.
    private void hold(@Nullable SqlSession session, boolean open) {
        lock.lock();
        try {
            if (!open) {
                if (holder != null) {
                    release();
                }
            } else if (holder == null) {
                holder = session;
                heldSinceNanos = System.nanoTime();
                watchHolder();
            }
        } finally {
            lock.unlock();
        }
        if (session != null) {
            session.holdsWriter(open);
        }
    }

    private void runGroup(WriterJob first, GroupMember member, WriterContext open) {
        var jobs = new ArrayList<WriterJob>();
        jobs.add(first);
        var start = System.nanoTime();
        Throwable failure = null;
        try {
            new CommitGroup(open).run(member, () -> nextMember(jobs, member.foreignKeys(), start));
        } catch (RuntimeException | Error e) {
            failure = e;
            if (!open.fenced()) {
                open.connection().rollback();
            }
        }
        fenceIfInDoubt(open);
        for (var job : jobs) {
            job.end(failure);
        }
    }

    /// Before anybody hears of it: who was told that the outcome is unknown must not read the old state here.
    private void fenceIfInDoubt(WriterContext open) {
        if (open.fenced()) {
            fence(open);
        }
    }

    private @Nullable GroupMember nextMember(List<WriterJob> jobs, boolean foreignKeys, long startNanos) {
        if (jobs.size() >= settings.groupedWrites()
                || System.nanoTime() - startNanos > settings.groupTime().toNanos()) {
            return null;
        }
        lock.lock();
        try {
            var next = follower(foreignKeys);
            if (next != null) {
                jobs.add(waiting.removeFirst());
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    private boolean followed(GroupMember member) {
        lock.lock();
        try {
            return follower(member.foreignKeys()) != null;
        } finally {
            lock.unlock();
        }
    }

    /// The member that waits first, if it can share a transaction with the present one.
    private @Nullable GroupMember follower(boolean foreignKeys) {
        var next = waiting.peekFirst();
        var member = next == null ? null : next.member();
        return member != null && member.foreignKeys() == foreignKeys ? member : null;
    }

    /// Nothing may be run on the file any more: whoever owns it closes and rebuilds it.
    private void fence(WriterContext open) {
        context = null;
        open.connection().close();
        onFenced.run();
    }

    /// Rolls back what is open, fails what waits, waits for what runs and closes the connection.
    void close() {
        for (var job : stopTaking()) {
            job.fail(Failures.closed(file.id()));
        }
        var interrupted = false;
        lock.lock();
        try {
            while (scheduled || holder != null) {
                if (holder != null && eviction == null) {
                    evictHolder(Failures.closed(file.id())); // also one that the last job leaves behind
                }
                interrupt();
                interrupted |= awaitStopped();
            }
        } finally {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        var open = context;
        if (open != null) {
            context = null;
            open.connection().close();
        }
    }

    /// @return the jobs that waited and will not run
    private List<WriterJob> stopTaking() {
        lock.lock();
        try {
            closed = true;
            var left = List.copyOf(waiting);
            waiting.clear();
            return left;
        } finally {
            lock.unlock();
        }
    }

    private void interrupt() {
        var open = context;
        if (open != null) {
            open.connection().interruption().interruptAny();
        }
    }

    /// @return whether somebody interrupted this thread, which is not to end its wait
    private boolean awaitStopped() {
        try {
            stopped.await(Watchdog.TICK_NANOS, TimeUnit.NANOSECONDS);
            return false;
        } catch (InterruptedException e) {
            return true;
        }
    }
}
