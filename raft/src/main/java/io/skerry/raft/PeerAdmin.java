package io.skerry.raft;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.api.GroupManagementApi;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.exceptions.AlreadyExistsException;
import org.apache.ratis.retry.RetryPolicies;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Creates a group on another node, which refuses while it closes the one that it has. Each call is one message to
/// three, with the settings' request timeout if none is given, and is not repeated where nothing else is said.
final class PeerAdmin {

    private static final Logger LOG = LoggerFactory.getLogger(PeerAdmin.class);
    private static final long AGAIN_NANOS = 50_000_000;

    private final RaftProperties properties;

    PeerAdmin(RaftProperties properties) {
        this.properties = properties;
    }

    private interface Call<T> {
        T run(GroupManagementApi groups) throws IOException;
    }

    boolean hosts(PeerAddress peer, GroupId group) throws IOException {
        return call(peer, group, groups -> groups.list().getGroupIds().contains(Groups.raftId(group)));
    }

    /// The group without members: the node waits to be told of them by the group's leader. It must have
    /// nothing of the group.
    void create(PeerAddress peer, GroupId group, Duration limit) throws IOException {
        call(
                peer,
                group,
                RaftSettings.patient(properties, limit),
                groups -> check(groups.add(RaftGroup.valueOf(Groups.raftId(group)), true)));
    }

    /// The group with its first members, of which the node is one; what it may hold of an earlier attempt
    /// is removed.
    ///
    /// @param limit of each message
    private void createAnew(PeerAddress peer, RaftGroup group, Duration limit, PeerTransport transport)
            throws IOException {
        GroupId id = Groups.id(group.getGroupId());
        call(peer, id, RaftSettings.patient(properties, limit), groups -> {
            try {
                return check(groups.add(group, true));
            } catch (AlreadyExistsException e) {
                transport.delete(peer, id, limit);
                return check(groups.add(group, true));
            }
        });
    }

    /// The same again and again until the deadline: a node that has just started on a busy machine answers late, and
    /// the call may be repeated.
    ///
    /// @throws DatabaseException UNAVAILABLE if the node did not take the group
    void createAnew(
            PeerAddress peer, RaftGroup group, Deadline deadline, PeerTransport transport, BooleanSupplier closing) {
        while (true) {
            try {
                createAnew(peer, group, deadline.left(), transport);
                return;
            } catch (IOException e) {
                if (closing.getAsBoolean()
                        || deadline.leftNanos() == 0
                        || Thread.currentThread().isInterrupted()) {
                    throw new DatabaseException(
                            Code.UNAVAILABLE,
                            "group " + Groups.id(group.getGroupId()) + " could not be founded: " + e.getMessage(),
                            e);
                }
                LOG.info("node {} does not take the group yet; trying on: {}", peer.node(), e.getMessage());
                LockSupport.parkNanos(this, Math.min(AGAIN_NANOS, deadline.leftNanos()));
            }
        }
    }

    private static RaftClientReply check(RaftClientReply reply) throws IOException {
        if (!reply.isSuccess()) {
            throw reply.getException();
        }
        return reply;
    }

    private <T> T call(PeerAddress peer, GroupId group, Call<T> call) throws IOException {
        return call(peer, group, properties, call);
    }

    private static <T> T call(PeerAddress peer, GroupId group, RaftProperties properties, Call<T> call)
            throws IOException {
        RaftPeer target = Groups.peer(peer, RaftPeerRole.FOLLOWER);
        try (RaftClient client = RaftClient.newBuilder()
                .setProperties(properties)
                .setRaftGroup(RaftGroup.valueOf(Groups.raftId(group), target))
                .setRetryPolicy(RetryPolicies.noRetry())
                .build()) {
            return call.run(client.getGroupManagementApi(target.getId()));
        } catch (RuntimeException e) {
            // Ratis lets gRPC's unchecked exception through when nobody listens there.
            throw new IOException(
                    "node " + peer.node() + " at " + peer.raft() + " does not answer: " + e.getMessage(), e);
        }
    }
}
