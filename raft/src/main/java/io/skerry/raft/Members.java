package io.skerry.raft;

import io.skerry.raft.MemberState.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.ratis.proto.RaftProtos.CommitInfoProto;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.proto.RaftProtos.ServerRpcProto;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftConfiguration;
import org.apache.ratis.server.RaftServer;
import org.jspecify.annotations.Nullable;

/// The members of a group as one of them sees them at one moment.
final class Members {

    /// A member was heard of lately if it answered within so many heartbeat intervals.
    private static final int HEARTBEATS_MISSED_MAX = 4;

    private final NodeContext node;
    private final GroupStateMachine machine;
    private final @Nullable PeerAddress joining;
    private final Map<NodeId, Transfer> outgoing;

    Members(
            NodeContext node,
            GroupStateMachine machine,
            @Nullable PeerAddress joining,
            Map<NodeId, Transfer> outgoing) {
        this.node = node;
        this.machine = machine;
        this.joining = joining;
        this.outgoing = outgoing;
    }

    List<MemberState> list() {
        RaftServer.Division division = machine.division().orElse(null);
        if (division == null || !division.getInfo().isAlive()) {
            return List.of();
        }
        return division.getInfo().isLeader() ? asLeader(division) : asMember(division);
    }

    private List<MemberState> asMember(RaftServer.Division division) {
        Role role = LocalGroup.isListener(division, division.getId()) ? Role.LISTENER : Role.VOTER;
        Transfer incoming = machine.incoming().orElse(null);
        long missing = Math.max(
                0,
                division.getRaftLog().getLastCommittedIndex()
                        - machine.getLastAppliedTermIndex().getIndex());
        // A member that was told of no configuration yet knows index -1.
        long configured = division.getRaftConf().getLogEntryIndex();
        boolean serving = configured >= 0 && machine.getLastAppliedTermIndex().getIndex() >= configured;
        return List.of(new MemberState(
                node.self().node(),
                role,
                true,
                serving,
                incoming == null ? 0 : incoming.copied(),
                incoming == null ? 0 : incoming.total(),
                missing,
                0));
    }

    private List<MemberState> asLeader(RaftServer.Division division) {
        var list = new ArrayList<MemberState>();
        list.add(new MemberState(node.self().node(), Role.LEADER, true, true, 0, 0, 0, 0));
        Map<NodeId, Long> silence = silence(division);
        Map<NodeId, Long> commits = commits(division);
        RaftConfiguration conf = division.getRaftConf();
        for (RaftPeer peer : conf.getCurrentPeers(RaftPeerRole.FOLLOWER)) {
            if (!peer.getId().equals(division.getId())) {
                list.add(member(division, peer, Role.VOTER, silence, commits));
            }
        }
        for (RaftPeer peer : conf.getCurrentPeers(RaftPeerRole.LISTENER)) {
            list.add(member(division, peer, Role.LISTENER, silence, commits));
        }
        PeerAddress coming = joining;
        if (coming != null && list.stream().noneMatch(member -> member.node().equals(coming.node()))) {
            list.add(joining(coming.node(), division));
        }
        return list;
    }

    private MemberState joining(NodeId member, RaftServer.Division division) {
        Transfer transfer = outgoing.get(member);
        long entries = division.getRaftLog().getLastCommittedIndex() + 1;
        return new MemberState(
                member,
                Role.JOINING,
                false,
                false,
                transfer == null ? 0 : transfer.copied(),
                transfer == null ? 0 : transfer.total(),
                entries,
                machine.times().ageMillis(0, System.currentTimeMillis()));
    }

    private MemberState member(
            RaftServer.Division division,
            RaftPeer peer,
            Role role,
            Map<NodeId, Long> silence,
            Map<NodeId, Long> commits) {
        NodeId id = Groups.id(peer.getId());
        long has = commits.getOrDefault(id, -1L);
        long missing = Math.max(0, division.getRaftLog().getLastCommittedIndex() - has);
        long heartbeat = node.settings().timeouts().electionMin().toMillis() / 2;
        boolean up = silence.getOrDefault(id, Long.MAX_VALUE) <= HEARTBEATS_MISSED_MAX * heartbeat;
        boolean serving = up && has >= division.getRaftConf().getLogEntryIndex();
        Transfer transfer = outgoing.get(id);
        return new MemberState(
                id,
                role,
                up,
                serving,
                transfer == null ? 0 : transfer.copied(),
                transfer == null ? 0 : transfer.total(),
                missing,
                missing == 0 ? 0 : machine.times().ageMillis(has + 1, System.currentTimeMillis()));
    }

    private static Map<NodeId, Long> silence(RaftServer.Division division) {
        var silence = new HashMap<NodeId, Long>();
        for (ServerRpcProto follower :
                division.getInfo().getRoleInfoProto().getLeaderInfo().getFollowerInfoList()) {
            silence.put(new NodeId(follower.getId().getId().toStringUtf8()), follower.getLastRpcElapsedTimeMs());
        }
        return silence;
    }

    private static Map<NodeId, Long> commits(RaftServer.Division division) {
        var commits = new HashMap<NodeId, Long>();
        for (CommitInfoProto info : division.getCommitInfos()) {
            commits.put(new NodeId(info.getServer().getId().toStringUtf8()), info.getCommitIndex());
        }
        return commits;
    }
}
