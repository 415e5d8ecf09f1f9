package io.skerry.raft;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.file.DeletedDirectories;
import io.skerry.engine.file.Deletions;
import io.skerry.engine.file.FileTree;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.conf.Parameters;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.proto.RaftProtos.RaftPeerRole;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachine;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The replication side of one node: one Ratis server with its own directory and port, and the groups that it
/// is a member of.
///
///     DIR/node             the node's id: a directory never serves under another
///     DIR/log/GROUP        Ratis' storage of a group: log, term, vote, configuration, snapshot mark
///     DIR/archived/GROUP   the same of a group that is archived: no start opens it
///     DIR/damaged/GROUP-N  the same, moved aside because its log could not be read
///     DIR/deleted/GROUP-N  the same, being deleted: again and again until it is gone
public final class RaftNode implements Replication {

    private static final Logger LOG = LoggerFactory.getLogger(RaftNode.class);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);
    private static final long DELETE_EVERY_MS = 1_000;
    private static final long LOOK_EVERY_MS = 2_000;

    /// Space that comes and goes is one shortage, and two lines.
    private static final int ENOUGH_LOOKS = 5;

    private final NodeContext context;
    private final Path directory;
    private final PeerAdmin admin;
    private final RaftServer server;
    private final HostedGroups hosted;
    private final ArchivedLogs archived;
    private final Deletions deletions = new Deletions();
    private final GroupDeletions gone;
    private final Map<GroupId, LocalGroup> groups = new ConcurrentHashMap<>();
    private final Restarts restarts;

    private final Removals removals;

    /// Groups that are closed not to be opened again at once, each until it has closed. What was ordered last counts.
    private final Map<GroupId, Ending> endings = new ConcurrentHashMap<>();

    private final GroupLocks locks = new GroupLocks();
    private final Spell disk = new Spell(1, ENOUGH_LOOKS);

    private volatile boolean closing;

    /// What becomes of the files of a group that is being closed.
    private enum Ending {
        KEPT,
        DELETED
    }

    private RaftNode(
            PeerAddress self, Path directory, RaftSettings settings, GroupStores stores, PeerTransport transport)
            throws IOException {
        Path logs = Files.createDirectories(directory.resolve("log"));
        NodeDirectory.claim(directory, self.node());
        this.directory = directory;
        this.context = new NodeContext(
                self,
                settings,
                stores,
                transport,
                DiskSpace.of(logs, settings.diskReserveBytes()),
                AppendRoom.forTransactions(settings),
                new Workers(self.node()),
                this::restart);
        int colon = self.raft().lastIndexOf(':');
        RaftProperties properties = settings.server(
                logs,
                self.raft().substring(0, colon),
                Integer.parseInt(self.raft().substring(colon + 1)));
        this.admin = new PeerAdmin(properties);
        this.removals = new Removals(self.node());
        var deleted = new DeletedDirectories(directory.resolve("deleted"), deletions, FileTree::delete);
        this.archived = ArchivedLogs.in(logs, directory.resolve("archived"), deleted);
        this.gone = new GroupDeletions(self.node(), logs, stores, archived, deleted, deletions, removals, locks);
        deleted.sweep();
        NodeDirectory.moveDamaged(directory, severalVoters()).forEach((id, line) -> group(id, line));
        this.server = RaftServer.newBuilder()
                .setServerId(Groups.raftId(self.node()))
                .setStateMachineRegistry(this::begin)
                .setProperties(properties)
                .setParameters(new Parameters())
                // The default formats the storage.
                .setOption(RaftStorage.StartupOption.RECOVER)
                .build();
        this.hosted = new HostedGroups(self.node(), server, removals, this::ended, this::hangs);
        this.restarts = new Restarts(
                hosted,
                locks,
                context.workers(),
                id -> groups.containsKey(id) && hasStorage(id),
                () -> !context.disk().isShort(),
                () -> closing);
        every(DELETE_EVERY_MS, this::deleteLeft);
        every(LOOK_EVERY_MS, this::look);
    }

    private void every(long millis, Runnable task) {
        context.workers().clock.scheduleWithFixedDelay(task, millis, millis, TimeUnit.MILLISECONDS);
    }

    /// For the log: at what nobody may ask for. On the clock, where nothing waits.
    private void look() {
        String shortage = context.disk().shortage();
        disk.look(
                shortage == null
                        ? null
                        : "node " + self() + " takes no writes: " + shortage + " (the logs are in " + directory + ")",
                "node " + self() + " takes writes again: there is space on the log's disk");
        groups.values().forEach(LocalGroup::look);
    }

    /// On the clock, where nothing waits.
    private void deleteLeft() {
        if (deletions.isWaiting()) {
            try {
                context.workers().restarts.execute(() -> deletions.look(System.nanoTime()));
            } catch (RejectedExecutionException e) {
                LOG.debug("deleted groups are looked at later", e);
            }
        }
    }

    /// Opens the node and starts its groups; they elect their leaders afterwards
    /// ([ReplicatedGroup#awaitLeadership]).
    ///
    /// @param directory for the node alone
    /// @throws IOException if the directory belongs to another node, is in use, or the port is taken
    public static RaftNode open(
            PeerAddress self, Path directory, RaftSettings settings, GroupStores stores, PeerTransport transport)
            throws IOException {
        var node = new RaftNode(self, directory, settings, stores, transport);
        try {
            node.server.start();
        } catch (IOException | RuntimeException e) {
            node.close();
            throw new IOException(
                    "node " + self.node() + ": cannot start its log at " + self.raft() + " in " + directory + ": "
                            + e.getMessage(),
                    e);
        }
        return node;
    }

    private void group(GroupId id, String damage) {
        LOG.error("{}", damage);
        groups.computeIfAbsent(id, this::localGroup).damaged(damage);
    }

    private LocalGroup localGroup(GroupId id) {
        return new LocalGroup(id, context, admin);
    }

    private StateMachine begin(RaftGroupId id) {
        GroupId group = Groups.id(id);
        removals.refuse(group); // another node may order this, past every lock
        gone.refuse(group);
        endings.remove(group);
        if (!severalVoters()) {
            try {
                TermFile.mend(logOf(group)); // of a group that is started again
            } catch (IOException e) {
                LOG.warn("group {}: its term is lost, and cannot be mended now", group, e);
            }
        }
        return groups.computeIfAbsent(group, this::localGroup).begin();
    }

    private boolean severalVoters() {
        return context.settings().timeouts().severalVoters();
    }

    /// Ratis may tell of a log's end when the group has been closed for good.
    private void restart(GroupId group) {
        if (groups.containsKey(group)) {
            restarts.ask(group);
        }
    }

    /// The group did not close in time. It is there still, so that whoever asks for troubles finds it.
    private void hangs(GroupId id) {
        LocalGroup group = groups.get(id);
        if (group != null) {
            group.damaged("group " + id + " is stopped on this node: it is being closed, and what runs of it does not"
                    + " end. Restart the node if it stays so");
        }
    }

    /// The group has closed. Each step may be done again if a later one fails.
    private void ended(GroupId group) {
        Ending ending = endings.remove(group);
        if (ending == null) {
            return; // it is to be opened again
        }
        groups.remove(group);
        restarts.forget(group);
        if (ending == Ending.DELETED) {
            gone.delete(group);
        }
    }

    @Override
    public NodeId self() {
        return context.self().node();
    }

    @Override
    public Collection<ReplicatedGroup> groups() {
        return List.copyOf(groups.values());
    }

    @Override
    public Optional<ReplicatedGroup> group(GroupId id) {
        return Optional.ofNullable(groups.get(id));
    }

    @Override
    public ReplicatedGroup create(GroupId id, Duration limit) {
        return create(id, List.of(context.self()), limit);
    }

    /// Creates a group with this node as its only voter and `listeners` as members from the beginning, and
    /// waits until it leads: what one [#create] and a change of members for each listener would come to,
    /// without the changes. Every listener has the group before this node has, so a crash in between is
    /// mended by calling it again. A group that exists here is returned as it is.
    ///
    /// @throws DatabaseException UNAVAILABLE if a listener does not answer; the group is not here then
    public ReplicatedGroup found(GroupId id, List<PeerAddress> listeners, Duration limit) {
        if (groups.containsKey(id) || hasStorage(id)) {
            return create(id, limit);
        }
        gone.refuse(id);
        var deadline = Deadline.in(limit);
        var peers = new ArrayList<RaftPeer>();
        peers.add(Groups.peer(context.self(), RaftPeerRole.FOLLOWER));
        listeners.forEach(listener -> peers.add(Groups.peer(listener, RaftPeerRole.LISTENER)));
        RaftGroup group = RaftGroup.valueOf(Groups.raftId(id), peers);
        for (PeerAddress listener : listeners) {
            admin.createAnew(listener, group, deadline, context.transport(), () -> closing);
        }
        hosted.add(group, true, "found group " + id, deadline);
        return create(id, deadline.left());
    }

    /// Creates the group here with `voters`, each of which is to be told the same.
    ///
    /// @throws IllegalArgumentException if the clocks of this node are not made for so many
    ReplicatedGroup create(GroupId id, List<PeerAddress> voters, Duration limit) {
        String refusal = context.settings().timeouts().refusal(voters.size());
        if (refusal != null) {
            throw new IllegalArgumentException("group " + id + " is not created: " + refusal);
        }
        var deadline = Deadline.in(limit);
        LocalGroup existing = groups.get(id);
        if (archived.has(id)) {
            throw new DatabaseException(Code.UNAVAILABLE, "group " + id + " is archived on node " + self());
        }
        if (existing == null) {
            gone.refuse(id);
            List<RaftPeer> peers = voters.stream()
                    .map(voter -> Groups.peer(voter, RaftPeerRole.FOLLOWER))
                    .toList();
            RaftGroup group = RaftGroup.valueOf(Groups.raftId(id), peers);
            hosted.add(group, !hasStorage(id), "create group " + id, deadline);
        }
        LocalGroup group = groups.get(id);
        if (group == null || (voters.size() == 1 && !group.awaitLeadership(deadline.left()))) {
            String trouble = group == null ? "it is gone" : group.trouble().orElse("it has no leader yet");
            throw new DatabaseException(
                    Code.UNAVAILABLE, "group " + id + " was not ready within " + limit + ": " + trouble);
        }
        return group;
    }

    private boolean hasStorage(GroupId id) {
        return Files.exists(logOf(id));
    }

    private Path logOf(GroupId id) {
        return directory.resolve("log").resolve(id.toString());
    }

    @Override
    public void delete(GroupId id, Duration limit) {
        var deadline = Deadline.in(limit);
        locks.alone(id, deadline, () -> {
            if (hosted.isLeaving(id)) {
                endings.put(id, Ending.DELETED); // by the end of what is under way
            }
            hosted.refuseLeaving(id);
            if (hosted.has(id) || groups.containsKey(id) || archived.has(id) || hasStorage(id)) {
                close(id, Ending.DELETED, "delete group " + id, deadline);
            }
        });
    }

    @Override
    public void setAside(GroupId id, Duration limit) {
        var deadline = Deadline.in(limit);
        locks.alone(id, deadline, () -> {
            hosted.refuseLeaving(id);
            if (groups.containsKey(id)) {
                String what = "set group " + id + " aside";
                if (!hosted.has(id)) {
                    throw new DatabaseException(
                            Code.UNAVAILABLE, "node " + self() + " could not " + what + ": it is not open");
                }
                close(id, Ending.KEPT, what, deadline);
                // A crash before this leaves a group that the next start opens like any other.
                context.stores().setAside(id, logOf(id));
            } else if (archived.has(id)) {
                context.stores().setAside(id, archived.of(id));
                archived.forget(id);
            } else if (hasStorage(id)) {
                context.stores().setAside(id, logOf(id)); // it closed after the limit of an earlier order
            }
        });
    }

    /// Closes a group, whose files are seen to also where that ends after the deadline.
    private void close(GroupId id, Ending ending, String what, Deadline deadline) {
        hosted.awaitStarted(id, deadline);
        endings.put(id, ending);
        try {
            if (hosted.has(id)) {
                hosted.stop(id, what, deadline);
            } else {
                hosted.stop(id, () -> closeFailed(id), what, deadline);
            }
        } catch (RuntimeException e) {
            if (!hosted.isLeaving(id)) {
                endings.remove(id); // it was not begun
            }
            throw e;
        }
    }

    /// It is archived or damaged, or its start failed, and Ratis does not close what it has forgotten.
    private void closeFailed(GroupId id) {
        LocalGroup failed = groups.get(id);
        if (failed != null) {
            failed.machine().ifPresent(GroupStateMachine::close);
        }
    }

    // ---- archived groups

    @Override
    public Collection<GroupId> archived() {
        return archived.all();
    }

    @Override
    public OptionalLong archivedBytes(GroupId group, DatabaseId database) {
        return archived.has(group) ? context.stores().bytes(group, database) : OptionalLong.empty();
    }

    @Override
    public void archive(GroupId id, Duration limit) {
        var deadline = Deadline.in(limit);
        locks.alone(id, deadline, () -> {
            hosted.refuseLeaving(id);
            LocalGroup group = groups.get(id);
            if (group == null) {
                archived.put(id);
                return;
            }
            if (hosted.has(id)) {
                group.drain("group " + id + " is archived", deadline.left().dividedBy(2));
            } else if (!hasStorage(id)) {
                return; // it is damaged, and says so
            }
            try {
                close(id, Ending.KEPT, "close group " + id, deadline);
            } catch (RuntimeException e) {
                if (hosted.has(id)) {
                    group.machine().ifPresent(machine -> machine.log().admit());
                }
                throw e;
            }
            archived.put(id);
            LOG.info("group {} is archived: closed on node {}", id, self());
        });
    }

    @Override
    public void unarchive(GroupId id, Duration limit) {
        var deadline = Deadline.in(limit);
        locks.alone(id, deadline, () -> {
            hosted.refuseLeaving(id);
            gone.refuse(id);
            boolean closed = !groups.containsKey(id) && (archived.has(id) || hasStorage(id));
            if (!closed) {
                return;
            }
            archived.putBack(id);
            try {
                openAgain(id, deadline);
            } finally {
                archived.forget(id); // not earlier: whoever asks finds it there all the time
            }
        });
    }

    private void openAgain(GroupId id, Deadline deadline) {
        try {
            Optional<String> damage = NodeDirectory.moveIfDamaged(directory, id, severalVoters());
            if (damage.isPresent()) {
                group(id, damage.get());
                return;
            }
        } catch (IOException e) {
            throw new DatabaseException(Code.UNAVAILABLE, "group " + id + " cannot be read: " + e, e);
        }
        open(id, deadline);
        LOG.info("group {} is not archived any more: opened on node {}", id, self());
    }

    /// Where that fails for good the group says so, and is not taken for one that serves.
    private void open(GroupId id, Deadline deadline) {
        try {
            hosted.start(id, "open group " + id, deadline);
        } catch (RuntimeException e) {
            if (!hosted.has(id)) {
                group(
                        id,
                        "group " + id + " could not be opened on this node: " + e.getMessage() + "; restart the node");
            }
            throw e;
        }
    }

    /// Writes a snapshot of `group` for the member `receiver`; the other side of a [PeerTransport]. The
    /// log is kept for the receiver meanwhile and for a while after.
    ///
    /// @throws DatabaseException UNAVAILABLE if the group is not here or is stopped
    public void writeSnapshot(GroupId group, NodeId receiver, OutputStream out) throws IOException {
        LocalGroup local = groups.get(group);
        if (local == null) {
            throw new DatabaseException(Code.UNAVAILABLE, "node " + self() + " has no group " + group);
        }
        local.writeSnapshot(receiver, out);
    }

    @Override
    public void close() {
        closing = true;
        gone.stop();
        groups.values()
                .forEach(group -> group.machine()
                        .ifPresent(machine -> machine.log().stop("node " + self() + " is shutting down")));
        Thread stop = Thread.ofPlatform().daemon().name(self() + "-close").start(this::closeServer);
        try {
            if (!stop.join(CLOSE_LIMIT)) {
                LOG.warn(
                        "node {}: its log did not close within {}; what it acknowledged is durable",
                        self(),
                        CLOSE_LIMIT);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        context.workers().close();
    }

    private void closeServer() {
        try {
            server.close();
        } catch (IOException e) {
            LOG.warn("node {}: its log did not close cleanly", self(), e);
        }
    }
}
