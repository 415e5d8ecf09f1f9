package io.skerry.raft;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Groups that are being taken from this node's Ratis server, each on a thread of its own: Ratis waits on the thread
/// that asks, without a limit, for what runs of the group. One that hangs is the trouble of this group alone.
/// Thread-safe.
final class Removals {

    /// So many hang or run at once; one more is refused.
    static final int MAX = 64;

    private static final Logger LOG = LoggerFactory.getLogger(Removals.class);

    private final NodeId self;
    private final Map<GroupId, Thread> running = new ConcurrentHashMap<>();
    private final Semaphore free = new Semaphore(MAX);

    Removals(NodeId self) {
        this.self = self;
    }

    /// What a removal does; may take as long as it takes.
    @FunctionalInterface
    interface Removal {
        void run() throws Exception;
    }

    /// Whether a removal of the group has begun and not ended.
    boolean has(GroupId group) {
        return running.containsKey(group);
    }

    /// Runs `removal`, and waits until it has ended.
    ///
    /// @throws TimeoutException if that does not happen until the deadline: it goes on
    /// @throws ExecutionException with what it threw
    /// @throws DatabaseException if it was not begun: UNAVAILABLE if another one of the group runs,
    ///     OVERLOADED if too many do
    void run(GroupId group, Removal removal, Deadline deadline)
            throws InterruptedException, ExecutionException, TimeoutException {
        Duration limit = deadline.left();
        var task = new FutureTask<Void>(() -> {
            try {
                removal.run();
            } catch (DatabaseException e) {
                // It says in words what is to be known; where a group ended because its node does, that is all.
                LOG.warn("group {} was not closed on node {} as it should be: {}", group, self, e.getMessage());
                throw e;
            } catch (Exception | Error e) {
                LOG.warn("group {} was not closed on node {} as it should be", group, self, e);
                throw e; // nobody may wait for it any more
            } finally {
                ended(group); // before the task has ended: its waiter may order what comes next
            }
            return null;
        });
        Thread thread =
                Thread.ofPlatform().daemon().name(self + "-remove-" + group).unstarted(task);
        begin(group, thread);
        try {
            task.get(deadline.leftNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOG.error(
                    "group {} is not closed on node {} within {}; what it waits for:{}",
                    group,
                    self,
                    limit,
                    at(thread));
            throw e;
        }
    }

    private void begin(GroupId group, Thread thread) {
        if (running.putIfAbsent(group, thread) != null) {
            throw beingClosed(group);
        }
        if (!free.tryAcquire()) {
            running.remove(group);
            throw new DatabaseException(
                    Code.OVERLOADED, "node " + self + " is closing " + MAX + " groups already: try again");
        }
        boolean started = false;
        try {
            thread.start();
            started = true;
        } finally {
            if (!started) {
                ended(group); // there is no thread to be had
            }
        }
    }

    private void ended(GroupId group) {
        free.release();
        running.remove(group);
    }

    /// Where a thread is, for whoever has to find out what it waits for.
    private static String at(Thread thread) {
        var lines = new StringBuilder();
        for (StackTraceElement frame : thread.getStackTrace()) {
            lines.append(System.lineSeparator()).append("    at ").append(frame);
        }
        return lines.toString();
    }

    /// @throws DatabaseException UNAVAILABLE if a removal of the group has begun and not ended
    void refuse(GroupId group) {
        if (has(group)) {
            throw beingClosed(group);
        }
    }

    private static DatabaseException beingClosed(GroupId group) {
        return new DatabaseException(Code.UNAVAILABLE, "group " + group + " is being closed here: try again");
    }
}
