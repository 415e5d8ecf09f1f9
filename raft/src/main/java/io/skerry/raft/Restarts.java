package io.skerry.raft;

import io.skerry.engine.GroupId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Groups whose log was closed, or shortened. Ratis never opens a closed log again, but a group can be taken from the
/// server and given back to it: tried again and again until it succeeds. Thread-safe.
final class Restarts {

    private static final Logger LOG = LoggerFactory.getLogger(Restarts.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final long EVERY_MS = 500;

    private final Server server;
    private final GroupLocks locks;
    private final Workers workers;
    private final Predicate<GroupId> isHere;
    private final BooleanSupplier hasSpace;
    private final BooleanSupplier closing;

    /// Whether it was asked for since the last start began. One that is asked for by what was just started must not
    /// end with the restart that is under way.
    private final Map<GroupId, Boolean> asked = new ConcurrentHashMap<>();

    /// What closes and opens groups; each step throws if it failed, or took too long.
    interface Server {
        /// Whether the group is being closed still, by a step that took too long.
        boolean isLeaving(GroupId group);

        /// Does nothing if the group is closed.
        void close(GroupId group, Deadline deadline);

        void open(GroupId group, Deadline deadline);
    }

    /// @param isHere whether the node has the group, open or to be opened; asked while its lock is held
    /// @param hasSpace whether a log can be opened on the disk as it is
    Restarts(
            Server server,
            GroupLocks locks,
            Workers workers,
            Predicate<GroupId> isHere,
            BooleanSupplier hasSpace,
            BooleanSupplier closing) {
        this.server = server;
        this.locks = locks;
        this.workers = workers;
        this.isHere = isHere;
        this.hasSpace = hasSpace;
        this.closing = closing;
    }

    /// Some time soon. Does not block; any thread, also one of Ratis that holds its locks.
    void ask(GroupId group) {
        if (!closing.getAsBoolean() && asked.put(group, true) == null) {
            later(group);
        }
    }

    /// Whether one was asked for, and has not succeeded.
    boolean has(GroupId group) {
        return asked.containsKey(group);
    }

    /// For whoever holds the group's lock: it is closed or deleted.
    void forget(GroupId group) {
        asked.remove(group);
    }

    private void later(GroupId group) {
        try {
            workers.clock.schedule(() -> due(group), EVERY_MS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            asked.remove(group); // the node is stopping
        }
    }

    /// On the clock, where nothing waits.
    private void due(GroupId group) {
        if (closing.getAsBoolean()) {
            return;
        }
        if (!hasSpace.getAsBoolean() || server.isLeaving(group)) {
            later(group);
            return;
        }
        try {
            workers.restarts.execute(() -> attempt(group));
        } catch (RejectedExecutionException e) {
            later(group);
        }
    }

    private void attempt(GroupId group) {
        if (!closing.getAsBoolean() && !locks.tryAlone(group, Deadline.in(Duration.ZERO), () -> startAgain(group))) {
            later(group);
        }
    }

    private void startAgain(GroupId group) {
        if (!asked.containsKey(group)) {
            return; // it was archived or deleted meanwhile
        }
        if (!isHere.test(group)) {
            asked.remove(group); // the same, and Ratis told of its log only after that
            return;
        }
        var deadline = Deadline.in(LIMIT);
        try {
            server.close(group, deadline);
            asked.put(group, false);
            server.open(group, deadline);
        } catch (RuntimeException e) {
            LOG.warn("group {} could not be started again; trying on", group, e);
            later(group);
            return;
        }
        LOG.info("group {} was started again", group);
        if (!asked.remove(group, false)) {
            later(group);
        }
    }
}
