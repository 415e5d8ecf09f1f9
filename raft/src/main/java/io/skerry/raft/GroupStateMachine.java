package io.skerry.raft;

import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.GroupId;
import io.skerry.engine.GroupState;
import io.skerry.engine.GroupStore;
import io.skerry.engine.LogIndex;
import io.skerry.engine.storage.Outcomes;
import java.io.IOException;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.RaftProtos.RoleInfoProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.SnapshotInfo;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.util.LifeCycle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What Ratis drives: it hands the entries of one group to the group's databases, or to the writers that wait
/// for them. One instance for each time the group is started on this node.
///
/// A failure to apply stops this group here, and no other. Ratis closes a division whose state machine throws, unless
/// it is closing it already: then its updater waits, without a pause and for ever, for entries that are not applied,
/// and whoever closes waits for the updater. So nothing is thrown to it; the division is closed from here.
final class GroupStateMachine extends BaseStateMachine {

    private static final Logger LOG = LoggerFactory.getLogger(GroupStateMachine.class);
    private static final CompletableFuture<Message> APPLIED = CompletableFuture.completedFuture(Message.EMPTY);

    private final GroupId group;
    private final NodeContext node;
    private final GroupLog log;
    private final Leadership leadership;
    private final CommitTimes times = new CommitTimes();

    /// Held while entries are applied, and while a fetched snapshot takes the place of the databases.
    private final ReentrantLock applying = new ReentrantLock();
    private final CommittedEntries entries;

    private @Nullable GroupStore store;
    private @Nullable Checkpoints checkpoints;
    private RaftServer.@Nullable Division division;
    private LogIndex replayTarget = LogIndex.BEFORE_FIRST;

    // Entries up to here are in the databases that a snapshot brought, whatever Ratis still hands over.
    private long installed = -1;
    private volatile @Nullable String trouble;

    /// An entry could not be applied: none is from here on, whatever Ratis hands over until it has closed.
    private volatile boolean failed;

    private volatile @Nullable SnapshotFetch fetch;
    private boolean closed; // while `applying` is held

    GroupStateMachine(GroupId group, NodeContext node) {
        this.group = group;
        this.node = node;
        this.log = new GroupLog(group, node.settings(), node.disk(), node.transactions());
        this.entries = new CommittedEntries(log, this::applied);
        this.leadership = new Leadership(node.workers().events, this::tellLeadership);
    }

    GroupLog log() {
        return log;
    }

    CommitTimes times() {
        return times;
    }

    Optional<GroupStore> store() {
        return Optional.ofNullable(store);
    }

    Optional<RaftServer.Division> division() {
        return Optional.ofNullable(division);
    }

    Optional<Checkpoints> checkpoints() {
        return Optional.ofNullable(checkpoints);
    }

    Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /// The snapshot that is being fetched, or was last.
    Optional<Transfer> incoming() {
        return Optional.ofNullable(fetch).map(SnapshotFetch::progress);
    }

    // ---- start and end

    @Override
    public void initialize(RaftServer server, RaftGroupId id, RaftStorage storage) throws IOException {
        super.initialize(server, id, storage);
        // Without this transition a later pause() fails, and a member that fetched a snapshot is stuck for ever.
        getLifeCycle().startAndTransition(() -> start(server, id, storage), IOException.class);
    }

