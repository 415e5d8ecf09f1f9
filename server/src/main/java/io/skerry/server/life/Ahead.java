package io.skerry.server.life;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/// Work that is begun before its result is needed, on a thread of its own: a start waits for the processor most of the
/// time, and a second one is idle.
///
/// Thread-safe. The thread does not keep the process from ending.
public final class Ahead<T extends @Nullable Object> implements AutoCloseable {

    private final FutureTask<T> task;

    private Ahead(FutureTask<T> task) {
        this.task = task;
    }

    /// @param name of the thread
    public static <T extends @Nullable Object> Ahead<T> begin(String name, Callable<T> work) {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().daemon().name(name).start(task);
        return new Ahead<>(task);
    }

    /// Waits until the work is done.
    ///
    /// @throws Exception what it failed with; an error as well
    public T await() throws Exception {
        try {
            return task.get();
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case Exception failure -> throw failure;
                case Error error -> throw error;
                case null, default -> throw e;
            }
        }
    }

    /// Waits until the work has ended, whatever came of it: what it uses may be given up then. An interrupt does not
    /// end the wait.
    @Override
    public void close() {
        boolean interrupted = false;
        while (!task.isDone()) {
            try {
                task.get();
            } catch (ExecutionException e) {
                // Whoever wanted the result was told.
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
