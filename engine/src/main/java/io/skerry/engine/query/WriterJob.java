package io.skerry.engine.query;

import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// Something that waits for its turn on the writer, and the thread that waits for it.
abstract sealed class WriterJob permits ProgramJob, TaskJob, WorkJob {

    private final Thread waiter = Thread.currentThread();
    private final @Nullable SqlSession session;
    private @Nullable Throwable failure;
    private volatile boolean done;

    WriterJob(@Nullable SqlSession session) {
        this.session = session;
    }

    /// Whose transaction it belongs to or may open; null for the engine's own work.
    @Nullable
    SqlSession session() {
        return session;
    }

    /// Does the work, alone on the writer. The connection may be left in a transaction only for a session.
    abstract void run(WriterContext context);

    /// The same work as part of a group; null if it cannot share a commit.
    @Nullable
    GroupMember member() {
        return null;
    }

    /// Whether, running alone, it needs no more than SQLite's own autocommit.
    boolean plain() {
        return false;
    }

    /// Notes the failure that [#end] will report; null if there is none after all.
    final void failing(@Nullable Throwable why) {
        failure = why;
    }

    /// The work is done.
    ///
    /// @param unforeseen a failure that the job did not note itself
    final void end(@Nullable Throwable unforeseen) {
        if (failure == null) {
            failure = unforeseen;
        }
        complete();
    }

    private void complete() {
        done = true;
        LockSupport.unpark(waiter);
    }

    final void fail(Throwable why) {
        failure = why;
        complete();
    }

    /// Waits on the thread that made the job. Not interruptible: the work may be under way, and what became of it
    /// is the answer.
    final void await() {
        var interrupted = false;
        while (!done) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        switch (failure) {
            case null -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            case Throwable e -> throw new IllegalStateException(e);
        }
    }
}
