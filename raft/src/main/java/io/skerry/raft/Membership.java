package io.skerry.raft;

import io.skerry.engine.GroupId;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.TransferLeadershipRequest;
import org.apache.ratis.server.DivisionInfo;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Changes of one group's members, one at a time, each within a time limit. Ratis itself neither ends nor
/// cancels a change that names a node which does not answer, and takes no other until it has ended: so the node
/// is prepared and asked first, and a change that does not end is undone behind its caller's back while the
/// next one waits.
final class Membership {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    /// After the group was taken from a member that was to join, Ratis gives the change up by itself within its
    /// staging timeout (10 s after its last answer); nothing asks it to do so sooner, and it takes no other change
    /// before. Then the leader steps down, which ends any, and stops writes for a moment.
    private static final Duration UNDO_LIMIT = Duration.ofSeconds(15);

    /// A node that does not answer is not waited for.
    private static final Duration CLEAN_LIMIT = Duration.ofSeconds(5);

    private static final long STEP_DOWN_LIMIT_MS = 5_000;

    private static final long LED_LOOK_MS = 20;

    /// How often the copy to a node that joins is looked at: a change lasts as long as that goes on.
    private static final long LOOK_NANOS = 250_000_000;

    private final GroupId group;
    private final NodeContext node;
    private final PeerAdmin admin;
    private final ToLongFunction<NodeId> copied;
    private final ClientId client = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();
    private final Semaphore change = new Semaphore(1, true);
    private volatile @Nullable Join joining;

    /// A node on its way in; whoever wants it removed meanwhile ends that.
    private static final class Join {
        private final PeerAddress peer;
        private volatile boolean unwanted;

        Join(PeerAddress peer) {
            this.peer = peer;
        }
    }

    /// @param copied bytes of a snapshot that went to a node so far
    Membership(GroupId group, NodeContext node, PeerAdmin admin, ToLongFunction<NodeId> copied) {
        this.group = group;
        this.node = node;
        this.admin = admin;
        this.copied = copied;
    }

    /// The node that is being made a member.
    @Nullable
    PeerAddress joining() {
        Join now = joining;
        return now == null ? null : now.peer;
    }

    void add(GroupStateMachine machine, PeerAddress peer, Duration limit) {
        var deadline = Deadline.in(limit);
        begin(deadline, "add " + peer.node(), () -> {});
        boolean handedOver = false;
        try {
            RaftServer.Division leader = leader(machine);
            if (isMember(leader, peer)) {
                requireStorage(peer);
                return;
            }
            Join join = new Join(peer);
            joining = join;
            prepare(machine, peer, deadline);
            CompletableFuture<RaftClientReply> answer = invite(leader, peer, deadline);
            try {
                complete(answer, limit, () -> copied.applyAsLong(peer.node()), () -> join.unwanted);
            } catch (IOException e) {
                handedOver = true;
                undo(leader, peer, answer);
                throw e;
            }
            LOG.info("group {}: {} is a member", group, peer.node());
        } catch (IOException e) {
            throw failed("adding " + peer.node(), e);
        } finally {
            joining = null;
            if (!handedOver) {
                change.release();
            }
        }
    }

    void remove(GroupStateMachine machine, PeerAddress peer, Duration limit) {
        var deadline = Deadline.in(limit);
        begin(deadline, "remove " + peer.node(), () -> unwanted(peer));
        boolean handedOver = false;
        try {
            RaftServer.Division leader = leader(machine);
            RaftConfiguration members = leader.getRaftConf();
            if (members.getPeer(Groups.raftId(peer.node())) != null) {
                throw new IOException(peer.node() + " is a voter; only a listener can be removed");
            }
            if (isMember(leader, peer)) {
                var answer = ask(leader, Groups.without(members.getCurrentPeers(RaftPeerRole.LISTENER), peer.node()));
                try {
                    complete(answer, deadline.left(), () -> 0, () -> false);
                } catch (IOException e) {
                    handedOver = true;
                    undo(leader, null, answer);
                    throw e;
                }
                LOG.info("group {}: {} is no member any more", group, peer.node());
            }
            clean(peer);
        } catch (IOException e) {
            throw failed("removing " + peer.node(), e);
        } finally {
            if (!handedOver) {
                change.release();
            }
        }
    }

