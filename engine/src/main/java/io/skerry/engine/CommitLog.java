package io.skerry.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// The replicated log of a group, as the engine sees it. The log is the write-ahead log of every database of
/// the group: what it committed is durable, everything else about a database is a checkpoint that can be
/// rebuilt from it.
///
/// Thread-safe. Every method ends within a bounded time.
public interface CommitLog {

    /// Appends the entries of one transaction and waits for the outcome. The caller holds the transaction's
    /// effect itself (a SQLite commit that waits in its barrier), so if and only if the answer is
    /// `Committed`, the state machine of this node does not apply the entries again; in every other case it
    /// does, should they be in the log after all. The decision is one atomic step: no entry is applied twice
    /// here, none is left out. `Committed` is answered in the order of the log: everything before the entry
    /// was applied here.
    ///
    /// Blocks its thread for a disk write and a round trip: call it on a platform thread. Only the last of
    /// `pieces` carries the commit and is claimed; those before it come back through [GroupState#apply] meanwhile.
    /// The arrays belong to the log from now on.
    AppendOutcome commit(DatabaseId database, List<byte[]> pieces);

    /// Appends one entry and waits until it was applied on this node too.
    AppendOutcome submit(byte[] entry);

    /// Shows committed entries `after` < index <= `upTo` in order to `visitor`; they were applied on this
    /// node before.
    ///
    /// @throws DatabaseException with [Code#LOG_DAMAGED] if an entry cannot be read, or was purged
    void replay(LogIndex after, LogIndex upTo, EntryVisitor visitor);

    /// The newest entry that was applied (or claimed by its own writer) on this node. Does not block.
    LogIndex applied();

    /// Bytes of the entries that were applied on this node since the log was opened here. Does not block.
    long appliedBytes();

    /// Whether this node may take writes now: it leads the group and has applied everything its predecessors
    /// committed.
    boolean isLeader();

    /// Why a transaction that has much on this node's disk already, and is not committed, must not put
    /// more there; null if it may. It leaves the room that commits need: one that goes on until the
    /// disk has no more would take it from all others. Does not block; cheap, but not for every page.
    default AppendOutcome.@Nullable Refused spillRefusal() {
        return null;
    }

    @FunctionalInterface
    interface EntryVisitor {
        void entry(LogIndex index, byte[] entry);
    }
}
