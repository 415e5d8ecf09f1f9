package io.skerry.raft;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.AppendOutcome.Committed;
import io.skerry.engine.AppendOutcome.Reason;
import io.skerry.engine.AppendOutcome.Refused;
import io.skerry.engine.Code;
import io.skerry.engine.CommitLog;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.StateMachineLogEntryProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientAsynchronousProtocol;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.exceptions.LeaderNotReadyException;
import org.apache.ratis.protocol.exceptions.LeaderSteppingDownException;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.protocol.exceptions.ResourceUnavailableException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.raftlog.RaftLogIOException;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.jspecify.annotations.Nullable;

/// The only door to Ratis' log of one group. One instance for each time the group is started: entries of an
/// earlier one have no writer any more.
///
/// An append goes straight into the group's division, on the writer's thread: Ratis' own front door adds a hop
/// to another thread, and its answer another; the writer is woken by the state machine instead
/// ([PendingAppend]).
final class GroupLog implements CommitLog {

    private final GroupId group;
    private final RaftSettings settings;
    private final DiskSpace disk;
    private final AppendRoom transactions;

    // Random, so that no entry of another incarnation is taken for one of this.
    private final ClientId incarnation = ClientId.randomId();
    private final AtomicLong calls = new AtomicLong();
    private final Map<Long, PendingAppend> pending = new ConcurrentHashMap<>();
    private final AppendRoom room;

    private volatile RaftServer.@Nullable Division division;
    private volatile LogIndex applied = LogIndex.BEFORE_FIRST;
    private volatile long appliedBytes;
    private volatile boolean ready;

    /// Why no append is let in; null while they are. A log that was stopped is never let in again by whoever drained
    /// it, whichever of both came first.
    private final AtomicReference<@Nullable Refused> stopped = new AtomicReference<>();

    private volatile @Nullable Refused draining;

    /// @param transactions of all groups of the node, those of several pieces
    GroupLog(GroupId group, RaftSettings settings, DiskSpace disk, AppendRoom transactions) {
        this.group = group;
        this.settings = settings;
        this.disk = disk;
        this.transactions = transactions;
        this.room = new AppendRoom(settings.entriesInFlightMax(), settings.bytesInFlightMax(), settings.queueLimit());
    }

    // ---- the engine's side

    @Override
    public AppendOutcome commit(DatabaseId database, List<byte[]> pieces) {
        if (pieces.isEmpty()) {
            throw new IllegalArgumentException("database " + database + ": a commit without an entry");
        }
        return pieces.size() == 1 ? append(pieces.getFirst(), true) : commitPieces(pieces);
    }

    private AppendOutcome commitPieces(List<byte[]> pieces) {
        int bytes = pieces.stream().mapToInt(piece -> piece.length).sum();
        if (!transactions.take(bytes)) {
            return new Refused(
                    Reason.OVERLOADED,
                    "group " + group + ": long transactions of " + settings.transactionBytesMax()
                            + " bytes are being written on this node already");
        }
        try {
            AppendOutcome failed = appendAll(pieces.subList(0, pieces.size() - 1));
            // The last piece carries the commit and was not offered: without it the others mean nothing.
            return failed == null ? append(pieces.getLast(), true) : new Refused(reason(failed), message(failed));
        } finally {
            transactions.giveBack(bytes);
        }
    }

    @Override
    public AppendOutcome submit(byte[] entry) {
        return append(entry, false);
    }

    @Override
    public void replay(LogIndex after, LogIndex upTo, EntryVisitor visitor) {
        RaftLog log = openLog();
        for (long index = after.value() + 1; index <= upTo.value(); index++) {
            LogEntryProto entry = read(log, index);
            if (entry.hasStateMachineLogEntry()) {
                visitor.entry(new LogIndex(index), bytes(entry));
            }
        }
    }

    @Override
    public LogIndex applied() {
        return applied;
    }

    @Override
    public long appliedBytes() {
        return appliedBytes;
    }

    @Override
    public boolean isLeader() {
        RaftServer.Division at = division;
        return ready && at != null && stopped.get() == null && at.getInfo().isLeaderReady();
    }

    // ---- appending

