package io.skerry.raft;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.AppendOutcome.Unknown;
import io.skerry.engine.LogIndex;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/// One entry between its writer and the state machine. A single atomic stage decides who has the entry:
///
///     OFFERED --enter--> APPENDED --claim--> Committed    the writer has it (or it was applied here)
///        |                   |
///        abandon             abandon
///        v                   v
///     Refused             Unknown                         the state machine applies it, should it be there
///
/// Whoever moves the stage to an outcome has won; nobody moves it further.
final class PendingAppend {

    private static final Object OFFERED = new Object();
    private static final Object APPENDED = new Object();

    /// Whether the writer holds the entry's effect, so that a claim takes the place of applying it.
    final boolean writerHolds;

    /// The entry as its writer handed it over; nobody changes it any more.
    final byte[] entry;

    private final Thread writer = Thread.currentThread();
    private final AtomicReference<Object> stage = new AtomicReference<>(OFFERED);
    private volatile boolean settled;

    PendingAppend(byte[] entry, boolean writerHolds) {
        this.entry = entry;
        this.writerHolds = writerHolds;
    }

    /// Called in the log's own order just before the entry is appended.
    ///
    /// @return false if the entry was given up already: then it must not be appended
    boolean enter() {
        return stage.compareAndSet(OFFERED, APPENDED);
    }

    /// Called by the state machine with the entry in hand.
    ///
    /// @return false if the writer gave up: then the entry is to be applied like any other
    boolean claim(LogIndex index) {
        return stage.compareAndSet(APPENDED, new Committed(index));
    }

    /// Wakes the writer, after everything that has to happen before it goes on.
    void settle() {
        settled = true;
        LockSupport.unpark(writer);
    }

    /// Gives up: certainly refused if the entry was not appended, and now never will be; unknown if it was. Does
    /// nothing if there is an outcome already.
    void abandon(Reason reason, String message) {
        if (stage.compareAndSet(OFFERED, new Refused(reason, message))
                || stage.compareAndSet(APPENDED, new Unknown(message))) {
            settle();
        }
    }

    /// Waits for the outcome; the writer's own thread. The thread's interruption does not end the wait, it is
    /// handed on.
    AppendOutcome await(long deadlineNanos, String timeoutMessage) {
        boolean interrupted = false;
        while (!settled) {
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                abandon(Reason.OVERLOADED, timeoutMessage);
                break;
            }
            LockSupport.parkNanos(this, left);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return outcome();
    }

    private AppendOutcome outcome() {
        return switch (stage.get()) {
            case AppendOutcome outcome -> outcome;
            default -> throw new IllegalStateException("an append was settled without an outcome");
        };
    }
}
