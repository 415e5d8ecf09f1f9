package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.storage.DatabaseFile;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Who waits for the [Writer] of one database, and who holds it: its jobs run one after the other in the order of
/// their arrival.
///
/// A session that leaves a transaction open holds the writer: its jobs go first, all others wait; no thread does.
/// One that waits takes the writer from a transaction that is older than [QuerySettings#transactionTime]; one
/// that is older than [QuerySettings#transactionAge] loses it anyway.
///
/// Thread-safe. `lock` is held for moments: no statement runs under it. While an eviction is under way nobody can
/// submit a job to the transaction that goes, see [#runHeld].
final class WriterQueue implements Watchdog.Watched {

    /// What the writer's thread has to do next.
    sealed interface Turn {}

    record Run(WriterJob job) implements Turn {}

    /// The holder's transaction is to be rolled back; [#evicted] says that it is.
    record Evict() implements Turn {}

    private final DatabaseFile file;
    private final QuerySettings settings;
    private final Watchdog watchdog;
    private final Executor threads;
    private final Runnable drain;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition stopped = lock.newCondition();
    private final ArrayDeque<WriterJob> waiting = new ArrayDeque<>();
    private @Nullable WriterJob holderJob;
    private @Nullable SqlSession holder;
    private long heldSinceNanos;
    /// Whether a transaction is open: of the holder, or of the job that runs now.
    private boolean transactionOpen;
    private long openSinceNanos;
    /// Whose job runs now; it may be about to become the holder.
    private @Nullable SqlSession running;
    /// Why the transaction of the holder, or of the job that runs now, is to be rolled back; such a job
    /// ends early.
    private volatile @Nullable DatabaseException eviction;
    /// A thread is inside `drain` or on its way there.
    private boolean scheduled;
    private boolean closed;

    /// @param drain takes turns until there are none, and [#leave]s; one thread at a time is in it
    WriterQueue(DatabaseFile file, QuerySettings settings, Watchdog watchdog, Executor threads, Runnable drain) {
        this.file = file;
        this.settings = settings;
        this.watchdog = watchdog;
        this.threads = threads;
        this.drain = drain;
    }

    // ---- those who have work for the writer

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

    private void requireOpen() {
        if (closed) {
            throw Failures.closed(file);
        }
    }

    // ---- taking the writer away

