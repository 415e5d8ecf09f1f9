package io.skerry.engine.entry;

import io.skerry.engine.FrameNo;
import io.skerry.engine.LogIndex;
import java.util.List;
import java.util.Optional;

/// Puts the pieces of one database's transactions together. A piece of another transaction, or one whose
/// predecessors are not here, belongs to a transaction that was abandoned: its pieces are discarded and never
/// glued to others. One thread.
public final class TransactionAssembly {

    public static final long PENDING_BYTES_MAX = 256L << 20;

    /// A transaction that is complete.
    ///
    /// @param first index of its first piece
    /// @param index index of its last piece, where it committed
    /// @param before the database's frame number before it
    /// @param frame the database's frame number after it
    public record Transaction(
            LogIndex first,
            LogIndex index,
            FrameNo before,
            FrameNo frame,
            boolean epochStart,
            int pageSize,
            long databasePages,
            List<PageImage> pages) {}

    public TransactionAssembly(long pendingBytesMax) {
        throw new UnsupportedOperationException();
    }

    /// Takes the next entry of the database.
    ///
    /// @return the transaction that it completes, if it does
    /// @throws io.skerry.engine.DatabaseException TRANSACTION_TOO_LARGE if the pieces exceed the limit;
    ///     LOG_DAMAGED if pieces of one transaction contradict each other
    public Optional<Transaction> add(LogIndex index, LogEntry.Pages piece) {
        throw new UnsupportedOperationException();
    }

    /// Where the transaction under way began: a replay must not start after it.
    public Optional<LogIndex> pendingSince() {
        throw new UnsupportedOperationException();
    }
}