    private void start(RaftServer server, RaftGroupId id, RaftStorage storage) throws IOException {
        RaftServer.Division at = server.getDivision(id);
        division = at;
        log.attach(at);
        try {
            var directory = storage.getStorageDir();
            Optional<SnapshotMark> mark =
                    SnapshotMark.read(directory.getStateMachineDir().toPath());
            LogFiles.Summary files = LogFiles.read(directory.getCurrentDir().toPath());
            if (mark.isPresent() && files.endsBefore(mark.get().getIndex())) {
                // A snapshot was installed, and this node closed or died before Ratis let go of the log before it.
                // It would not do so now: it keeps the open segment, behind which nothing fits that follows the
                // snapshot, and the member would be stuck for ever.
                LogFiles.delete(directory.getCurrentDir().toPath());
            }
            replayTarget = files.last();
            mark.ifPresent(known -> setLastAppliedTermIndex(known.at()));
            mark.ifPresent(known -> log.applied(new LogIndex(known.at().getIndex())));
            GroupStore opened = node.stores().open(group);
            store = opened;
            checkpoints = new Checkpoints(
                    group, node, at, opened, directory.getStateMachineDir().toPath(), mark);
            opened.start(log, replayTarget);
        } catch (IOException | RuntimeException e) {
            // Thrown from here it would keep every other group of the node from starting. The first entry that
            // is to be applied stops this one.
            stop("its databases cannot be opened: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        log.stop("group " + group + " is closed on this node");
        leadership.set(false);
        getLifeCycle().checkStateAndClose();
        // In this order: a snapshot whose databases are installed gets its mark, too.
        endFetch();
        checkpoints().ifPresent(Checkpoints::close);
        applying.lock();
        try {
            if (store != null) {
                store.close();
            }
        } finally {
            applying.unlock();
        }
    }

    /// None begins after this.
    private void endFetch() {
        SnapshotFetch last;
        applying.lock();
        try {
            closed = true;
            last = fetch;
        } finally {
            applying.unlock();
        }
        if (last != null) {
            last.end();
        }
    }

    private void stop(String why, @Nullable Throwable cause) {
        String line = "group " + group + " is stopped on this node: " + why;
        if (trouble == null) {
            trouble = line;
            LOG.error("{}", line, cause);
        }
        log.stop(Outcomes.isDiskFull(cause) ? Reason.DISK_FULL : Reason.STOPPED, line);
        leadership.set(false);
    }

    // ---- appending, on the writer's thread

    @Override
    public TransactionContext startTransaction(RaftClientRequest request) throws IOException {
        PendingAppend append = log.pending(request);
        if (append == null) {
            throw new IOException("group " + group + " takes entries from its own node only");
        }
        return TransactionContext.newBuilder()
                .setStateMachine(this)
                .setClientRequest(request)
                .setStateMachineContext(append)
                .build();
    }

    @Override
    public TransactionContext preAppendTransaction(TransactionContext transaction) throws IOException {
        if (!(transaction.getStateMachineContext() instanceof PendingAppend append) || !append.enter()) {
            throw new IOException("group " + group + ": the entry was given up before it was appended");
        }
        return transaction;
    }

    // ---- applying, on the updater's thread

    /// Entries of other nodes are collected while more are committed: Ratis calls again for the next one at once.
    @Override
    public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
        LogEntryProto entry = transaction.getLogEntry();
        applying.lock();
        try {
            if (failed) {
                return APPLIED;
            }
            if (entry.getIndex() > installed) {
                apply(entry, transaction.getStateMachineContext());
            } else {
                updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
            }
        } finally {
            applying.unlock();
        }
        return APPLIED;
    }

    private void apply(LogEntryProto entry, @Nullable Object context) {
        PendingAppend append =
                context instanceof PendingAppend held ? held : log.pending(entry.getStateMachineLogEntry());
        if (append != null) {
            flush();
            if (!failed) {
                stopOnFailure(entry.getIndex(), () -> entries.give(state(), entry, append));
            }
        } else if (!entries.collect(entry) || entry.getIndex() >= committed()) {
            flush();
        }
    }

    private long committed() {
        RaftServer.Division at = division;
        return at == null ? -1 : at.getRaftLog().getLastCommittedIndex();
    }

    /// Applies what was collected.
    private void flush() {
        applying.lock();
        try {
            if (!failed && !entries.isEmpty()) {
                stopOnFailure(entries.first(), () -> entries.applyTo(state()));
            }
        } finally {
            applying.unlock();
        }
    }

    private GroupState state() {
        GroupState state = store;
        if (state == null || trouble != null) {
            throw new IllegalStateException(trouble == null ? "the group was not started" : trouble);
        }
        return state;
    }

    private void applied(LogEntryProto entry) {
        updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
        times.record(entry.getIndex(), System.currentTimeMillis());
        int bytes = entry.getSerializedSize();
        log.counted(bytes);
        checkpoints().ifPresent(due -> due.applied(bytes));
    }

    private void stopOnFailure(long first, Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            failed = true;
            entries.discard();
            stop(
                    "entry " + first + ", or one right after it, cannot be applied (" + e.getMessage()
                            + "); restart the node, or remove the group from it and add it again",
                    e);
            end();
        }
    }

    /// Not on the updater's thread, for which the closing waits.
    private void end() {
        RaftServer.Division at = division;
        if (at != null) {
            Thread.ofPlatform()
                    .daemon()
                    .name(node.self().node() + "-stop-" + group)
                    .start(() -> close(at));
        }
    }

    private void close(RaftServer.Division at) {
        try {
            at.close();
        } catch (RuntimeException e) {
            LOG.warn("group {} was stopped and did not close as it should", group, e);
        }
    }

    /// An entry of Ratis itself. Ratis may find the leader ready right after this, so that what stands before it
    /// has to be applied.
    @Override
    public void notifyConfigurationChanged(long term, long index, RaftConfigurationProto configuration) {
        flush();
        // Whoever asked for it, and whatever the settings were then.
        String refusal = node.settings().timeouts().refusal(configuration.getPeersCount());
        if (refusal != null) {
            stop(refusal, null);
        }
    }

