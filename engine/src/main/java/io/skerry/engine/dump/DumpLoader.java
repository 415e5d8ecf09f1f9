package io.skerry.engine.dump;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.query.SqlLimits;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.DbConfig;
import io.skerry.sqlite.OpenMode;
import io.skerry.sqlite.SqliteException;
import io.skerry.sqlite.Statement;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Makes a database file of SQL text in the form of the `.dump` command of SQLite's shell, as
/// [SqlDump] writes it too. Of the text, one statement is in memory at a time.
public final class DumpLoader {

    private static final int CACHE_KILOBYTES = 16 * 1024;
    /// A blob is written with two digits a byte, a text with quotes doubled at worst.
    private static final int STATEMENT_BYTES_PER_VALUE_BYTE = 3;

    private static final int STATEMENT_BYTES_LEAST = 1 << 20;
    private static final int STEPS_BETWEEN_LOOKS = 10_000;
    private static final long NANOS_BETWEEN_LOOKS = 100_000_000;
    /// Of the dump and its database, far below what any disk does: a dump that only computes comes to an end too.
    private static final long BYTES_PER_SECOND_LEAST = 64 << 10;
    private static final int LIMITS_IN_ALL = 6;

    /// @param pageSize of the database that is made
    /// @param databaseBytes how large it may become
    /// @param valueBytes of a row, text or blob
    /// @param time that may pass while neither the next statement begins nor the database's file grows; all of it
    ///     may take six times as long, and a second more for each 64 KiB
    public record Limits(int pageSize, long databaseBytes, int valueBytes, Duration time) {

        private int statementBytes() {
            return Math.toIntExact(Math.min(
                    Integer.MAX_VALUE / 4, STATEMENT_BYTES_LEAST + (long) STATEMENT_BYTES_PER_VALUE_BYTE * valueBytes));
        }
    }

    private final Connection connection;
    private final Limits limits;
    private final DumpProgress progress;
    private final DumpPolicy policy = new DumpPolicy();
    private long passed;
    private long size;
    private final long begun = System.nanoTime();
    private long movedAt = begun;
    private long lookedAt = begun;

    private DumpLoader(Connection connection, Limits limits, DumpProgress progress) {
        this.connection = connection;
        this.limits = limits;
        this.progress = progress;
    }

    /// Runs on the calling thread, which should be a platform thread: it blocks on disk for long.
    /// Whatever is thrown, what is in the file then is of no use.
    ///
    /// @param database does not exist yet, or is empty
    /// @param progress asked now and then whether to go on
    /// @throws DumpException if the dump is at fault
    /// @throws DatabaseException if this node is: DISK_FULL, OVERLOADED for memory, UNAVAILABLE if it was told
    ///     to stop
    /// @throws IOException if the dump cannot be read
    public static void load(Path dump, Path database, Limits limits, DumpProgress progress) throws IOException {
        try (Connection connection = Connection.open(database, OpenMode.CREATE);
                InputStream in = Files.newInputStream(dump)) {
            new DumpLoader(connection, limits, progress).run(in);
        }
    }

    private void run(InputStream in) throws IOException {
        configure();
        DumpText text = new DumpText(connection, in, limits.statementBytes());
        try {
            while (step(text)) {
                requireProgress(text);
            }
        } catch (SqliteException e) {
            throw failed(e, text);
        } catch (DumpException e) {
            throw at(text, String.valueOf(e.getMessage()));
        }
        if (!policy.committed()) {
            throw new DumpException("the dump is not complete: there is no BEGIN TRANSACTION and COMMIT");
        }
    }

    /// No journal: if anything goes wrong the file is thrown away.
    private void configure() {
        connection.exec("PRAGMA page_size=" + limits.pageSize() + "; PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
                + " PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-" + CACHE_KILOBYTES
                + "; PRAGMA max_page_count=" + Math.max(1, limits.databaseBytes() / limits.pageSize()));
        connection.dbConfig(DbConfig.DEFENSIVE, true);
        SqlLimits.set(connection, limits.valueBytes(), limits.statementBytes());
        connection.authorizer(policy);
        connection.progressHandler(STEPS_BETWEEN_LOOKS, () -> progress.at(passed) && !isStuck());
    }

    private boolean step(DumpText text) throws IOException {
        policy.reset();
        try (Statement statement = text.next()) {
            if (statement == null) {
                return false;
            }
            String misplaced = policy.misplaced();
            if (misplaced != null) {
                throw new DumpException(misplaced);
            }
            while (statement.step()) {
                // Rows are not wanted.
            }
            policy.done();
            if (connection.autocommit() == policy.within()) {
                throw new DumpException("a dump has one transaction: BEGIN and COMMIT are not to be explained");
            }
            return true;
        }
    }

    private void requireProgress(DumpText text) {
        passed = text.passed();
        movedAt = System.nanoTime();
        if (!progress.at(passed)) {
            throw stopped();
        }
        if (movedAt - lookedAt >= NANOS_BETWEEN_LOOKS) {
            lookedAt = movedAt;
            if (isStuck()) {
                throw tooSlow(text);
            }
        }
    }

    /// One statement may take as long as it writes: an index of a large table does.
    private boolean isStuck() {
        long now = System.nanoTime();
        long length = connection.file().toFile().length();
        if (length != size) {
            size = length;
            movedAt = now;
        }
        long limit = limits.time().toNanos();
        long slow = (passed + size) / BYTES_PER_SECOND_LEAST * 1_000_000_000;
        return now - movedAt >= limit || now - begun >= LIMITS_IN_ALL * limit + slow;
    }

    private RuntimeException failed(SqliteException e, DumpText text) {
        return switch (e.code()) {
            case INTERRUPT -> isStuck() ? tooSlow(text) : stopped();
            case NOMEM ->
                new DatabaseException(
                        Code.OVERLOADED, e.extendedCode(), "there is no memory to load the dump; try again", e);
            case IOERR, CORRUPT, CANTOPEN, READONLY ->
                new DatabaseException(
                        Code.INTERNAL, e.extendedCode(), "the dump could not be loaded: " + e.getMessage(), e);
            case FULL -> full(e, text);
            default -> at(text, reason(e));
        };
    }

    private RuntimeException full(SqliteException e, DumpText text) {
        try {
            // The file is as large as it may be, or nearly, with what SQLite still has in its cache.
            long room = Files.getFileStore(connection.file()).getUsableSpace();
            if (room < 2L * CACHE_KILOBYTES * 1024) {
                return new DatabaseException(
                        Code.DISK_FULL, e.extendedCode(), "the disk has no room for the database of the dump", e);
            }
        } catch (IOException unknown) {
            e.addSuppressed(unknown);
        }
        return at(text, "the database would be larger than " + limits.databaseBytes() + " bytes");
    }

    private String reason(SqliteException e) {
        @Nullable String refusal = policy.refusal();
        return refusal == null ? String.valueOf(e.getMessage()) : refusal;
    }

    private DumpException tooSlow(DumpText text) {
        return at(
                text,
                "loading it does not go on: no progress for " + limits.time().toSeconds() + " s");
    }

    private static DatabaseException stopped() {
        return new DatabaseException(Code.UNAVAILABLE, "loading the dump was stopped: it is given up");
    }

    private static DumpException at(DumpText text, String why) {
        return new DumpException("line " + text.line() + ": " + why);
    }
}