    /// Rolls back the transaction that is open, or that a job has just begun, and tells its session
    /// why. Returns when that is done.
    void evict(DatabaseException reason) {
        lock.lock();
        try {
            if (eviction == null && (holder != null || running != null)) {
                evictHolder(reason);
            }
            while (eviction != null) {
                stopped.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    /// As [#evict], if it is the transaction of `session`, or its job that runs now.
    void evict(SqlSession session, DatabaseException reason) {
        lock.lock();
        try {
            if (eviction == null && (holder == session || running == session)) {
                evictHolder(reason);
            }
            while (eviction != null && (holder == session || running == session)) {
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

    /// Why the session's job that runs now should end; null if it may go on.
    @Nullable
    DatabaseException eviction() {
        return eviction;
    }

    @Override
    public boolean check(long nowNanos) {
        lock.lock();
        try {
            if (transactionOpen && eviction == null && isTooOld(nowNanos)) {
                evictHolder(Failures.transactionTimeout());
            }
            return transactionOpen;
        } finally {
            lock.unlock();
        }
    }

    private boolean isTooOld(long nowNanos) {
        var awaited = holder != null && !waiting.isEmpty();
        return (awaited
                        && nowNanos - heldSinceNanos
                                > settings.transactionTime().toNanos())
                || isTooOld(openSinceNanos, nowNanos);
    }

    /// Whether a transaction has come to its end that was begun at that time.
    boolean isTooOld(long sinceNanos, long nowNanos) {
        return nowNanos - sinceNanos > settings.transactionAge().toNanos();
    }

    /// Under the lock. A statement that runs in the transaction is interrupted by the watchdog, see
    /// [ProgramJob#ended].
    private void evictHolder(DatabaseException reason) {
        eviction = reason;
        schedule();
    }

    // ---- what there is to do

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
        return is(() -> !scheduled && holder == null && waiting.isEmpty());
    }

    /// Whether a session has a transaction open.
    boolean held() {
        return is(() -> holder != null);
    }

    /// Whether no transaction is open, and more may come.
    boolean between() {
        return is(() -> holder == null && !closed);
    }

    private boolean is(BooleanSupplier so) {
        lock.lock();
        try {
            return so.getAsBoolean();
        } finally {
            lock.unlock();
        }
    }

    /// Under the lock.
    private void schedule() {
        if (!scheduled && hasWork()) {
            try {
                scheduled = true;
                threads.execute(drain);
            } catch (RejectedExecutionException e) {
                scheduled = false;
                abandon();
                throw Failures.closed(file);
            }
        }
    }

    /// Under the lock: there will be no thread any more. What is open is rolled back as the connection closes.
    private void abandon() {
        closed = true;
        waiting.forEach(job -> job.fail(Failures.closed(file)));
        waiting.clear();
        if (holderJob != null) {
            holderJob.fail(Failures.closed(file));
            holderJob = null;
        }
        release();
    }

    private boolean hasWork() {
        return holder == null ? !waiting.isEmpty() : holderJob != null || eviction != null;
    }

    // ---- the writer's thread

    /// Null if there is nothing to do at the moment.
    @Nullable
    Turn next() {
        lock.lock();
        try {
            ran();
            if (holder != null && eviction != null) {
                return new Evict();
            }
            var job = poll();
            if (job == null) {
                return null;
            }
            running = job.session();
            return new Run(job);
        } finally {
            lock.unlock();
        }
    }

    /// Under the lock: nothing runs. A job that was to be evicted and left nothing open needs no
    /// eviction.
    private void ran() {
        running = null;
        if (holder == null && (transactionOpen || eviction != null)) {
            release();
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

    /// The thread leaves; another one comes if there is work.
    void leave() {
        lock.lock();
        try {
            ran();
            scheduled = false;
            stopped.signalAll();
            schedule();
        } finally {
            lock.unlock();
        }
    }

    /// The holder's transaction is gone: tells its session, and the job that it submitted before.
    void evicted() {
        WriterJob job;
        DatabaseException reason;
        lock.lock();
        try {
            reason = eviction;
            if (reason == null || holder == null) {
                return;
            }
            holder.evicted(reason);
            job = holderJob;
            holderJob = null;
            release();
        } finally {
            lock.unlock();
        }
        if (job != null) {
            job.fail(reason);
        }
    }

    /// Notes whether the job that runs has a transaction open; it may have many steps.
    void opened(boolean open) {
        lock.lock();
        try {
            if (open && !transactionOpen) {
                openSinceNanos = System.nanoTime();
                watchdog.add(this);
            } else if (!open) {
                watchdog.remove(this);
                if (eviction != null && eviction.code() == Code.TRANSACTION_TIMEOUT) {
                    eviction = null; // it was committed before it was found to be too old
                    stopped.signalAll();
                }
            }
            transactionOpen = open;
        } finally {
            lock.unlock();
        }
    }

    /// Notes whether the job that just ran left a transaction open.
    void hold(@Nullable SqlSession session, boolean open) {
        lock.lock();
        try {
            if (!open) {
                if (holder != null) {
                    release();
                }
            } else if (holder == null) {
                holder = session;
                heldSinceNanos = System.nanoTime();
                opened(true);
            }
        } finally {
            lock.unlock();
        }
        if (session != null) {
            session.holdsWriter(open);
        }
    }

    private void release() {
        holder = null;
        transactionOpen = false;
        eviction = null;
        watchdog.remove(this);
        stopped.signalAll();
    }

    /// Whether the job that waits first can share a transaction with one of this setting.
    boolean followed(boolean foreignKeys) {
        return is(() -> follows(foreignKeys));
    }

    /// Takes the job that waits first, if it can share a transaction with one of this setting.
    @Nullable
    WriterJob nextMember(boolean foreignKeys) {
        lock.lock();
        try {
            return follows(foreignKeys) ? waiting.removeFirst() : null;
        } finally {
            lock.unlock();
        }
    }

    private boolean follows(boolean foreignKeys) {
        var next = waiting.peekFirst();
        var member = next == null ? null : next.member();
        return member != null && member.foreignKeys() == foreignKeys;
    }

    // ---- the end

    /// Fails what waits, evicts who holds the writer and returns when its thread has left.
    ///
    /// @param interrupt ends the statement that runs, if one does; called until nothing runs any more
    void close(Runnable interrupt) {
        for (var job : stopTaking()) {
            job.fail(Failures.closed(file));
        }
        var interrupted = false;
        lock.lock();
        try {
            while (scheduled || holder != null) {
                if (holder != null && eviction == null) {
                    evictHolder(Failures.closed(file)); // also one that the last job leaves behind
                }
                interrupt.run();
                interrupted |= awaitStopped();
            }
        } finally {
            lock.unlock();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
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
