package io.skerry.raft;

import io.skerry.engine.GroupId;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;

/// Held while a group is closed to be opened again later, opened, or deleted. A lock is for many groups, so there are
/// no more of them however many groups come and go.
final class GroupLocks {

    private static final int LOCKS = 16;

    private final List<ReentrantLock> locks =
            Stream.generate(ReentrantLock::new).limit(LOCKS).toList();

    void alone(GroupId group, Runnable work) {
        ReentrantLock lock = of(group);
        lock.lock();
        try {
            work.run();
        } finally {
            lock.unlock();
        }
    }

    /// @return false if somebody else has the lock
    boolean tryAlone(GroupId group, Runnable work) {
        ReentrantLock lock = of(group);
        if (!lock.tryLock()) {
            return false;
        }
        try {
            work.run();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private ReentrantLock of(GroupId group) {
        return locks.get(Math.floorMod(group.hashCode(), LOCKS));
    }
}
