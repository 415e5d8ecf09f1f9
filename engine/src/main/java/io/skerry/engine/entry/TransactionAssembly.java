package io.skerry.engine.entry;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.LogEntry.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Puts the pieces of one database's transactions together. A piece of another transaction, or one whose
/// predecessors are not here, belongs to a transaction that was abandoned: its pieces are discarded and never
/// glued to others. Should they have been lost instead, the next transaction's [Transaction#before] tells.
/// One thread.
public final class TransactionAssembly {

    /// A transaction that needs more could be applied by no member, and replayed by none: its writer refuses it.
    public static final long HELD_BYTES_MAX = 256L << 20;

    /// What a page that waits costs beside its bytes.
    static final int IMAGE_BYTES = 64;

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
            List<PageImage> pages) {

        /// Whether the transaction was made on the database as it is at `frame`. One made on an earlier state
        /// got into the log behind another, by a writer that did not know of it; every member leaves it out, by
        /// this rule.
        ///
        /// @throws DatabaseException LOG_DAMAGED if it was made on a later state: entries are missing
        public boolean follows(FrameNo frame) {
            if (before.compareTo(frame) > 0) {
                throw new DatabaseException(
                        Code.LOG_DAMAGED,
                        "log entry " + index + " follows frame " + before + ", but the database is at frame " + frame
                                + ": entries are missing");
            }
            return before.equals(frame);
        }
    }

    private final long heldBytesMax;
    private final List<Pages> pending = new ArrayList<>();
    private LogIndex first = LogIndex.BEFORE_FIRST;
    private long pendingBytes;

    public TransactionAssembly(long heldBytesMax) {
        this.heldBytesMax = heldBytesMax;
    }

    /// Takes the next entry of the database.
    ///
    /// @return the transaction that it completes, if it does
    /// @throws DatabaseException TRANSACTION_TOO_LARGE if the pieces exceed the limit; LOG_DAMAGED if pieces of
    ///     one transaction contradict each other
    public Optional<Transaction> add(LogIndex index, Pages piece) {
        if (piece.piece() == 0) {
            discard();
            if (piece.last()) {
                return Optional.of(transaction(index, index, piece.pages(), piece));
            }
            first = index;
        } else if (!continues(piece)) {
            discard();
            return Optional.empty();
        } else {
            requireSame(index, pending.getLast(), piece);
        }
        return piece.last() ? Optional.of(complete(index, piece)) : keep(index, piece);
    }

    /// Where the transaction under way began: a replay must not start after it.
    public Optional<LogIndex> pendingSince() {
        return pending.isEmpty() ? Optional.empty() : Optional.of(first);
    }

    private boolean continues(Pages piece) {
        return piece.piece() == pending.size() && pending.getLast().transaction() == piece.transaction();
    }

    private static void requireSame(LogIndex index, Pages before, Pages piece) {
        boolean same = before.group().equals(piece.group())
                && before.groupEpoch() == piece.groupEpoch()
                && before.database().equals(piece.database())
                && before.epochStart() == piece.epochStart()
                && before.pageSize() == piece.pageSize()
                && before.databasePages() == piece.databasePages()
                && before.frame().plus(piece.pages().size()).equals(piece.frame())
                && before.pages().getLast().pgno() < piece.pages().getFirst().pgno();
        if (!same) {
            throw new DatabaseException(
                    Code.LOG_DAMAGED,
                    "database " + piece.database() + ": piece " + piece.piece() + " of a transaction, at index " + index
                            + ", contradicts the piece before it");
        }
    }

    private Optional<Transaction> keep(LogIndex index, Pages piece) {
        for (PageImage page : piece.pages()) {
            pendingBytes += IMAGE_BYTES + page.storedBytes();
        }
        if (pendingBytes > heldBytesMax) {
            discard();
            throw new DatabaseException(
                    Code.TRANSACTION_TOO_LARGE,
                    "database " + piece.database() + ": the transaction at index " + index + " needs more than "
                            + heldBytesMax + " bytes, and no writer makes one so large");
        }
        pending.add(piece);
        return Optional.empty();
    }

    private Transaction complete(LogIndex index, Pages piece) {
        var pages = new ArrayList<PageImage>();
        pending.forEach(before -> pages.addAll(before.pages()));
        pages.addAll(piece.pages());
        Transaction complete = transaction(first, index, pages, piece);
        discard();
        return complete;
    }

    private static Transaction transaction(LogIndex first, LogIndex index, List<PageImage> pages, Pages last) {
        return new Transaction(
                first,
                index,
                new FrameNo(last.frame().value() - pages.size()),
                last.frame(),
                last.epochStart(),
                last.pageSize(),
                last.databasePages(),
                pages);
    }

    private void discard() {
        pending.clear();
        pendingBytes = 0;
    }
}
