package io.skerry.engine;

import io.skerry.engine.query.Session;
import io.skerry.engine.query.SessionOptions;
import io.skerry.sqlite.Connection;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;

/// One database on this node. A handle of a few hundred bytes that stays valid while the database exists; files
/// and connections behind it are opened on demand and closed when idle. Thread-safe.
public interface Database {

    DatabaseId id();

    /// A stream of statements that share transaction state, as a SQL connection does. Costs nothing until its
    /// first statement.
    Session openSession(SessionOptions options);

    /// Runs `work` in a read transaction on a pooled connection, on the calling thread.
    ///
    /// @throws DatabaseException SQLITE with what SQLite refused, the file itself among it
    <T> T read(Work<T> work);

    /// Runs `work` in a write transaction on the writer's thread; returns once it is durable. `work` may run
    /// more than once and must have no effect outside the database. An exception rolls back and is thrown to
    /// the caller.
    <T> T write(Work<T> work);

    /// The newest frame that readers here can see.
    FrameNo frame();

    /// Waits until [#frame] is at least `frame`.
    ///
    /// @return false if `limit` passed first
    boolean awaitFrame(FrameNo frame, Duration limit);

    /// Writes all pages as of now, for [#load] of another database. Writers go on meanwhile; what they write stays
    /// in the WAL until the end.
    ///
    /// @throws java.io.UncheckedIOException if `out` fails
    void copyTo(OutputStream out);

    /// Writes the database as SQL text as of now, in the form of the `.dump` command of SQLite's shell.
    /// Writers go on meanwhile, as for [#copyTo]. Its rows count as read. What fails leaves a text without
    /// `COMMIT` at its end.
    ///
    /// @throws java.io.UncheckedIOException if `out` fails
    /// @throws io.skerry.sqlite.SqliteException if reading does
    void dumpTo(OutputStream out);

    /// Tells whoever begins to read the state as of now, and may take long, how many bytes the disk keeps
    /// meanwhile that a checkpoint would let go of otherwise: of the WAL of this database, and of the log of its
    /// whole group. To be asked now and then, by one thread.
    LongSupplier keptFromNow();

    /// Fills this database, which was created a moment ago and is in nobody's use, with what [#copyTo] wrote, in
    /// transactions of a bounded size. One that this failed on is of no use and must be dropped.
    ///
    /// @param feed writes all of it to the stream that it is given
    /// @throws DatabaseException INTERNAL if what comes is not whole, or does not fit; UNAVAILABLE if somebody
    ///     uses the database; as [#write]
    void load(Feed feed);

    @FunctionalInterface
    interface Feed {
        void to(OutputStream out) throws IOException;
    }

    /// Bytes of the database as readers here see it (pages x page size).
    long sizeBytes();

    /// What `PRAGMA integrity_check` finds; the single line "ok" if nothing.
    List<String> integrityCheck();

    @FunctionalInterface
    interface Work<T> {
        T run(Connection connection);
    }
}