    /// The pieces of one transaction travel together, as far as there is room; the answer is null once all were applied
    /// in order.
    private @Nullable AppendOutcome appendAll(List<byte[]> pieces) {
        var underWay = new ArrayDeque<Offer>();
        AppendOutcome failed = null;
        for (byte[] piece : pieces) {
            failed = takePlace(piece, underWay);
            if (failed != null) {
                break;
            }
            Offer offer = offerAtPlace(piece, false);
            if (offer.refused() != null) {
                failed = offer.refused();
                break;
            }
            underWay.add(offer);
        }
        for (Offer offer : underWay) {
            AppendOutcome outcome = await(offer);
            if (failed == null && !(outcome instanceof Committed)) {
                failed = outcome;
            }
        }
        return failed;
    }

    /// Takes a place for a piece. A transaction may be longer than all the room, so while some is taken by its own
    /// pieces it waits for the oldest of these, and never for others.
    ///
    /// @param own pieces that are under way; those that were waited for are taken out
    /// @return null if the place is taken
    private @Nullable AppendOutcome takePlace(byte[] piece, ArrayDeque<Offer> own) {
        Refused refusal = refusal(piece.length);
        if (refusal != null) {
            return refusal;
        }
        while (!own.isEmpty()) {
            if (room.takeNow(piece.length)) {
                return null;
            }
            AppendOutcome oldest = await(own.removeFirst());
            if (!(oldest instanceof Committed)) {
                return oldest;
            }
        }
        return room.take(piece.length) ? null : overloaded();
    }

    private AppendOutcome append(byte[] entry, boolean writerHolds) {
        Offer offer = offer(entry, writerHolds);
        Refused refused = offer.refused();
        return refused != null ? refused : await(offer);
    }

    private record Offer(
            long call,
            @Nullable PendingAppend append,
            @Nullable Refused refused) {
        static Offer refused(Refused refused) {
            return new Offer(-1, null, refused);
        }
    }

    private Offer offer(byte[] entry, boolean writerHolds) {
        Refused refusal = refusal(entry.length);
        if (refusal != null) {
            return Offer.refused(refusal);
        }
        return room.take(entry.length) ? offerAtPlace(entry, writerHolds) : Offer.refused(overloaded());
    }

    private Refused overloaded() {
        return new Refused(
                Reason.OVERLOADED,
                "group " + group + ": " + settings.entriesInFlightMax() + " entries or " + settings.bytesInFlightMax()
                        + " bytes wait for the log already");
    }

    /// Offers an entry for which a place was taken; gives that back if it refuses.
    private Offer offerAtPlace(byte[] entry, boolean writerHolds) {
        Refused ended = stopped.get();
        if (ended != null) {
            // Whoever drains the log waits for no place that is taken after this.
            room.giveBack(entry.length);
            return Offer.refused(ended);
        }
        var append = new PendingAppend(entry, writerHolds);
        long call = calls.incrementAndGet();
        pending.put(call, append);
        send(division, call, append);
        return new Offer(call, append, null);
    }

    private @Nullable Refused refusal(int bytes) {
        Refused ended = stopped.get();
        if (ended != null) {
            return ended;
        }
        if (bytes > RaftSettings.ENTRY_BYTES_MAX) {
            return new Refused(
                    Reason.TOO_LARGE,
                    "group " + group + ": an entry of " + bytes + " bytes exceeds " + RaftSettings.ENTRY_BYTES_MAX);
        }
        if (!ready) {
            return new Refused(Reason.NOT_LEADER, "group " + group + ": this node does not lead it");
        }
        String full = disk.refusal();
        return full == null ? null : new Refused(Reason.DISK_FULL, "group " + group + ": " + full);
    }

    @Override
    public @Nullable Refused spillRefusal() {
        String scarce = disk.spillRefusal();
        return scarce == null ? null : new Refused(Reason.DISK_FULL, "group " + group + ": " + scarce);
    }

