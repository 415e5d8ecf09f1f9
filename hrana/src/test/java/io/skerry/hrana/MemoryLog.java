package io.skerry.hrana;

import io.skerry.engine.AppendOutcome;
import io.skerry.engine.CommitLog;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupState;
import io.skerry.engine.LogIndex;
import java.util.ArrayList;
import java.util.List;

/// A group's log in memory, with one member: everything is committed at once.
final class MemoryLog implements CommitLog {

    private final GroupState state;
    private final List<byte[]> entries = new ArrayList<>();

    MemoryLog(GroupState state) {
        this.state = state;
    }

    @Override
    public synchronized AppendOutcome commit(DatabaseId database, List<byte[]> pieces) {
        for (byte[] piece : pieces) {
            entries.add(piece);
            state.claimed(applied(), piece);
        }
        return new AppendOutcome.Committed(applied());
    }

    @Override
    public synchronized AppendOutcome submit(byte[] entry) {
        entries.add(entry);
        state.apply(List.of(new GroupState.Entry(applied(), entry)));
        return new AppendOutcome.Committed(applied());
    }

    @Override
    public synchronized void replay(LogIndex after, LogIndex upTo, EntryVisitor visitor) {
        for (long i = after.value() + 1; i <= upTo.value(); i++) {
            visitor.entry(new LogIndex(i), entries.get((int) i));
        }
    }

    @Override
    public synchronized LogIndex applied() {
        return new LogIndex(entries.size() - 1);
    }

    @Override
    public synchronized long appliedBytes() {
        return entries.stream().mapToLong(entry -> entry.length).sum();
    }

    @Override
    public boolean isLeader() {
        return true;
    }
}