    /// @param waiting done again and again until it is this change's turn
    private void begin(Deadline deadline, String what, Runnable waiting) {
        try {
            do {
                waiting.run();
                if (change.tryAcquire(Math.min(LOOK_NANOS, deadline.leftNanos()), TimeUnit.NANOSECONDS)) {
                    return;
                }
            } while (deadline.leftNanos() > 0);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        throw new MembershipException(
                "group " + group + ": could not " + what + ": another change of members is under way; nothing changed",
                null);
    }

    private void unwanted(PeerAddress peer) {
        Join now = joining;
        if (now != null && now.peer.node().equals(peer.node())) {
            now.unwanted = true;
        }
    }

    private MembershipException failed(String what, IOException cause) {
        return new MembershipException(
                "group " + group + ": " + what + " failed: " + cause.getMessage() + "; the members are as before",
                cause);
    }

    private RaftServer.Division leader(GroupStateMachine machine) throws IOException {
        RaftServer.Division division = machine.division().orElse(null);
        if (division == null || !machine.log().isLeader()) {
            throw new IOException("this node does not lead the group");
        }
        return division;
    }

    private static boolean isMember(RaftServer.Division leader, PeerAddress peer) {
        return leader.getRaftConf().getPeer(Groups.raftId(peer.node()), RaftPeerRole.FOLLOWER, RaftPeerRole.LISTENER)
                != null;
    }

    /// A member that came back with empty storage under its old name is not the member any more: Ratis would
    /// take it for one that only lags.
    private void requireStorage(PeerAddress peer) throws IOException {
        boolean hosts;
        try {
            hosts = peer.node().equals(node.self().node()) || admin.hosts(peer, group);
        } catch (IOException e) {
            // It is a member, and away.
            return;
        }
        if (!hosts) {
            throw new IOException(peer.node() + " is a member already, but lost its storage; remove it first");
        }
    }

    private void prepare(GroupStateMachine machine, PeerAddress peer, Deadline deadline) throws IOException {
        Checkpoints checkpoints = machine.checkpoints().orElseThrow();
        checkpoints.await(deadline.left());
        // Left from an earlier membership, or from a join that failed: never continue on it.
        node.transport().delete(peer, group, deadline.left());
    }

    private CompletableFuture<RaftClientReply> invite(RaftServer.Division leader, PeerAddress peer, Deadline deadline)
            throws IOException {
        try {
            admin.create(peer, group, deadline.left());
            if (!admin.hosts(peer, group)) {
                throw new IOException(peer.node() + " was asked to host the group and does not");
            }
            List<RaftPeer> listeners =
                    Groups.without(leader.getRaftConf().getCurrentPeers(RaftPeerRole.LISTENER), peer.node());
            listeners.add(Groups.peer(peer, RaftPeerRole.LISTENER));
            return ask(leader, listeners);
        } catch (IOException | RuntimeException e) {
            // The group may have ended here meanwhile: nobody else would ever tell the peer.
            clean(peer);
            throw e instanceof IOException known ? known : new IOException("the change could not be asked for", e);
        }
    }

    private CompletableFuture<RaftClientReply> ask(RaftServer.Division leader, List<RaftPeer> listeners)
            throws IOException {
        RaftConfiguration current = leader.getRaftConf();
        var voters = new ArrayList<>(current.getCurrentPeers(RaftPeerRole.FOLLOWER));
        var arguments = SetConfigurationRequest.Arguments.newBuilder()
                .setMode(SetConfigurationRequest.Mode.COMPARE_AND_SET)
                .setServersInCurrentConf(voters)
                .setListenersInCurrentConf(new ArrayList<>(current.getCurrentPeers(RaftPeerRole.LISTENER)))
                .setServersInNewConf(voters)
                .setListenersInNewConf(listeners)
                .build();
        return leader.getRaftServer()
                .setConfigurationAsync(new SetConfigurationRequest(
                        client, leader.getId(), Groups.raftId(group), calls.incrementAndGet(), arguments));
    }

    /// Ratis makes a node a member once it has caught up, however long its copy takes.
    ///
    /// @param limit without progress; what is copied again does not count as progress
    /// @param unwanted whether its end is not to be waited for
    private static void complete(
            CompletableFuture<RaftClientReply> answer, Duration limit, LongSupplier progress, BooleanSupplier unwanted)
            throws IOException {
        try {
            RaftClientReply reply = await(answer, limit, progress, unwanted);
            if (!reply.isSuccess()) {
                throw reply.getException();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the change was under way", e);
        } catch (ExecutionException e) {
            throw new IOException("the change was refused: " + e.getMessage(), e);
        } catch (TimeoutException e) {
            throw new IOException("the change did not complete within its time limit", e);
        }
    }

    private static RaftClientReply await(
            CompletableFuture<RaftClientReply> answer, Duration limit, LongSupplier progress, BooleanSupplier unwanted)
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        long most = progress.getAsLong();
        var deadline = Deadline.in(limit);
        while (true) {
            try {
                return answer.get(Math.min(LOOK_NANOS, deadline.leftNanos()), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                if (unwanted.getAsBoolean()) {
                    throw new IOException("it was removed before it had joined");
                }
                long now = progress.getAsLong();
                if (now > most) {
                    most = now;
                    deadline = Deadline.in(limit);
                } else if (deadline.leftNanos() == 0) {
                    throw e;
                }
            }
        }
    }

    /// Ends a change that failed or hangs, on a thread of its own, and only then lets the next one begin.
    private void undo(RaftServer.Division leader, @Nullable PeerAddress joined, CompletableFuture<?> answer) {
        Thread.ofPlatform()
                .daemon()
                .name(node.self().node() + "-membership-undo")
                .start(() -> {
                    try {
                        if (joined != null) {
                            clean(joined);
                        }
                        // With other listeners the leader has to step down in any case: it need not wait for that.
                        boolean others = joined != null && hasListeners(leader);
                        boolean ended = ended(answer, others ? Duration.ZERO : UNDO_LIMIT);
                        if (!leader.getInfo().isAlive()) {
                            return; // the group was deleted here, and the change with it
                        }
                        if (!ended) {
                            stepDown(leader, others ? "a join was given up" : "a change of members does not end");
                        }
                        withdraw(leader, joined);
                        if (ended && joined != null && hasListeners(leader)) {
                            stepDown(leader, "a join failed, and the other listeners get nothing any more");
                        }
                    } finally {
                        change.release();
                    }
                });
    }

    private static boolean ended(CompletableFuture<?> answer, Duration limit) {
        try {
            answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } catch (ExecutionException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
    }

    /// Ratis takes every listener that joined under the present leader for one that still joins. When a join
    /// fails it ends the sending to them all; only a leader that begins anew takes it up again.
    private static boolean hasListeners(RaftServer.Division leader) {
        return !leader.getRaftConf().getCurrentPeers(RaftPeerRole.LISTENER).isEmpty();
    }

    /// Returns once the group is led again.
    private void stepDown(RaftServer.Division leader, String why) {
        LOG.warn("group {}: {}; this node steps down and stands again", group, why);
        try {
            leader.getRaftServer()
                    .transferLeadershipAsync(new TransferLeadershipRequest(
                            client,
                            leader.getId(),
                            Groups.raftId(group),
                            calls.incrementAndGet(),
                            null,
                            STEP_DOWN_LIMIT_MS))
                    .get(STEP_DOWN_LIMIT_MS, TimeUnit.MILLISECONDS);
            var deadline = Deadline.in(Duration.ofMillis(STEP_DOWN_LIMIT_MS));
            while (!isLed(leader.getInfo()) && deadline.leftNanos() > 0) {
                TimeUnit.MILLISECONDS.sleep(LED_LOOK_MS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException | ExecutionException | TimeoutException e) {
            LOG.warn("group {}: stepping down failed", group, e);
        }
    }

    private static boolean isLed(DivisionInfo division) {
        return division.isLeader() ? division.isLeaderReady() : division.getLeaderId() != null;
    }

    /// The change may have been made after all, after its caller was told that it was not.
    private void withdraw(RaftServer.Division leader, @Nullable PeerAddress joined) {
        if (joined == null || !isMember(leader, joined)) {
            return;
        }
        try {
            complete(
                    ask(
                            leader,
                            Groups.without(leader.getRaftConf().getCurrentPeers(RaftPeerRole.LISTENER), joined.node())),
                    UNDO_LIMIT,
                    () -> 0,
                    () -> false);
        } catch (IOException e) {
            LOG.warn("group {}: {} stayed a member; remove it", group, joined.node(), e);
        }
    }

    /// Removes the group from a node that is no member; one that does not answer keeps its files until it is
    /// added again or wiped.
    private void clean(PeerAddress peer) {
        try {
            node.transport().delete(peer, group, CLEAN_LIMIT);
        } catch (IOException e) {
            LOG.warn("group {}: {} keeps its files, it does not answer ({})", group, peer.node(), e.getMessage());
        }
    }
}
