package io.skerry.raft;

import io.skerry.engine.GroupId;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.RaftClient;
import org.apache.ratis.client.RaftClientConfigKeys;
import org.apache.ratis.client.api.GroupManagementApi;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.retry.RetryPolicies;
import org.apache.ratis.util.TimeDuration;

/// Creates and removes a group on another node. Each call is one message or two, with the settings' request timeout
/// if none is given, and is not repeated.
final class PeerAdmin {

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

    /// The group without members: the node waits to be told of them by the group's leader.
    void create(PeerAddress peer, GroupId group) throws IOException {
        call(peer, group, groups -> check(groups.add(RaftGroup.valueOf(Groups.raftId(group)), true)));
    }

    /// The group with its first members, of which the node is one; what it may hold of an earlier attempt
    /// is removed.
    ///
    /// @param limit of each message
    void createAnew(PeerAddress peer, RaftGroup group, Duration limit) throws IOException {
        RaftProperties patient = new RaftProperties(properties);
        RaftClientConfigKeys.Rpc.setRequestTimeout(
                patient, TimeDuration.valueOf(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS));
        call(peer, Groups.id(group.getGroupId()), patient, groups -> {
            if (groups.list().getGroupIds().contains(group.getGroupId())) {
                check(groups.remove(group.getGroupId(), true, false));
            }
            return check(groups.add(group, true));
        });
    }

    /// Removes the group from the node, log and databases.
    void remove(PeerAddress peer, GroupId group) throws IOException {
        call(peer, group, groups -> check(groups.remove(Groups.raftId(group), true, false)));
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
