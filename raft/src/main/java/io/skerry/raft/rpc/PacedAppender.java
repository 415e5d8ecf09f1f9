package io.skerry.raft.rpc;

import java.util.concurrent.TimeUnit;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.jspecify.annotations.Nullable;

/// Sends a leader's log to one follower, as Ratis does, except for three things.
///
/// A follower learns of a commit at once: Ratis would tell it with the next entry, or write an entry for the
/// purpose, which costs an fsync for each commit.
///
/// A follower that is fetching a snapshot is asked a few times a second whether it is done: Ratis would ask
/// hundreds of times.
///
/// A new member counts as caught up as soon as it has its snapshot: Ratis would look at it again with the next
/// entry, or after an election timeout.
final class PacedAppender extends GrpcLogAppender {

    private static final long SNAPSHOT_PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    // Only the appender's own thread reads and writes these.
    private boolean snapshotTold;
    private long snapshotAskedAt = System.nanoTime() - SNAPSHOT_PACE_NANOS;

    PacedAppender(RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
        super(division, leader, follower);
    }

    @Override
    public @Nullable AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat)
            throws RaftLogIOException {
        AppendEntriesRequestProto request = super.newAppendEntriesRequest(callId, heartbeat);
        if (request == null && commitIsNews()) {
            return super.newAppendEntriesRequest(callId, true);
        }
        return request;
    }

    private boolean commitIsNews() {
        FollowerInfo follower = getFollower();
        long known = follower.getCommitIndex();
        return known < follower.getMatchIndex() && known < getRaftLog().getLastCommittedIndex();
    }

    @Override
    public @Nullable TermIndex shouldNotifyToInstallSnapshot() {
        TermIndex first = super.shouldNotifyToInstallSnapshot();
        if (first != null) {
            long wait = snapshotAskedAt + SNAPSHOT_PACE_NANOS - System.nanoTime();
            if (wait > 0) {
                pause(wait);
            }
            snapshotAskedAt = System.nanoTime();
        }
        return first;
    }

    @Override
    public long getWaitTimeMs() {
        if (!snapshotTold && getFollower().hasAttemptedToInstallSnapshot()) {
            snapshotTold = true;
            getLeaderState().onFollowerSuccessAppendEntries(getFollower());
        }
        return super.getWaitTimeMs();
    }

    private static void pause(long nanos) {
        try {
            TimeUnit.NANOSECONDS.sleep(nanos);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
