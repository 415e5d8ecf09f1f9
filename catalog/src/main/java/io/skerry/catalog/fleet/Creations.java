package io.skerry.catalog.fleet;

import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/// Creations under way. Between its first step and its last a creation looks like the rest of a crash, so the
/// reconciler runs only while there is none.
final class Creations {

    private final KeyedLocks<String> names = new KeyedLocks<>();
    private final ReentrantReadWriteLock underWay = new ReentrantReadWriteLock();

    /// Runs a creation; another under the same name waits.
    <T> T create(String name, Supplier<T> work) {
        return names.with(name, () -> {
            underWay.readLock().lock();
            try {
                return work.get();
            } finally {
                underWay.readLock().unlock();
            }
        });
    }

    /// Runs `work` while nothing is created.
    void quietly(Runnable work) {
        underWay.writeLock().lock();
        try {
            work.run();
        } finally {
            underWay.writeLock().unlock();
        }
    }
}
