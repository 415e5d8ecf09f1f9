package io.skerry.sqlite.vfs;

/// What stands between the frames of a commit in the WAL and the moment readers may see them.
///
/// SQLite syncs the WAL (a) after it wrote a new WAL header, (b) to commit and (c) when a checkpoint starts;
/// nothing it passes tells them apart, only the frames in the file do. A commit that changes no page syncs
/// nothing.
@FunctionalInterface
public interface WalBarrier {
    /// The answer that lets a commit pass.
    int PASS = 0;

    /// SQLITE_IOERR: the answer that rolls a commit back.
    int REFUSE = 10;

    /// Called in the middle of SQLite, on the thread that runs the statement, while the database is locked
    /// for writing. It may block: writers run on platform threads for that reason. It must not use the
    /// connection that commits; other connections see the state before the commit.
    ///
    /// Before it refuses a commit it must cut the WAL back to the last frame that passed
    /// ([WalFile#truncate]): the frames carry a valid commit mark, and would come back to life when the WAL
    /// is next read from its file.
    ///
    /// An exception refuses, and becomes the cause of the statement's error.
    ///
    /// @param wal usable during this call, by this thread
    /// @return [#PASS], [#REFUSE], or [#refusal] with a reason; SQLITE_BUSY, which would leave the
    ///     transaction open, is taken as [#REFUSE]
    int sync(WalFile wal);

    /// Called before bytes are written to the WAL, header or frame, and where a transaction does not
    /// fit into SQLite's cache long before it commits: nothing else tells of it until then. On the
    /// thread that runs the statement, twice for each frame: it must be short.
    ///
    /// A refusal fails the statement and rolls its transaction back. The frames that are in the WAL by
    /// then stay in the file; none of them carries a commit.
    ///
    /// @param end where in the file the bytes will end; the header alone ends at
    /// [WalFile#HEADER_BYTES] or before
    /// @return as [#sync]
    default int write(long end) {
        return PASS;
    }

    /// A private extended code of SQLITE_IOERR, to tell reasons apart: it arrives unchanged as
    /// [io.skerry.sqlite.SqliteException#extendedCode].
    ///
    /// @param reason 100 to 65535; SQLite's own reasons are below
    static int refusal(int reason) {
        if (reason < 100 || reason > 0xffff) {
            throw new IllegalArgumentException("refusal reason " + reason + " is not in 100..65535");
        }
        return REFUSE | (reason << 8);
    }
}
