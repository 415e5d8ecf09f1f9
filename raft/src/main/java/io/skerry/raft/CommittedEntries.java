package io.skerry.raft;

import io.skerry.engine.GroupState;
import io.skerry.engine.LogIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;

/// Committed entries on their way to the databases. Those of other nodes are collected, within bounds, as long as
/// more are committed behind them, and applied together; one that a writer here waits for ends the collecting.
///
/// The applying lock guards it.
final class CommittedEntries {

    static final int WAITING_MAX = 64;
    private static final int WAITING_BYTES_MAX = 1 << 20;

    private final GroupLog log;
    private final Consumer<LogEntryProto> whenApplied;
    private final List<LogEntryProto> waiting = new ArrayList<>();
    private int waitingBytes;

    /// @param whenApplied told of each entry, in order
    CommittedEntries(GroupLog log, Consumer<LogEntryProto> whenApplied) {
        this.log = log;
        this.whenApplied = whenApplied;
    }

    /// Collects an entry that no writer here waits for.
    ///
    /// @return whether there is room for another
    boolean collect(LogEntryProto entry) {
        waiting.add(entry);
        waitingBytes += entry.getSerializedSize();
        return waiting.size() < WAITING_MAX && waitingBytes < WAITING_BYTES_MAX;
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /// Index of the first that waits. There is one.
    long first() {
        return waiting.getFirst().getIndex();
    }

    /// Forgets what was collected: Ratis will hand it out again, or nobody needs it.
    void discard() {
        waiting.clear();
        waitingBytes = 0;
    }

    /// Applies what was collected.
    void applyTo(GroupState state) {
        List<LogEntryProto> taken = List.copyOf(waiting);
        discard();
        state.apply(taken.stream()
                .map(entry -> new GroupState.Entry(new LogIndex(entry.getIndex()), GroupLog.bytes(entry)))
                .toList());
        log.applied(new LogIndex(taken.getLast().getIndex()));
        taken.forEach(whenApplied);
    }

    /// Hands an entry to its writer here, or applies it if the writer gave up. Nothing else waits.
    void give(GroupState state, LogEntryProto entry, PendingAppend append) {
        var index = new LogIndex(entry.getIndex());
        if (append.writerHolds && append.claim(index)) {
            try {
                state.claimed(index, append.entry);
            } finally {
                log.applied(index);
                append.settle();
            }
        } else {
            state.apply(List.of(new GroupState.Entry(index, append.entry)));
            log.applied(index);
            if (!append.writerHolds && append.claim(index)) {
                append.settle();
            }
        }
        whenApplied.accept(entry);
    }
}
