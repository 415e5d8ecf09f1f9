package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Lets other threads end the statement that runs on a connection, and never the next one: a thread that wants to
/// interrupt first claims the very run it saw, and the runner does not go on before that thread is done.
///
/// A statement is not told that its owner has ended: the watchdog asks the owner. So it does not matter whether the
/// owner ended while the statement ran or just before it began.
///
/// One thread at a time runs statements (`begin`, `end`); any thread may interrupt.
final class Interruption implements Watchdog.Watched {

    /// For whom a statement runs.
    interface Owner {
        /// Whether nothing is to run for it any more. Asked by the watchdog: must neither block nor throw.
        boolean ended();

        /// What the client is told of a statement that was ended for that.
        ///
        /// @param interrupted what SQLite says of it
        default DatabaseException why(DatabaseException interrupted) {
            return interrupted;
        }
    }

    enum Cause {
        NONE,
        /// The statement ran too long.
        TIMEOUT,
        /// It has kept a carrier of virtual threads for long enough.
        MOVED,
        /// The node is stopping.
        STOPPING,
        /// Its owner has ended.
        OWNER,
        /// The file that it reads is being closed.
        CLOSING
    }

    /// After so long, a statement on a virtual thread is ended there.
    static final long CARRIER_NANOS = Watchdog.TICK_NANOS;

    private static final long UNTIMED_NANOS = 24 * 3_600_000_000_000L;

    private static final long IDLE = 0;
    private static final long RUNNING = 1;
    /// Another thread is about to call, or is calling, `interrupt`.
    private static final long CALLING = 2;
    private static final long CALLED = 3;
    private static final long PHASE = 3;

    /// Number of the run, shifted by two, and its phase.
    private final AtomicLong state = new AtomicLong();
    private final Runnable interrupt;
    private final long limitNanos;
    private final Runnable begun;

    private volatile @Nullable Owner owner;
    private volatile long startNanos;
    private volatile boolean movable;
    private volatile Cause cause = Cause.NONE;

    /// @param limitNanos how long a statement may run
    /// @param begun told that there is something to [#check], whenever a statement begins
    Interruption(Runnable interrupt, long limitNanos, Runnable begun) {
        this.interrupt = interrupt;
        this.limitNanos = limitNanos;
        this.begun = begun;
    }

    /// The runner begins a statement for `who`.
    ///
    /// @param canMove whether it runs on a virtual thread and can begin again on another
    void begin(@Nullable Owner who, long nowNanos, boolean canMove) {
        owner = who;
        movable = canMove;
        startNanos = nowNanos;
        cause = Cause.NONE;
        state.set(((state.getPlain() & ~PHASE) + PHASE + 1) | RUNNING);
        begun.run();
    }

    /// The runner begins work of the platform, which knows itself how much it does; only a closing database ends it.
    void beginUntimed() {
        begin(null, System.nanoTime() + UNTIMED_NANOS, false);
    }

    /// The runner's statement has ended; returns why it was interrupted, if it was.
    Cause end() {
        var run = state.getPlain() & ~PHASE;
        while (!state.compareAndSet(run | RUNNING, run | IDLE) && !state.compareAndSet(run | CALLED, run | IDLE)) {
            Thread.onSpinWait(); // another thread is inside `interrupt`, which does not block
        }
        return cause;
    }

    boolean running() {
        return (state.get() & PHASE) != IDLE;
    }

    /// Ends whatever statement runs now, because the file that it reads is being closed.
    void close() {
        interrupt(state.get(), Cause.CLOSING);
    }

    /// Repeats an interrupt until the statement has ended: SQLite forgets one that comes before its first step.
    @Override
    public boolean check(long nowNanos) {
        var seen = state.get();
        if ((seen & PHASE) == CALLED) {
            interrupt(seen, cause);
        } else if ((seen & PHASE) == RUNNING) {
            var who = owner;
            if (who != null && who.ended()) {
                interrupt(seen, Cause.OWNER);
            } else if (nowNanos - startNanos > limitNanos) {
                interrupt(seen, Cause.TIMEOUT);
            } else if (movable && nowNanos - startNanos > CARRIER_NANOS) {
                interrupt(seen, Cause.MOVED);
            }
        }
        return (seen & PHASE) != IDLE;
    }

    /// Work of the platform, which has no owner, is left to end by itself.
    @Override
    public void stop() {
        var seen = state.get();
        if (owner != null) {
            interrupt(seen, Cause.STOPPING);
        }
    }

    private void interrupt(long seen, Cause why) {
        var run = seen & ~PHASE;
        if ((seen & PHASE) != RUNNING && (seen & PHASE) != CALLED) {
            return;
        }
        if (state.compareAndSet(seen, run | CALLING)) {
            cause = why;
            interrupt.run();
            state.set(run | CALLED);
        }
    }
}
