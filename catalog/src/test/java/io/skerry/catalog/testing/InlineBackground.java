package io.skerry.catalog.testing;

import io.skerry.catalog.fleet.Background;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;

/// Runs work at once, in the thread that asks for it; what is to be done later waits until it is told to.
public final class InlineBackground implements Background {

    private final Queue<Runnable> waiting = new ArrayDeque<>();

    @Override
    public void now(Runnable work) {
        work.run();
    }

    @Override
    public void later(Duration delay, Runnable work) {
        synchronized (waiting) {
            waiting.add(work);
        }
    }

    /// Time passes: runs what waits by now.
    ///
    /// @return how much that was
    public int runWaiting() {
        Queue<Runnable> due;
        synchronized (waiting) {
            due = new ArrayDeque<>(waiting);
            waiting.clear();
        }
        due.forEach(Runnable::run);
        return due.size();
    }

    @Override
    public void close() {
        synchronized (waiting) {
            waiting.clear();
        }
    }
}
