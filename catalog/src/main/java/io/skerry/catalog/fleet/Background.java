package io.skerry.catalog.fleet;

import java.time.Duration;

/// Where work goes on after the call that asked for it was answered.
public interface Background extends AutoCloseable {

    /// Each piece of work on a virtual thread of its own; [#close] interrupts what runs or waits.
    static Background threads() {
        return new BackgroundThreads();
    }

    void now(Runnable work);

    void later(Duration delay, Runnable work);

    /// Nothing begins after this; does not wait for what runs.
    @Override
    void close();
}
