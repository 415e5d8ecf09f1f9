package io.skerry.server.life;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// A few things at once, each on a platform thread of its own (opening databases blocks in native code),
/// and all of them done before the caller goes on.
public final class Parallel {

    /// What is done for number `i`.
    @FunctionalInterface
    public interface Step {
        void run(int i) throws Exception;
    }

    private Parallel() {}

    /// Runs the step for 0 to `count` - 1. Throws the first failure with the others suppressed onto it,
    /// after all have ended.
    public static void run(int count, Step step) throws Exception {
        List<Callable<@Nullable Void>> tasks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            tasks.add(() -> {
                step.run(number);
                return null;
            });
        }
        Exception first = null;
        try (ExecutorService threads = Executors.newFixedThreadPool(
                Math.max(1, count), Thread.ofPlatform().name("start-", 1).factory())) {
            for (Future<@Nullable Void> done : threads.invokeAll(tasks)) {
                try {
                    done.get();
                } catch (ExecutionException e) {
                    Exception failure = e.getCause() instanceof Exception cause ? cause : e;
                    if (first == null) {
                        first = failure;
                    } else {
                        first.addSuppressed(failure);
                    }
                }
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /// Closes all at once; those that are null never started.
    public static void closeAll(@Nullable AutoCloseable[] parts) throws Exception {
        run(parts.length, i -> {
            AutoCloseable part = parts[i];
            if (part != null) {
                part.close();
            }
        });
    }
}
