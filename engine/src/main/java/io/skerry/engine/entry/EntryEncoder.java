package io.skerry.engine.entry;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import java.util.List;

/// Builds the entries of one transaction after the other. Which pages must be whole is the caller's rule: those
/// touched first in an epoch, page 1, and those beyond the former end. One thread; keep it for reuse, one per
/// writer or thread. Holds native memory until closed.
public final class EntryEncoder implements AutoCloseable {

    /// Leaves room for what the log wraps around an entry below its limit of 1 MB.
    public static final int PIECE_BYTES_MAX = 768 * 1024;

    /// @param frameBefore the database's frame number before the transaction
    /// @param transaction see [LogEntry.Pages#transaction]; not 0
    /// @param databasePages size of the database after the commit
    public record Transaction(
            GroupId group,
            long groupEpoch,
            DatabaseId database,
            FrameNo frameBefore,
            long transaction,
            boolean epochStart,
            int pageSize,
            long databasePages) {}

    public EntryEncoder() {
        this(PIECE_BYTES_MAX);
    }

    /// @param pieceBytesMax no piece is longer, except that each holds one page at least
    public EntryEncoder(int pieceBytesMax) {
        throw new UnsupportedOperationException();
    }

    /// Starts a transaction; one that was begun and not finished is forgotten.
    public void begin(Transaction transaction) {
        throw new UnsupportedOperationException();
    }

    /// Adds a page of which nothing is known at the other end.
    ///
    /// @param image the page is at `offset` in it
    public void whole(long pgno, byte[] image, int offset) {
        throw new UnsupportedOperationException();
    }

    /// Adds a page by what changed in it since `base`, its last committed image; whole if that is not shorter.
    public void ranges(long pgno, byte[] base, int baseOffset, byte[] image, int offset) {
        throw new UnsupportedOperationException();
    }

    /// Bytes of the transaction so far, for the caller's limit.
    public long bytes() {
        throw new UnsupportedOperationException();
    }

    /// Ends the transaction.
    ///
    /// @return its pieces in order; the caller owns them
    public List<byte[]> finish() {
        throw new UnsupportedOperationException();
    }

    /// Frees the native memory; not to be used afterwards.
    @Override
    public void close() {
        throw new UnsupportedOperationException();
    }
}
