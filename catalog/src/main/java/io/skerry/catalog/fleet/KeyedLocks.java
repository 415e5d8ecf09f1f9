package io.skerry.catalog.fleet;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// A lock for each key, kept only while somebody holds or awaits it.
final class KeyedLocks<K> {

    private final ConcurrentHashMap<K, Counted> locks = new ConcurrentHashMap<>();

    <T> T with(K key, Supplier<T> work) {
        Counted counted = locks.compute(key, (same, present) -> (present == null ? new Counted(0) : present).plus(1));
        counted.lock.lock();
        try {
            return work.get();
        } finally {
            counted.lock.unlock();
            locks.compute(key, (same, present) -> present == null || present.users == 1 ? null : present.plus(-1));
        }
    }

    /// Changed only inside `compute`, which runs alone for its key.
    private static final class Counted {
        private final ReentrantLock lock = new ReentrantLock();
        private int users;

        Counted(int users) {
            this.users = users;
        }

        Counted plus(int more) {
            users += more;
            return this;
        }
    }
}