    @Override
    public void notifyTermIndexUpdated(long term, long index) {
        flush();
        if (!failed && index > getLastAppliedTermIndex().getIndex()) {
            updateLastAppliedTermIndex(term, index);
        }
    }

    // ---- leadership

    @Override
    public void notifyLeaderReady() {
        RaftServer.Division at = division;
        if (trouble == null && at != null && at.getInfo().isLeaderReady()) {
            log.ready(true);
            leadership.set(true);
        }
    }

    @Override
    public void notifyNotLeader(Collection<TransactionContext> pendingEntries) {
        log.ready(false);
        leadership.set(false);
    }

    @Override
    public void notifyLeaderChanged(RaftGroupMemberId member, RaftPeerId leader) {
        if (!member.getPeerId().equals(leader)) {
            log.ready(false);
            leadership.set(false);
        }
    }

    /// A listener that was added while this node ran is a follower to its own Ratis, which closes it when it hears
    /// of no leader for long and finds that it may not stand for election. Started anew it knows what it is.
    @Override
    public void notifyServerShutdown(RoleInfoProto role, boolean wholeServer) {
        if (!wholeServer) {
            node.reopen().accept(group);
        }
    }

    /// Whether this node leads, and a writer of a database that asks now is let in.
    boolean takesWrites() {
        return log.isLeader() && leadership.isTold();
    }

    private void tellLeadership(boolean leads) {
        GroupState state = store;
        if (state != null) {
            try {
                state.leadership(leads);
            } catch (RuntimeException e) {
                LOG.warn("group {}: its databases did not take leadership={}", group, leads, e);
            }
        }
    }

    // ---- the log's own troubles

    @Override
    public void notifyLogFailed(Throwable cause, LogEntryProto entry) {
        stop(
                "its log cannot be written (" + cause.getMessage()
                        + "); it is started again when the disk has space, or when the node is restarted",
                cause);
        node.reopen().accept(group);
    }

    @Override
    public CompletableFuture<Void> truncate(long index) {
        // Until the replay's target is applied no database may be opened. If the entries up to there are taken
        // back, the target might not be reached for long: the group starts anew with the log that there is.
        if (index <= replayTarget.value() && getLastAppliedTermIndex().getIndex() < replayTarget.value()) {
            node.reopen().accept(group);
        }
        return CompletableFuture.completedFuture(null);
    }

    // ---- snapshots

    @Override
    public @Nullable SnapshotInfo getLatestSnapshot() {
        return checkpoints == null ? null : checkpoints.published();
    }

    @Override
    public CompletableFuture<TermIndex> notifyInstallSnapshotFromLeader(RoleInfoProto role, TermIndex firstInLog) {
        var begun = new SnapshotFetch(
                group, node, role.getFollowerInfo().getLeaderInfo().getId());
        GroupState state = store;
        if (state == null) {
            return CompletableFuture.failedFuture(new IOException(String.valueOf(trouble)));
        }
        applying.lock();
        try {
            if (closed) {
                return new CompletableFuture<>(); // as that of a fetch that was ended
            }
            fetch = begun;
        } finally {
            applying.unlock();
        }
        return begun.run(state, this::install);
    }

    private IOException closedHere() {
        return new IOException("group " + group + " is closed on this node");
    }

    /// Puts the databases of a fetched snapshot in place of those here; no entry is applied meanwhile.
    private void install(GroupState.SnapshotReceiver received, SnapshotStream.Position position) throws IOException {
        Checkpoints marks = checkpoints;
        if (marks == null) {
            throw new IOException("group " + group + " was not started");
        }
        applying.lock();
        try {
            if (closed) {
                throw closedHere();
            }
            var index = new LogIndex(position.at().getIndex());
            flush();
            received.install(index, position.consistentAt());
            marks.installed(position.at());
            installed = index.value();
            log.applied(index);
        } finally {
            applying.unlock();
        }
    }

    @Override
    public void pause() {
        // An exception here would strand the member for ever: Ratis forgets that a snapshot was fetched.
        if (getLifeCycle().compareAndTransition(LifeCycle.State.RUNNING, LifeCycle.State.PAUSING)) {
            checkpoints().ifPresent(Checkpoints::publish);
            getLifeCycle().transition(LifeCycle.State.PAUSED);
        }
    }

    @Override
    public void reinitialize() throws IOException {
        applying.lock();
        try {
            // Ratis goes back to the snapshot, and hands out what comes after it again.
            entries.discard();
        } finally {
            applying.unlock();
        }
        getLifeCycle()
                .startAndTransition(
                        () -> {
                            SnapshotInfo snapshot = getLatestSnapshot();
                            if (snapshot != null) {
                                setLastAppliedTermIndex(snapshot.getTermIndex());
                            }
                        },
                        IOException.class);
    }
}
