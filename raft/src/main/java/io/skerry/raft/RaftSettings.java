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

    /// Whole segments are let go of: the log that is kept after a checkpoint ends somewhere in one.
    private static final int SEGMENT_BYTES_MAX = 16 << 20;

    private static final int SEGMENT_BYTES_MIN = 2 * ENTRY_BYTES_MAX;
    private static final int SEGMENTS_PER_CHECKPOINT = 4;
    private static final int PREALLOCATED_BYTES = 1 << 20;

    public static RaftSettings defaults() {
        return new RaftSettings(
                Timeouts.singleVoter(),
                64L << 20,
                // A database has one writer: so many of a group may commit at once. Below the 4,096 of Ratis.
                1024,
                // Heap of each group: room for 24 of the largest entries, well below the 64 MiB of Ratis.
                24L << 20,
                64L << 20,
                // The log takes what is in flight in less. Who is refused may try again, and is told soon.
                Duration.ofSeconds(2),
                // Five election timeouts, three requests to a member: what is not answered by then may never be.
                Duration.ofSeconds(10),
                4L * SEGMENT_BYTES_MAX,
                // What is written at 50 MB/s while 1 GB is copied. Who needs more begins anew: disks have an end.
                512L << 20,
                // A new location is to get 80 MB/s (docs/benchmarks.md); what is faster costs writers their latency.
                100L << 20);
    }

    /// These settings, to be changed.
    public Builder change() {
        return new Builder(this);
    }

    /// The settings of one node's server.
    RaftProperties server(Path storage, String host, int port) {
        var properties = new RaftProperties();
        // gRPC with an appender of ours: it tells of a commit by a message, not by an entry, and paces listeners.
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

    /// The same for a message to another node that may take longer than others do, as one that starts a group.
    ///
    /// @param properties stay as they are
    /// @param limit how long its answer is waited for; a millisecond at least
    static RaftProperties patient(RaftProperties properties, Duration limit) {
        var patient = new RaftProperties(properties);
        RaftClientConfigKeys.Rpc.setRequestTimeout(
                patient, TimeDuration.valueOf(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS));
        return patient;
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
        // A voter that comes back asks whether it would win before it begins a term: its return unseats no leader.
        RaftServerConfigKeys.LeaderElection.setPreVote(properties, true);
    }

    /// A file of the log: a part of what is written between two checkpoints, and room for the largest entry.
    private int segmentBytes() {
        return Math.clamp(checkpointLogBytes / SEGMENTS_PER_CHECKPOINT, SEGMENT_BYTES_MIN, SEGMENT_BYTES_MAX);
    }

    private void log(RaftProperties properties) {
        // The largest entry, and what one message to a follower carries.
        Log.Appender.setBufferByteLimit(properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX + ENTRY_OVERHEAD));
        // Direct memory per group. Must hold the largest entry and its checksum.
        Log.setWriteBufferSize(properties, SizeInBytes.valueOf(ENTRY_BYTES_MAX + 2 * ENTRY_OVERHEAD));
        Log.setSegmentSizeMax(properties, SizeInBytes.valueOf(segmentBytes()));
        // Written ahead, with zeros: an fsync within it writes no new length of the file. Not more, because every group
        // of every node has so much on disk, used or not, and writes it before its first entry.
        Log.setPreallocatedSize(properties, SizeInBytes.valueOf(PREALLOCATED_BYTES));
        // Heap per group for entries that followers may still need; an older one is read from its file.
        Log.setSegmentCacheNumMax(properties, 2);
        Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf(segmentBytes()));
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
        // Checkpoints decides when: by bytes of log, not by number of entries.
        RaftServerConfigKeys.Snapshot.setAutoTriggerEnabled(properties, false);
        // Nor when a group is closed or removed, by what applies entries and while others wait for its end: who needs a
        // checkpoint before that asks for one (LocalGroup#drain).
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
        // A change of members ends when a new one has not answered for so long; that is all that ends it, and no other
        // change begins before (Membership). Long enough for a process that has only just started.
        RaftServerConfigKeys.setStagingTimeout(properties, seconds(10));
        // Every append stays in this cache, on every member, for so long. GroupLog never sends one twice.
        RaftServerConfigKeys.RetryCache.setExpiryTime(properties, seconds(2));
    }

    private static void bounds(RaftProperties properties) {
        // GroupLog's own limits are lower: these are never met.
        RaftServerConfigKeys.Write.setElementLimit(properties, 4096);
        RaftServerConfigKeys.Write.setByteLimit(properties, SizeInBytes.valueOf(64 << 20));
        // "Cached" is a pool of one thread, however large it may be: Ratis gives it a queue without end, and a second
        // thread begins only when a queue is full. The thread ends when it had nothing to do for a minute. (Of size 0
        // it would be a pool without bounds.)
        //
        // Starts and closes groups, of the whole node, and each close waits up to a second for the group's log to
        // notice: so not cached, and a thread for each of them.
        RaftServerConfigKeys.ThreadPool.setProxyCached(properties, false);
        RaftServerConfigKeys.ThreadPool.setProxySize(properties, 16);
        // One of each group: the answers of a member to what it was sent, which is one message after the other, and
        // changes of members.
        RaftServerConfigKeys.ThreadPool.setServerCached(properties, true);
        RaftServerConfigKeys.ThreadPool.setServerSize(properties, 1);
        // One of each group: entries that come through Ratis' front door. GroupLog goes past it, so there is no thread.
        RaftServerConfigKeys.ThreadPool.setClientCached(properties, true);
        RaftServerConfigKeys.ThreadPool.setClientSize(properties, 1);
        // Of the node: the answers to these.
        GrpcConfigKeys.Server.setAsyncRequestThreadPoolCached(properties, true);
        GrpcConfigKeys.Server.setAsyncRequestThreadPoolSize(properties, 1);
    }

    private static void network(RaftProperties properties, String host, int port) {
        GrpcConfigKeys.Server.setHost(properties, host);
        GrpcConfigKeys.Server.setPort(properties, port);
        // One connection to each other node, for all groups. A second one for heartbeats would let them pass what is
        // under way, which is no more than a few messages of 1 MB: nobody misses them for that long.
        GrpcConfigKeys.Server.setHeartbeatChannel(properties, false);
        // The least time between two messages to a voter: entries that come meanwhile travel together (2.5 to 3.5 times
        // the rate). PacedAppender paces listeners itself.
        Log.Appender.setWaitTimeMin(properties, TimeDuration.ONE_MILLISECOND);
        // The pauses, and how many of each, before a member that does not answer is tried again: often at first, for it
        // may just be starting, then every 5 s for ever. After the last of them Ratis would not pause at all.
        Log.Appender.setRetryPolicy(properties, "10ms,10, 500ms,60, 5s,1000000000");
        // What a node takes in one message, and holds in memory for that, from whoever reaches the port. Ratis asks for
        // 1 MB more than the entries of one message.
        GrpcConfigKeys.setMessageSizeMax(properties, SizeInBytes.valueOf(8 << 20));
    }

    private static TimeDuration seconds(int seconds) {
        return TimeDuration.valueOf(seconds, TimeUnit.SECONDS);
    }

    private static TimeDuration millis(Duration duration) {
        return TimeDuration.valueOf(duration.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Makes settings that differ from others in some values. One thread at a time.
    public static final class Builder {

        private final RaftSettings base;
        private Timeouts timeouts;
        private long checkpointLogBytes;
        private long transactionBytesMax;
        private Duration appendLimit;
        private long diskReserveBytes;
        private long purgeHoldLogBytes;
        private long snapshotBytesPerSecond;

        private Builder(RaftSettings base) {
            this.base = base;
            timeouts = base.timeouts;
            checkpointLogBytes = base.checkpointLogBytes;
            transactionBytesMax = base.transactionBytesMax;
            appendLimit = base.appendLimit;
            diskReserveBytes = base.diskReserveBytes;
            purgeHoldLogBytes = base.purgeHoldLogBytes;
            snapshotBytesPerSecond = base.snapshotBytesPerSecond;
        }

        public Builder timeouts(Timeouts clocks) {
            timeouts = clocks;
            return this;
        }

        public Builder checkpointLogBytes(long bytes) {
            checkpointLogBytes = bytes;
            return this;
        }

        public Builder transactionBytesMax(long bytes) {
            transactionBytesMax = bytes;
            return this;
        }

        public Builder appendLimit(Duration limit) {
            appendLimit = limit;
            return this;
        }

        public Builder diskReserveBytes(long bytes) {
            diskReserveBytes = bytes;
            return this;
        }

        public Builder purgeHoldLogBytes(long bytes) {
            purgeHoldLogBytes = bytes;
            return this;
        }

        public Builder snapshotBytesPerSecond(long bytes) {
            snapshotBytesPerSecond = bytes;
            return this;
        }

        public RaftSettings build() {
            return new RaftSettings(
                    timeouts,
                    checkpointLogBytes,
                    base.entriesInFlightMax,
                    base.bytesInFlightMax,
                    transactionBytesMax,
                    base.queueLimit,
                    appendLimit,
                    diskReserveBytes,
                    purgeHoldLogBytes,
                    snapshotBytesPerSecond);
        }
    }
}
