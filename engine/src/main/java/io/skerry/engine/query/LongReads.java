package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Where reads run that are not short. All virtual threads of the process share a few carriers, and SQLite
/// keeps the one it was called on: a handful of long reads would stop everything else. So a read that has
/// kept a carrier for a tick of the watchdog is ended there and begun again here, on a platform thread,
/// while its virtual thread waits without one.
///
/// Thread-safe.
final class LongReads implements AutoCloseable {

    private final PlatformThreads threads;
    private final Semaphore free;
    private final int limit;
    private final Duration wait;

    /// @param limit so many run at once
    /// @param wait how long one more waits for its turn
    LongReads(int limit, Duration wait) {
        threads = new PlatformThreads("skerry-read-", limit);
        free = new Semaphore(limit, true);
        this.limit = limit;
        this.wait = wait;
    }

    /// Runs `read` on a platform thread and returns what it returns, or throws what it throws. Once it
    /// runs, an interrupt of the calling thread does not end the wait: the connection it uses is the
    /// caller's.
    ///
    /// @throws DatabaseException OVERLOADED if there is no room in time; UNAVAILABLE
    <T> T run(Supplier<T> read) {
        enter();
        try {
            var task = new FutureTask<T>(read::get);
            threads.execute(task);
            return await(task);
        } catch (RejectedExecutionException e) {
            throw Failures.stopping();
        } finally {
            free.release();
        }
    }

    private void enter() {
        try {
            if (!free.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new DatabaseException(
                        Code.OVERLOADED, "this node runs " + limit + " long reads already; try again");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseException(Code.UNAVAILABLE, "interrupted while waiting to run a long read", e);
        }
    }

    private static <T> T await(FutureTask<T> task) {
        var interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                } catch (ExecutionException e) {
                    throw thrown(e);
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static RuntimeException thrown(ExecutionException e) {
        return switch (e.getCause()) {
            case RuntimeException failure -> failure;
            case Error error -> throw error;
            case null, default -> new IllegalStateException(e);
        };
    }

    /// Ends the threads once what was accepted is done.
    @Override
    public void close() {
        threads.close();
    }
}
