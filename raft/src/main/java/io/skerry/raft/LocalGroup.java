package io.skerry.raft;

import io.skerry.engine.Code;
import io.skerry.engine.CommitLog;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupStore;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One group of this node, through all its starts.
final class LocalGroup implements ReplicatedGroup {

    private static final Logger LOG = LoggerFactory.getLogger(LocalGroup.class);
    private static final long POLL_NANOS = 1_000_000;

    private final GroupId id;
    private final NodeContext node;
    private final Membership membership;
    private final Silence silence;

    /// Snapshots that other members fetch from this node, the newest of each.
    private final Map<NodeId, Transfer> outgoing = new ConcurrentHashMap<>();

    private volatile @Nullable GroupStateMachine machine;
    private volatile @Nullable String damage;

    LocalGroup(GroupId id, NodeContext node, PeerAdmin admin) {
        this.id = id;
        this.node = node;
        this.membership = new Membership(id, node, admin, this::copiedTo);
        this.silence = new Silence(id);
    }

    /// The group is started, or started again.
    GroupStateMachine begin() {
        damage = null;
        var begun = new GroupStateMachine(id, node);
        machine = begun;
        return begun;
    }

    /// The group cannot be started at all.
    void damaged(String line) {
        damage = line;
    }

    Optional<GroupStateMachine> machine() {
        return Optional.ofNullable(machine);
    }

    @Override
    public GroupId id() {
        return id;
    }

    @Override
    public GroupStore store() {
        return machine().flatMap(GroupStateMachine::store).orElseThrow(this::unavailable);
    }

    @Override
    public CommitLog log() {
        return running().log();
    }

    private GroupStateMachine running() {
        return machine().orElseThrow(this::unavailable);
    }

    private DatabaseException unavailable() {
        return new DatabaseException(
                Code.UNAVAILABLE, trouble().orElse("group " + id + " is being started on this node; try again"));
    }

    @Override
    public boolean awaitLeadership(Duration limit) {
        var deadline = Deadline.in(limit);
        while (true) {
            GroupStateMachine now = machine;
            if (now != null && now.takesWrites()) {
                return true;
            }
            if (deadline.leftNanos() == 0 || Thread.currentThread().isInterrupted()) {
                return false;
            }
            LockSupport.parkNanos(this, Math.min(POLL_NANOS, deadline.leftNanos()));
        }
    }

    @Override
    public Optional<NodeId> leader() {
        return machine()
                .flatMap(GroupStateMachine::division)
                .map(division -> division.getInfo().getLeaderId())
                .map(LocalGroup::nodeId);
    }

    @Override
    public OptionalLong leadingTerm() {
        GroupStateMachine now = machine;
        if (now == null) {
            return OptionalLong.empty();
        }
        // The term first: that of a lead which began between the two looks is only seen later.
        Optional<Long> term = now.division().map(division -> division.getInfo().getCurrentTerm());
        return term.isPresent() && now.takesWrites() ? OptionalLong.of(term.get()) : OptionalLong.empty();
    }

    private static NodeId nodeId(RaftPeerId peer) {
        return Groups.id(peer);
    }

    @Override
    public List<MemberState> members() {
        GroupStateMachine now = machine;
        if (now == null) {
            return List.of();
        }
        return new Members(node, now, membership.joining(), outgoing).list();
    }

    /// Makes the next start short, lets no append in any more, and waits for those that are under way.
    void drain(String why, Duration limit) {
        GroupStateMachine now = machine;
        if (now == null) {
            return;
        }
        var deadline = Deadline.in(limit);
        now.checkpoints().ifPresent(checkpoints -> {
            try {
                checkpoints.await(deadline.left());
            } catch (IOException e) {
                LOG.info("group {} is closed without a checkpoint: {}", id, e.getMessage());
            }
        });
        try {
            if (!now.log().drain(why, deadline.left())) {
                LOG.warn("group {} is closed while entries wait for their outcome", id);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            now.log().admit();
            throw new DatabaseException(Code.UNAVAILABLE, "group " + id + " was not closed: the node is stopping", e);
        }
    }

    private long copiedTo(NodeId member) {
        Transfer transfer = outgoing.get(member);
        return transfer == null ? 0 : transfer.copied();
    }

    @Override
    public void addListener(PeerAddress peer, Duration limit) {
        membership.add(running(), peer, limit);
    }

    @Override
    public void removeListener(PeerAddress peer, Duration limit) {
        membership.remove(running(), peer, limit);
        outgoing.remove(peer.node());
    }

    @Override
    public Optional<String> trouble() {
        String line = damage;
        return line != null
                ? Optional.of(line)
                : machine().flatMap(now -> now.trouble().or(() -> now.store().flatMap(LocalGroup::troubleOf)));
    }

    @Override
    public Optional<String> shortage() {
        return Optional.ofNullable(node.disk().shortage()).map(why -> "group " + id + " takes no writes: " + why);
    }

    @Override
    public List<String> silent() {
        return silence.lines();
    }

    /// At what has to be said of the group though nobody asks.
    void look() {
        try {
            silence.look(members());
        } catch (RuntimeException e) {
            LOG.debug("the members of group {} are looked at later", id, e); // it is being opened or closed
        }
    }

    /// The others are a word for how many there are: the log has a line for each.
    private static Optional<String> troubleOf(GroupStore store) {
        List<String> lines = store.troubles();
        return switch (lines.size()) {
            case 0 -> Optional.empty();
            case 1 -> Optional.of(lines.getFirst());
            default -> Optional.of(lines.getFirst() + " (and " + (lines.size() - 1) + " databases more)");
        };
    }

    /// Writes what a new member needs; see [SnapshotStream].
    void writeSnapshot(NodeId receiver, OutputStream out) throws IOException {
        GroupStateMachine now = running();
        Checkpoints checkpoints = now.checkpoints().orElseThrow(this::unavailable);
        GroupStore store = store();
        RaftServer.Division division = now.division().orElseThrow(this::unavailable);
        var progress = new Transfer();
        var pace = new Pace(node.settings().snapshotBytesPerSecond());
        outgoing.put(receiver, progress);
        checkpoints.transferBegins();
        try {
            SnapshotMark mark = checkpoints.published();
            // Before the list of databases is made: one that is created later is in the entries after this.
            TermIndex applied = now.getLastAppliedTermIndex();
            SnapshotStream.write(id, store.copies(), out, progress, pace, replayFrom -> {
                long index = Math.min(applied.getIndex(), replayFrom.value());
                TermIndex at = mark != null && index <= mark.getIndex() ? mark.at() : at(division.getRaftLog(), index);
                return new SnapshotStream.Position(at, now.log().applied());
            });
        } finally {
            checkpoints.transferEnds();
        }
    }

    /// Entry 0 is the group's first configuration, so a snapshot there is an empty group.
    private TermIndex at(RaftLog log, long index) {
        TermIndex at = log.getTermIndex(Math.max(0, index));
        if (at == null) {
            throw new DatabaseException(
                    Code.UNAVAILABLE, "group " + id + ": the log no longer has entry " + index + "; fetch again");
        }
        return at;
    }

    /// Whether a node with this role is one.
    static boolean isListener(RaftServer.Division division, RaftPeerId peer) {
        return division.getRaftConf().getPeer(peer, RaftPeerRole.LISTENER) != null;
    }
}
