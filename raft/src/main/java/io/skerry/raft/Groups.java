package io.skerry.raft;

import io.skerry.engine.GroupId;
import java.util.ArrayList;
import java.util.List;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;

/// Our names of groups and nodes, and those of Ratis.
final class Groups {

    private Groups() {}

    static RaftGroupId raftId(GroupId group) {
        return RaftGroupId.valueOf(group.value());
    }

    static GroupId id(RaftGroupId group) {
        return new GroupId(group.getUuid());
    }

    static RaftPeerId raftId(NodeId node) {
        return RaftPeerId.valueOf(node.value());
    }

    static NodeId id(RaftPeerId peer) {
        return new NodeId(peer.toString());
    }

    /// A member as the group's configuration records it. Ratis' data-stream address is not used otherwise: it
    /// holds the address that snapshots are fetched from.
    static RaftPeer peer(PeerAddress address, RaftPeerRole role) {
        return RaftPeer.newBuilder()
                .setId(raftId(address.node()))
                .setAddress(address.raft())
                .setDataStreamAddress(address.transfer())
                .setStartupRole(role)
                .build();
    }

    static List<RaftPeer> without(Iterable<RaftPeer> peers, NodeId node) {
        var rest = new ArrayList<RaftPeer>();
        for (RaftPeer peer : peers) {
            if (!peer.getId().equals(raftId(node))) {
                rest.add(peer);
            }
        }
        return rest;
    }
}
