package io.skerry.raft;

import io.skerry.raft.rpc.PacedGrpc;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.RaftConfigKeys;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerConfigKeys.Log;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;

/// Every setting of the log, ours and those of Ratis, with its reason.
///
/// @param timeouts the clocks of elections and heartbeats
/// @param checkpointLogBytes after this many bytes of entries the databases are checkpointed and the log before
///     is deleted: bounds the log's size on disk and the replay after a restart
/// @param entriesInFlightMax appends that wait for their outcome at one time, per group
/// @param bytesInFlightMax their bytes
/// @param transactionBytesMax bytes of the transactions of several entries that are appended at one time, on a node:
///     every member holds a transaction until its last entry is there
/// @param queueLimit how long an append may wait for a place among them before it is refused
/// @param appendLimit how long a writer waits for the outcome before it is told "unknown"
/// @param diskReserveBytes appends are refused while less than this is free on the log's disk, so that the log
///     itself never meets a full disk: that would close it
/// @param purgeHoldLogBytes entries kept at most for members that are fetching a snapshot
/// @param snapshotBytesPerSecond how fast a snapshot is sent at most, so that writers keep their latency
public record RaftSettings(
        Timeouts timeouts,
        long checkpointLogBytes,
        int entriesInFlightMax,
        long bytesInFlightMax,
        long transactionBytesMax,
        Duration queueLimit,
        Duration appendLimit,
        long diskReserveBytes,
        long purgeHoldLogBytes,
        long snapshotBytesPerSecond) {

    /// The largest entry. A transaction that needs more is cut into pieces by its writer.
    public static final int ENTRY_BYTES_MAX = 1 << 20;

    /// Room for what Ratis adds to an entry: term, index, client and call id.
    private static final int ENTRY_OVERHEAD = 4096;

    private static final int SEGMENT_BYTES = 16 << 20;
    private static final int PREALLOCATED_BYTES = 1 << 20;

    public static RaftSettings defaults() {
        return new RaftSettings(
                Timeouts.singleVoter(),
                64L << 20,
                1024,
                24L << 20,
                64L << 20,
                Duration.ofSeconds(2),
                Duration.ofSeconds(10),
                4L * SEGMENT_BYTES,
                512L << 20,
                100L << 20);
    }

    public RaftSettings withTimeouts(Timeouts other) {
        return new RaftSettings(
                other,
                checkpointLogBytes,
                entriesInFlightMax,
                bytesInFlightMax,
                transactionBytesMax,
                queueLimit,
                appendLimit,
                diskReserveBytes,
                purgeHoldLogBytes,
                snapshotBytesPerSecond);
    }

    public RaftSettings withSnapshotBytesPerSecond(long other) {
        return new RaftSettings(
                timeouts,
                checkpointLogBytes,
                entriesInFlightMax,
                bytesInFlightMax,
                transactionBytesMax,
                queueLimit,
                appendLimit,
                diskReserveBytes,
                purgeHoldLogBytes,
                other);
    }

    public RaftSettings withCheckpointLogBytes(long bytes) {
        return new RaftSettings(
                timeouts,
                bytes,
                entriesInFlightMax,
                bytesInFlightMax,
                transactionBytesMax,
                queueLimit,
                appendLimit,
                diskReserveBytes,
                purgeHoldLogBytes,
                snapshotBytesPerSecond);
    }

    public RaftSettings withDiskReserveBytes(long bytes) {
        return new RaftSettings(
                timeouts,
                checkpointLogBytes,
                entriesInFlightMax,
                bytesInFlightMax,
                transactionBytesMax,
                queueLimit,
                appendLimit,
                bytes,
                purgeHoldLogBytes,
                snapshotBytesPerSecond);
    }

    public RaftSettings withTransactionBytesMax(long bytes) {
        return new RaftSettings(
                timeouts,
                checkpointLogBytes,
                entriesInFlightMax,
                bytesInFlightMax,
                bytes,
                queueLimit,
                appendLimit,
                diskReserveBytes,
                purgeHoldLogBytes,
                snapshotBytesPerSecond);
    }

    public RaftSettings withPurgeHoldLogBytes(long bytes) {
        return new RaftSettings(
                timeouts,
                checkpointLogBytes,
                entriesInFlightMax,
                bytesInFlightMax,
                transactionBytesMax,
                queueLimit,
                appendLimit,
                diskReserveBytes,
                bytes,
                snapshotBytesPerSecond);
    }

    public RaftSettings withAppendLimit(Duration limit) {
        return new RaftSettings(
                timeouts,
                checkpointLogBytes,
                entriesInFlightMax,
                bytesInFlightMax,
                transactionBytesMax,
                queueLimit,
                limit,
                diskReserveBytes,
                purgeHoldLogBytes,
                snapshotBytesPerSecond);
    }

    /// The settings of one node's server.
    RaftProperties server(Path storage, String host, int port) {
        var properties = new RaftProperties();
        RaftConfigKeys.Rpc.setType(properties, new PacedGrpc());
        RaftServerConfigKeys.setStorageDir(properties, List.of(storage.toFile()));
        // A limit here keeps the whole server from starting on a full disk; we have our own, per append.
        RaftServerConfigKeys.setStorageFreeSpaceMin(properties, SizeInBytes.valueOf(0));
        // After a process was frozen longer than this Ratis closes itself for good. Being frozen is no fault.
        RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(365, TimeUnit.DAYS));
        safety(properties);
        log(properties);
        snapshots(properties);
        clocks(properties);
        bounds(properties);
        network(properties, host, port);
        return properties;
    }

    /// Those that acknowledged entries depend on.
    private static void safety(RaftProperties properties) {
        // Its duplicate check looks at the first index of a batch only: a follower can acknowledge entries that
        // it does not hold.
        Log.setAppendEntriesComposeEnabled(properties, false);
        // It reports entries as flushed that were written after the fsync began, and ignores a failed fsync.
        Log.setAsyncFlushEnabled(properties, false);
        Log.setUnsafeFlushEnabled(properties, false);
        // A damaged log must be seen, not shortened.
        Log.setCorruptionPolicy(properties, Log.CorruptionPolicy.EXCEPTION);
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
    }

    private static void log(RaftProperties properties) {
        // The largest entry, and what one message to a follower carries.
        Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX + ENTRY_OVERHEAD));
        // Direct memory per group. Must hold the largest entry and its checksum.
        Log.setWriteBufferSize(properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX + 2 * ENTRY_OVERHEAD));
        // Whole segments are purged: small ones keep the disk small. Preallocated space makes an fsync cheaper.
        Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(SEGMENT_BYTES));
        Log.setPreallocatedSize(properties, SizeInBytes.valueOf(PREALLOCATED_BYTES));
        // Heap per group for entries that followers may still need; an older one is read from its file.
        Log.setSegmentCacheNumMax(properties, 2);
        Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(SEGMENT_BYTES));
        // Below what GroupLog lets in, the log's own queue never blocks a caller inside Ratis' lock.
        Log.setQueueElementLimit(properties, 8192);
        Log.setQueueByteLimit(properties, SizeInBytes.valueOf(64 << 20));
        // Such an entry tells followers the commit index, and costs an fsync of its own for each commit.
        // PacedGrpc tells them with a message instead.
        Log.setLogMetadataEnabled(properties, false);
    }

    private static void snapshots(RaftProperties properties) {
        // Members fetch databases from each other (SnapshotStream); Ratis only tells them that they must.
        Log.Appender.setInstallSnapshotEnabled(properties, false);
        // GroupStateMachine decides when: by bytes of log, not by number of entries.
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setCreationGap(properties, 1);
        RaftServerConfigKeys.Snapshot.setTriggerWhenStopEnabled(properties, false);
        RaftServerConfigKeys.Snapshot.setTriggerWhenRemoveEnabled(properties, false);
        // Else one member that is away keeps every other member's log from being purged.
        Log.setPurgeUptoSnapshotIndex(properties, true);
        Log.setPurgeGap(properties, 1);
    }

    private void clocks(RaftProperties properties) {
        RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(timeouts.electionMin()));
        RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(timeouts.electionMax()));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(timeouts.firstElectionMin()));
        RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(timeouts.firstElectionMax()));
        RaftServerConfigKeys.Rpc.setRequestTimeout(properties, millis(timeouts.request()));
        RaftClientConfigKeys.Rpc.setRequestTimeout(properties, millis(timeouts.request()));
        RaftServerConfigKeys.LeaderElection.setLeaderStepDownWaitTime(properties, millis(timeouts.stepDown()));
        // A new member may be a process that has only just started.
        RaftServerConfigKeys.setStagingTimeout(properties, seconds(10));
        // Every append stays in this cache, on every member, for so long. GroupLog never sends one twice.
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, seconds(2));
    }

    private static void bounds(RaftProperties properties) {
        // GroupLog's own limits are lower: these are never met.
        RaftServerConfigKeys.Write.setElementLimit(properties, 4096);
        RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf(64 << 20));
        // Starts and closes groups, and each close waits up to a second for the group's log to notice. Not cached:
        // Ratis' cached pools have a queue without end, and so never a second thread.
        RaftServerConfigKeys.ThreadPool.setProxyCached(properties, false);
        RaftServerConfigKeys.ThreadPool.setProxySize(properties, 16);
        RaftServerConfigKeys.ThreadPool.setServerCached(properties, true);
        RaftServerConfigKeys.ThreadPool.setServerSize(properties, 4);
        RaftServerConfigKeys.ThreadPool.setClientCached(properties, true);
        RaftServerConfigKeys.ThreadPool.setClientSize(properties, 4);
    }

    private static void network(RaftProperties properties, String host, int port) {
        GrpcConfigKeys.Server.setHost(properties, host);
        GrpcConfigKeys.Server.setPort(properties, port);
        GrpcConfigKeys.Server.setAsyncRequestThreadPoolCached(properties, true);
        GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(properties, 8);
        // One connection per pair of nodes; waiting 1 ms lets entries travel together (2.5 to 3.5 times the rate).
        GrpcConfigKeys.Server.setHeartbeatChannel(properties, false);
        Log.Appender.setWaitTimeMin(properties, TimeDuration.ONE_MILLISECOND);
        // A member that is away is asked after often at first, then every 5 s.
        Log.Appender.setRetryPolicy(properties, "10ms,10, 500ms,60, 5s,1000");
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(8 << 20));
    }

    private static TimeDuration seconds(int seconds) {
        return TimeDuration.valueOf(seconds, TimeUnit.SECONDS);
    }

    private static TimeDuration millis(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }
}
