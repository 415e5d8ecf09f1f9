package io.skerry.raft.rpc;

import java.util.concurrent.TimeUnit;
import org.apache.ratis.grpc.server.GrpcLogAppender;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.leader.FollowerInfo;
import org.apache.ratis.server.leader.LeaderState;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.util.AwaitForSignal;
import org.jspecify.annotations.Nullable;

/// Sends a leader's log to one member, as Ratis does, except for this:
///
/// A member learns of a commit at once: Ratis would tell it with the next entry, or write an entry for the
/// purpose, which costs an fsync for each commit.
///
/// A member that is no voter is sent committed entries only, and one message in [#LISTENER_PACE_NANOS] at
/// most: nobody waits for its vote, and a message, with its fsync and its answer, costs the leader about
/// what a commit does. The first message after a silence goes at once. Which it is is looked up each time:
/// a listener that is made a voter is a voter with the next entry.
///
/// A member that is fetching a snapshot is asked a few times a second whether it is done: Ratis would ask
/// hundreds of times.
///
/// A new member counts as caught up as soon as it has its snapshot: Ratis would look at it again with the next
/// entry, or after an election timeout.
///
/// A node that joins and answers no more is looked at all the same: Ratis gives it up, and with it the change of
/// members, but looks at it only when an election timeout has passed without a commit.
final class PacedAppender extends GrpcLogAppender {

    static final long LISTENER_PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long SNAPSHOT_PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private static final long JOIN_PACE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final KeptSignal signal;

    // Only the appender's own thread reads and writes these.
    private boolean snapshotTold;
    private long snapshotAskedAt = System.nanoTime() - SNAPSHOT_PACE_NANOS;
    private long joinSeenAt = System.nanoTime();
    private long sentAt = System.nanoTime() - LISTENER_PACE_NANOS;

    PacedAppender(RaftServer.Division division, LeaderState leader, FollowerInfo follower) {
        super(division, leader, follower);
        signal = new KeptSignal(follower.getName());
    }

    @Override
    public AwaitForSignal getEventAwaitForSignal() {
        return signal;
    }

    private boolean isVoter() {
        return getServer().getRaftConf().getPeer(getFollowerId(), RaftPeerRole.FOLLOWER) != null;
    }

    @Override
    public boolean hasAppendEntries() {
        return isVoter() ? super.hasAppendEntries() : hasCommittedEntries();
    }

    private boolean hasCommittedEntries() {
        return getFollower().getNextIndex() <= getRaftLog().getLastCommittedIndex();
    }

    @Override
    public @Nullable AppendEntriesRequestProto newAppendEntriesRequest(long callId, boolean heartbeat)
            throws RaftLogIOException {
        AppendEntriesRequestProto request = null;
        if (heartbeat || shouldSendAppendEntries()) {
            request = super.newAppendEntriesRequest(callId, heartbeat);
            if (request != null && request.getEntriesCount() > 0 && !isVoter()) {
                // Not what the request says of it, which is too little where it cannot name the entry before.
                request = committed(request, getRaftLog().getLastCommittedIndex());
            }
        }
        if (request == null && commitIsNews()) {
            request = super.newAppendEntriesRequest(callId, true);
        }
        if (request != null) {
            sentAt = System.nanoTime();
        }
        return request;
    }

    /// The request without entries that are not committed yet; null if none is.
    static @Nullable AppendEntriesRequestProto committed(AppendEntriesRequestProto request, long lastCommitted) {
        int count = request.getEntriesCount();
        while (count > 0 && request.getEntries(count - 1).getIndex() > lastCommitted) {
            count--;
        }
        if (count == 0 || count == request.getEntriesCount()) {
            return count == 0 ? null : request;
        }
        var shorter = request.toBuilder().clearEntries();
        shorter.addAllEntries(request.getEntriesList().subList(0, count));
        return shorter.build();
    }

    /// Whether the member has an entry and was not told that it is committed. While it has not answered for the entries
    /// that it was sent, a message without any does not say where it stands, and tells it nothing.
    private boolean commitIsNews() {
        FollowerInfo follower = getFollower();
        long known = follower.getCommitIndex();
        return known < follower.getMatchIndex()
                && known < getRaftLog().getLastCommittedIndex()
                && !hasPendingDataRequests();
    }

    @Override
    public @Nullable TermIndex shouldNotifyToInstallSnapshot() {
        TermIndex first = super.shouldNotifyToInstallSnapshot();
        if (first != null && followsItsSnapshot(first.getIndex())) {
            return null;
        }
        if (first != null) {
            pauseUntil(snapshotAskedAt + SNAPSHOT_PACE_NANOS);
            snapshotAskedAt = System.nanoTime();
        }
        return first;
    }

    /// Whether the member has said that its snapshot ends right before the first entry that is here. The
    /// entry before that is gone, so Ratis would tell it again and again to install a snapshot, and hear that
    /// it has one. But what is in a snapshot is committed: nothing before the next entry has to be compared.
    private boolean followsItsSnapshot(long first) {
        FollowerInfo follower = getFollower();
        return follower.hasAttemptedToInstallSnapshot()
                && first == getRaftLog().getStartIndex()
                && first == follower.getNextIndex()
                && first == follower.getSnapshotIndex() + 1;
    }

    /// Asked between any two messages.
    @Override
    public long getWaitTimeMs() {
        if (!snapshotTold && getFollower().hasAttemptedToInstallSnapshot()) {
            snapshotTold = true;
            lookAtJoin();
        } else if (System.nanoTime() - joinSeenAt > JOIN_PACE_NANOS && !isMember()) {
            lookAtJoin();
        }
        if (!isVoter()) {
            pauseUntil(sentAt + LISTENER_PACE_NANOS);
        }
        return super.getWaitTimeMs();
    }

    private boolean isMember() {
        return getServer().getRaftConf().getPeer(getFollowerId(), RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER) != null;
    }

    /// Ratis decides as it does after an answer of the node: it has caught up, is on its way, or was silent for too
    /// long.
    private void lookAtJoin() {
        joinSeenAt = System.nanoTime();
        getLeaderState().onFollowerSuccessAppendEntries(getFollower());
    }

    private static void pauseUntil(long nanoTime) {
        try {
            KeptSignal.pause(nanoTime);
        } catch (InterruptedException e) {
            // The wait that follows ends with it.
            Thread.currentThread().interrupt();
        }
    }
}
