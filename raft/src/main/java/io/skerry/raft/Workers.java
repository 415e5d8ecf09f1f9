package io.skerry.raft;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/// The threads of one node beside those of Ratis. All of them call into SQLite or wait for disks and networks,
/// so they are platform threads; all of them end when idle, except the clock.
final class Workers implements AutoCloseable {

    private static final int CHECKPOINTS_MAX = 2;
    private static final int TRANSFERS_MAX = 4;
    private static final int EVENTS_MAX = 4;
    private static final int RESTARTS_MAX = 4;
    private static final int QUEUE_MAX = 10_000;

    /// Checkpoints of groups: long, and heavy on the disk.
    final ThreadPoolExecutor checkpoints;

    /// Snapshots that this node fetches.
    final ThreadPoolExecutor transfers;

    /// Changes of leadership, on their way to the databases: never on a thread that holds a lock of Ratis.
    final ThreadPoolExecutor events;

    /// Groups that are closed and opened again: each may take its time limit.
    final ThreadPoolExecutor restarts;

    /// Retries and looks at the disk.
    final ScheduledThreadPoolExecutor clock;

    Workers(NodeId node) {
        checkpoints = pool(node, "checkpoint", CHECKPOINTS_MAX);
        transfers = pool(node, "transfer", TRANSFERS_MAX);
        events = pool(node, "leadership", EVENTS_MAX);
        restarts = pool(node, "restart", RESTARTS_MAX);
        clock = new ScheduledThreadPoolExecutor(1, threads(node, "clock"));
        clock.setRemoveOnCancelPolicy(true);
    }

    private static ThreadPoolExecutor pool(NodeId node, String name, int threads) {
        var pool = new ThreadPoolExecutor(
                threads, threads, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE_MAX), threads(node, name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    private static ThreadFactory threads(NodeId node, String name) {
        return Thread.ofPlatform().daemon().name(node + "-" + name + "-", 0).factory();
    }

    @Override
    public void close() {
        clock.shutdownNow();
        restarts.shutdownNow();
        transfers.shutdownNow();
        checkpoints.shutdownNow();
        events.shutdown();
    }
}
