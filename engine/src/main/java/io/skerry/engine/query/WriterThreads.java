package io.skerry.engine.query;

import java.util.concurrent.Executor;

/// The platform threads that run writers: a commit blocks in native code until the log has it, which would pin a
/// virtual thread's carrier. Grows as needed up to its limit; tasks beyond it wait. Shared by all databases of a
/// node.
public final class WriterThreads implements Executor, AutoCloseable {

    /// @param threads at most so many
    public WriterThreads(int threads) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void execute(Runnable task) {
        throw new UnsupportedOperationException();
    }

    /// Ends the threads once what was accepted is done.
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
