package io.skerry.engine;

import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.function.LongConsumer;

/// What a group's log drives on one node: the databases of the group. Implemented by [GroupStore], used by the
/// `raft` module.
///
/// `start`, `apply` and `claimed` are called by one thread at a time, in log order; the others by any thread.
public interface GroupState extends AutoCloseable {

    /// Called once, before the first `apply`. `replayTarget` is the last entry that the local log holds at this
    /// start: until it is applied, files may contain later states than the entries replayed so far, and no
    /// database may be opened whose file was touched; up to it entries are written into the files directly,
    /// after it through SQLite.
    void start(CommitLog log, LogIndex replayTarget);

    /// A committed entry.
    ///
    /// @param bytes nobody changes them any more
    record Entry(LogIndex index, byte[] bytes) {}

    /// Applies committed entries that this node's own writer does not hold, in the order of the log; others may
    /// lie between them. Entries of one database that come together may become visible together. Idempotent: an
    /// entry that a database's file already contains changes nothing.
    ///
    /// @throws DatabaseException if an entry cannot be applied; the group then stops on this node and says why
    void apply(List<Entry> entries);

    /// Tells that this node's own writer took the outcome of `entry` (see [CommitLog#commit]): it is in its
    /// database already.
    void claimed(LogIndex index, byte[] entry);

    /// This node gained or lost the right to write. On loss, open transactions are rolled back and writers
    /// answer NOT_LEADER.
    void leadership(boolean leader);

    /// Checkpoints what changed, so that a restart needs no entry at or before the answer, which is at most
    /// `applied` and never moves backwards. Long: call it on a thread of its own, not on the applying one.
    LogIndex checkpoint();

    /// The databases that a new member must fetch, each with its present size. A point in time, not a lock.
    List<DatabaseCopy> copies();

    /// A file of one database that a new member can start from, with entries after `replayFrom`.
    interface DatabaseCopy {
        DatabaseId database();

        /// Size of the file in bytes as of now.
        long bytes();

        /// Writes metadata and file of the database. Writers and checkpoints go on meanwhile, so the file may
        /// mix states from `replayFrom` (returned, fixed before the first byte is read) to the log's end as of
        /// the return of this method.
        ///
        /// @param progress told the number of bytes written since the last call
        /// @throws DatabaseException NO_SUCH_DATABASE if it was dropped since the list was made: what was
        ///     written of it is of no use, and the others are a snapshot without it
        LogIndex writeTo(WritableByteChannel out, LongConsumer progress) throws java.io.IOException;
    }

    /// Begins to receive a snapshot from another member: nothing of the present state changes before
    /// [SnapshotReceiver#install].
    SnapshotReceiver receive();

    interface SnapshotReceiver extends AutoCloseable {
        /// Takes one database as [DatabaseCopy#writeTo] wrote it, to the end of `in`, validates it, and makes it
        /// durable in a staging directory. Of one whose reading ends with an exception nothing is kept, and
        /// others may follow.
        void database(DatabaseId id, ReadableByteChannel in, LongConsumer progress) throws java.io.IOException;

        /// Replaces every database of the group by those received. `snapshot` is the index after which the log
        /// is to be replayed, `consistentAt` the one that must be reached before any of them may be opened.
        /// Either everything is replaced or, after a crash, nothing.
        void install(LogIndex snapshot, LogIndex consistentAt) throws java.io.IOException;

        /// Discards what was received and not installed.
        @Override
        void close();
    }

    /// Closes every database; pending work gets an error. Does not delete anything.
    @Override
    void close();
}
