package io.skerry.engine.query;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Calls on threads of their own; all have ended at the end.
final class Calls implements AutoCloseable {

    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    <T> Future<T> start(Callable<T> call) {
        return threads.submit(call);
    }

    @Override
    public void close() {
        threads.close();
    }
}
