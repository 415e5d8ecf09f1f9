package io.skerry.raft;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/// Held while a group is closed to be opened again later, opened, or deleted. A group has its lock while somebody
/// holds it or waits for it, so there are no more of them than callers.
final class GroupLocks {

    /// @param users who hold the lock or wait for it; changed only by steps of the map's own for this group
    private record Shared(ReentrantLock lock, int users) {}

    private final Map<GroupId, Shared> locks = new ConcurrentHashMap<>();

    /// @throws DatabaseException UNAVAILABLE if somebody else has the lock until the deadline
    void alone(GroupId group, Deadline deadline, Runnable work) {
        if (!tryAlone(group, deadline, work)) {
            throw new DatabaseException(
                    Code.UNAVAILABLE, "group " + group + " is being opened, closed or deleted here: try again");
        }
    }

    /// @return false if somebody else has the lock until the deadline
    boolean tryAlone(GroupId group, Deadline deadline, Runnable work) {
        ReentrantLock lock = enter(group);
        try {
            if (!acquire(lock, deadline)) {
                return false;
            }
            try {
                work.run();
                return true;
            } finally {
                lock.unlock();
            }
        } finally {
            leave(group);
        }
    }

    private static boolean acquire(ReentrantLock lock, Deadline deadline) {
        try {
            return lock.tryLock(deadline.leftNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private ReentrantLock enter(GroupId group) {
        return locks.merge(
                        group,
                        new Shared(new ReentrantLock(), 1),
                        (known, fresh) -> new Shared(known.lock(), known.users() + 1))
                .lock();
    }

    private void leave(GroupId group) {
        locks.computeIfPresent(
                group, (id, known) -> known.users() == 1 ? null : new Shared(known.lock(), known.users() - 1));
    }
}
