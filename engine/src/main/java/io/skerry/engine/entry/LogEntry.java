package io.skerry.engine.entry;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;
import java.util.List;

/// One entry of a group's log. docs/log-format.md is the specification; term and index belong to the log that
/// carries the entry, not to the entry.
public sealed interface LogEntry {

    GroupId group();

    /// Raised when a group is restored to an earlier state by hand, so that entries of the abandoned history
    /// are told apart. 0 to 2^32-1.
    long groupEpoch();

    /// One transaction of one database, or one piece of it. The pages stay views of the decoded array.
    ///
    /// @param frame the database's frame number after the pages of this piece, one frame a page; in the last
    ///     piece, after the transaction
    /// @param transaction the same in all pieces of one transaction and in no other transaction of the
    ///     database; 0 if the transaction is one piece
    /// @param piece counts from 0
    /// @param last whether this piece carries the commit
    /// @param epochStart whether the transaction began an epoch of its database: since then every page was
    ///     whole at its first touch. The same in all pieces
    /// @param databasePages size of the database after the commit; no page is beyond it
    /// @param pages at least one; their numbers ascend through all pieces of a transaction
    record Pages(
            GroupId group,
            long groupEpoch,
            DatabaseId database,
            FrameNo frame,
            long transaction,
            int piece,
            boolean last,
            boolean epochStart,
            int pageSize,
            long databasePages,
            List<PageImage> pages)
            implements LogEntry {}

    /// The database exists from here on, empty, with this page size.
    record Create(GroupId group, long groupEpoch, DatabaseId database, int pageSize) implements LogEntry {}

    /// The database and its files are gone from here on.
    record Drop(GroupId group, long groupEpoch, DatabaseId database) implements LogEntry {}

    /// After this marker the first touch of each page is a whole page, except in databases whose present epoch
    /// began after `upTo`.
    record Checkpoint(GroupId group, long groupEpoch, LogIndex upTo) implements LogEntry {}

    /// Changes nothing; who waits for its own `nonce` has seen everything before it.
    record Noop(GroupId group, long groupEpoch, long nonce) implements LogEntry {}

    /// Reads one entry. The array must not change while the answer is used.
    ///
    /// @throws io.skerry.engine.DatabaseException LOG_DAMAGED, saying at which byte and what was expected
    static LogEntry decode(byte[] entry) {
        return EntryDecoder.decode(entry);
    }

    /// Reads kind, group and database without looking at the rest or at the checksum.
    ///
    /// @throws io.skerry.engine.DatabaseException LOG_DAMAGED if the head is cut off or of an unknown version
    static EntryHead peek(byte[] entry) {
        return EntryDecoder.peek(entry);
    }

    /// The bytes of an entry without pages; [EntryEncoder] makes those with pages.
    ///
    /// @throws IllegalArgumentException if `entry` is [Pages]
    static byte[] encode(LogEntry entry) {
        var out = new Output(64);
        switch (entry) {
            case Pages pages ->
                throw new IllegalArgumentException("pages of " + pages.database() + ": use EntryEncoder");
            case Create create -> {
                Format.head(out, EntryHead.Kind.CREATE, create.group());
                Format.database(out, create.database());
                Format.epoch(out, create.groupEpoch());
                out.int8(Format.pageSizeLog(create.pageSize()));
            }
            case Drop drop -> {
                Format.head(out, EntryHead.Kind.DROP, drop.group());
                Format.database(out, drop.database());
                Format.epoch(out, drop.groupEpoch());
            }
            case Checkpoint checkpoint -> {
                Format.head(out, EntryHead.Kind.CHECKPOINT, checkpoint.group());
                Format.epoch(out, checkpoint.groupEpoch());
                out.varint(checkpoint.upTo().value() + 1);
            }
            case Noop noop -> {
                Format.head(out, EntryHead.Kind.NOOP, noop.group());
                Format.epoch(out, noop.groupEpoch());
                out.int64(noop.nonce());
            }
        }
        out.int32(Format.checksum(out.array(), 0, out.size()));
        return out.toArray();
    }
}