    private void send(RaftServer.@Nullable Division at, long call, PendingAppend append) {
        if (!(at instanceof RaftClientAsynchronousProtocol door)) {
            append.abandon(Reason.STOPPED, "group " + group + ": its log takes no entries directly");
            return;
        }
        var request = RaftClientRequest.newBuilder()
                .setClientId(incarnation)
                .setServerId(at.getId())
                .setGroupId(Groups.raftId(group))
                .setCallId(call)
                .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(append.entry)))
                .setType(RaftClientRequest.writeRequestType())
                .build();
        try {
            CompletableFuture<RaftClientReply> reply = door.submitClientRequestAsync(request);
            reply.whenComplete((answer, failure) -> {
                if (failure != null) {
                    abandon(append, failure);
                } else if (!answer.isSuccess()) {
                    abandon(append, answer.getException());
                }
            });
        } catch (IOException | RuntimeException e) {
            abandon(append, e);
        }
    }

    private AppendOutcome await(Offer offer) {
        PendingAppend append = Objects.requireNonNull(offer.append());
        try {
            return append.await(
                    System.nanoTime() + settings.appendLimit().toNanos(),
                    "group " + group + ": the log did not answer within " + settings.appendLimit());
        } finally {
            pending.remove(offer.call());
            room.giveBack(append.entry.length);
        }
    }

    private void abandon(PendingAppend append, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        append.abandon(reason(cause), "group " + group + ": " + cause.getMessage());
    }

    /// What a failure means if the entry was certainly not appended; [PendingAppend] knows whether it was.
    private static Reason reason(Throwable failure) {
        return switch (failure) {
            case NotLeaderException e -> Reason.NOT_LEADER;
            case LeaderNotReadyException e -> Reason.NOT_LEADER;
            case LeaderSteppingDownException e -> Reason.NOT_LEADER;
            case ResourceUnavailableException e -> Reason.OVERLOADED;
            default -> Reason.STOPPED;
        };
    }

    private static Reason reason(AppendOutcome outcome) {
        return switch (outcome) {
            case Refused refused -> refused.reason();
            case AppendOutcome.Unknown unknown -> Reason.STOPPED;
            case Committed committed -> throw new IllegalArgumentException("committed at " + committed.index());
        };
    }

    private static String message(AppendOutcome outcome) {
        return switch (outcome) {
            case Refused refused -> refused.message();
            case AppendOutcome.Unknown unknown -> unknown.message();
            case Committed committed -> throw new IllegalArgumentException("committed at " + committed.index());
        };
    }

    // ---- reading

    private RaftLog openLog() {
        RaftServer.Division at = division;
        if (at == null || !at.getRaftLog().isOpened()) {
            throw new DatabaseException(Code.UNAVAILABLE, "group " + group + ": its log is closed");
        }
        return at.getRaftLog();
    }

    private LogEntryProto read(RaftLog log, long index) {
        try {
            LogEntryProto entry = log.get(index);
            if (entry != null) {
                return entry;
            }
        } catch (RaftLogIOException e) {
            throw new DatabaseException(
                    Code.LOG_DAMAGED, "group " + group + ": log entry " + index + " cannot be read", e);
        }
        throw new DatabaseException(
                Code.LOG_DAMAGED,
                "group " + group + ": log entry " + index + " is not there; the log has " + log.getStartIndex() + " to "
                        + (log.getNextIndex() - 1));
    }

    static byte[] bytes(LogEntryProto entry) {
        return entry.getStateMachineLogEntry().getLogData().toByteArray();
    }

    // ---- the state machine's side

    /// The group's division, once Ratis has made it.
    void attach(RaftServer.Division at) {
        division = at;
    }

    /// The append that a request of this incarnation belongs to; null for any other.
    @Nullable
    PendingAppend pending(RaftClientRequest request) {
        return incarnation.equals(request.getClientId()) ? pending.get(request.getCallId()) : null;
    }

    /// The append that wrote `entry` and still waits here, if there is one.
    @Nullable
    PendingAppend pending(StateMachineLogEntryProto entry) {
        return incarnation.toByteString().equals(entry.getClientId()) ? pending.get(entry.getCallId()) : null;
    }

    void applied(LogIndex index) {
        applied = index;
    }

    /// Counts an applied entry; the applying thread.
    void counted(int entryBytes) {
        long now = appliedBytes + entryBytes;
        appliedBytes = now;
    }

    /// Whether appends are let in: from the moment this node leads and has applied all that came before.
    void ready(boolean leads) {
        ready = leads;
    }

    /// Lets no append in any more and waits until those that are under way have their outcome.
    ///
    /// @return false if `limit` passed first
    boolean drain(String why, Duration limit) throws InterruptedException {
        Refused refusal = new Refused(Reason.STOPPED, why);
        draining = refusal;
        stopped.compareAndSet(null, refusal);
        return room.awaitEmpty(limit);
    }

    /// Ends what [#drain] began; only while the group is still open.
    void admit() {
        Refused refusal = draining;
        if (refusal != null) {
            stopped.compareAndSet(refusal, null);
        }
    }

    /// Lets no append in any more and gives up those that wait.
    void stop(String why) {
        stop(Reason.STOPPED, why);
    }

    /// @param reason what appends are refused with from now on
    void stop(Reason reason, String why) {
        stopped.set(new Refused(reason, why));
        ready = false;
        pending.values().forEach(append -> append.abandon(reason, why));
    }
}
