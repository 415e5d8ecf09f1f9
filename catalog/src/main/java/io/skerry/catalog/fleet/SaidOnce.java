package io.skerry.catalog.fleet;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/// What goes wrong in something that is tried again and again: said when a try meets it, and not again as long as
/// every try after it meets the same. One try at a time, any thread says. Thread-safe.
final class SaidOnce {

    private final Consumer<String> log;
    private final ReentrantLock lock = new ReentrantLock();
    private Set<String> before = Set.of();
    private Set<String> now = new HashSet<>();

    SaidOnce(Consumer<String> log) {
        this.log = log;
    }

    void say(String line) {
        boolean isNew;
        lock.lock();
        try {
            isNew = now.add(line) && !before.contains(line);
        } finally {
            lock.unlock();
        }
        if (isNew) {
            log.accept(line);
        }
    }

    /// A try has ended.
    ///
    /// @return whether it met nothing, and the one before did
    boolean next() {
        lock.lock();
        try {
            boolean over = now.isEmpty() && !before.isEmpty();
            before = now;
            now = new HashSet<>();
            return over;
        } finally {
            lock.unlock();
        }
    }
}
