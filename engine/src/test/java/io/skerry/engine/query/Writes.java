package io.skerry.engine.query;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/// Makes writes wait for each other: the first commit stops in the log until [#release].
final class Writes implements AutoCloseable {

    private final Node node;
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Future<?>> futures = new ArrayList<>();

    /// @param then what the log says to the commits after the first
    Writes(Node node, Supplier<AppendOutcome> then) throws InterruptedException {
        this.node = node;
        node.file.log = () -> {
            node.file.log = then;
            reached.countDown();
            Await.latch(released);
            return LocalFile.ACCEPT.get();
        };
        start(() -> Node.run(node.session(), "PRAGMA user_version=99"));
        Await.latch(reached);
    }

    static void until(BooleanSupplier condition) {
        Await.until("what the test waits for", condition);
    }

    <T> Future<T> start(Callable<T> work) {
        var future = threads.submit(work);
        futures.add(future);
        return future;
    }

    /// Starts the work and returns once it waits for the writer.
    <T> Future<T> queue(Callable<T> work) {
        var before = node.database.writes().waiting();
        var future = start(work);
        until(() -> node.database.writes().waiting() == before + 1 || future.isDone());
        return future;
    }

    Future<Results> queue(String sql) {
        return queue(() -> Node.run(node.session(), sql));
    }

    Future<Results> queue(Program program) {
        return queue(() -> {
            var results = new Results();
            node.session().run(program, results);
            return results;
        });
    }

    void release() {
        released.countDown();
    }

    @Override
    public void close() {
        release();
        threads.close();
    }
}
