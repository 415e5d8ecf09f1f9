package io.skerry.engine.storage;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.Meter;
import io.skerry.sqlite.Connection;
import org.jspecify.annotations.Nullable;

/// The open file of one database, as the query side uses it: connections, and what became of commits. From
/// here on down nobody knows SQL; from here on up nobody knows the log.
///
/// A file that is fenced or closed answers UNAVAILABLE; the connections it gave out are closed by whoever
/// opened them, all of them before the file is used again.
public interface DatabaseFile {

    DatabaseId id();

    /// Opens the connection that commits through the barrier; the caller closes it. One at a time, used by
    /// one thread at a time, a platform thread: a commit blocks in native code until the log answered. On it,
    /// in WAL mode: no automatic checkpoint, none at close, no lookaside, defensive, foreign keys as SQLite's
    /// default.
    ///
    /// @throws io.skerry.engine.DatabaseException NOT_LEADER unless [#writable]; UNAVAILABLE
    Connection openWriter();

    /// Opens a connection that only reads (`query_only`); the caller closes it.
    ///
    /// @throws io.skerry.engine.DatabaseException UNAVAILABLE
    Connection openReader();

    /// Takes room among the descriptors of the node for one more connection that reads, or to which the file gets
    /// attached; closes databases that nobody uses for it. The first always has room. Given back by [#giveRoom].
    ///
    /// @return false if there is none: something must be closed before
    boolean takeRoom();

    /// The connection for which room was taken is closed, or was never opened.
    void giveRoom();

    /// Attaches the file to a connection of another database of the same encoding, for reading alone; the caller
    /// detaches it.
    ///
    /// @param host one that [#openWriter] or [#openReader] of another file gave, and that may attach
    /// @param alias the name of the schema there
    /// @throws io.skerry.engine.DatabaseException UNAVAILABLE
    /// @throws io.skerry.sqlite.SqliteException if SQLite refuses
    void attachTo(Connection host, String alias);

    /// What became of the transaction that just ended on the writer's connection. Called on its thread right
    /// after anything that may have committed, or failed to: `step`, `reset` and `exec` outside a
    /// transaction, COMMIT, RELEASE of the outermost savepoint. Each report is given once. Costs less than a
    /// microsecond.
    CommitReport takeCommit();

    /// The newest frame that readers here can see.
    FrameNo frame();

    /// Counts what statements of clients read and write; outlives this opening of the file.
    Meter meter();

    /// Why the file is closed for good, as whoever asks for the database now hears it: it was deleted, or is stopped
    /// here. Null if it is not, also while it is closed to be opened again. Does not block.
    @Nullable
    DatabaseException ending();

    /// The state of the file can no longer be relied on: it is fenced, and rebuilt from the log once its connections
    /// are closed. Returns at once.
    void distrust(String why);

    /// Whether commits are taken now: this node leads the group and the file is in order.
    boolean writable();

    /// Whether a transaction that did not fit into memory has left much in the WAL and was not
    /// committed, as far as is known: once it is rolled back, [#betweenTransactions] is due. Does not
    /// block.
    default boolean hasSpilled() {
        return false;
    }

    /// The writer calls it on its thread when no transaction is open and nobody waits, or after every few
    /// transactions: checkpoints when the WAL has grown beyond its limit, and cuts off it what
    /// [#hasSpilled]. Never throws for a failure of either.
    void betweenTransactions();
}
