package io.skerry.catalog.fleet;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Creations under way. Between its first step and its last a creation looks like the rest of a crash: whoever
/// looks for such waits until what he saw has become one or the other.
final class Creations {

    private final KeyedLocks<String> names = new KeyedLocks<>();
    private final Set<CountDownLatch> underWay = ConcurrentHashMap.newKeySet();

    /// Runs a creation; another under the same name waits.
    <T> T create(String name, Supplier<T> work) {
        return names.with(name, () -> {
            CountDownLatch end = new CountDownLatch(1);
            underWay.add(end);
            try {
                return work.get();
            } finally {
                underWay.remove(end);
                end.countDown();
            }
        });
    }

    /// Waits for the end of all creations that have begun by now; those that begin meanwhile are not held up.
    ///
    /// @return false if `limit` passed first
    boolean awaitBegun(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            for (CountDownLatch begun : underWay) {
                if (!begun.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return false;
                }
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
