package io.skerry.engine.file;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.query.SqlLimits;
import io.skerry.engine.query.SqlPolicy;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.DbConfig;
import io.skerry.sqlite.OpenMode;
import io.skerry.sqlite.SqliteException;
import io.skerry.sqlite.Statement;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// Finds out whether a database file from outside may be served: it is of a kind that fits, SQLite
/// finds nothing wrong with it, and its schema has nothing that SQL from outside could not have made
/// and that would mean something to this program.
public final class FileCheck {

    private static final int CACHE_KILOBYTES = 16 * 1024;
    private static final int STEPS_BETWEEN_LOOKS = 10_000;
    /// The tables of SQLite's own that a file may have, as SQLite makes them. It writes to what bears such
    /// a name without looking what it is: into a view, or a table of another form, it would write as into
    /// its own.
    private static final Set<String> INTERNAL = Set.of(
            "create table sqlite_sequence(name,seq)",
            "create table sqlite_stat1(tbl,idx,stat)",
            "create table sqlite_stat2(tbl,idx,sampleno,sample)",
            "create table sqlite_stat3(tbl,idx,neq,nlt,ndlt,sample)",
            "create table sqlite_stat4(tbl,idx,neq,nlt,ndlt,sample)");

    private static final String INTERNAL_PREFIX = "sqlite_";
    private static final String INTERNAL_INDEX_PREFIX = "sqlite_autoindex_";

    /// @param pageSize of all databases here
    /// @param valueBytes of a row, text or blob that SQLite looks at
    /// @param time that all of it may take
    public record Limits(int pageSize, int valueBytes, Duration time) {}

    private final Connection connection;
    private final Limits limits;
    private final BooleanSupplier proceed;
    private final SqlPolicy policy = new SqlPolicy();
    private final long end;

    private FileCheck(Connection connection, Limits limits, BooleanSupplier proceed) {
        this.connection = connection;
        this.limits = limits;
        this.proceed = proceed;
        this.end = System.nanoTime() + limits.time().toNanos();
    }

    /// Runs on the calling thread, which should be a platform thread: it blocks on disk for long.
    /// Nobody else may use the file; it is told to have no WAL, of which nothing would be there.
    ///
    /// @param proceed asked now and then whether to go on
    /// @return what is wrong with the file; empty if nothing is
    /// @throws DatabaseException if this node is at fault: OVERLOADED for memory, UNAVAILABLE if it was
    ///     told to stop
    /// @throws IOException if the file cannot be read or written
    public static Optional<String> run(Path file, Limits limits, BooleanSupplier proceed) throws IOException {
        Optional<String> fault = checkHeader(file, limits.pageSize());
        if (fault.isPresent()) {
            return fault;
        }
        // Of a file that cannot be written, integrity_check leaves constraints out.
        try (Connection connection = Connection.open(file, OpenMode.READ_WRITE)) {
            return new FileCheck(connection, limits, proceed).run();
        }
    }

    private static Optional<String> checkHeader(Path file, int pageSize) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.allocate(FileHeader.BYTES);
            while (bytes.hasRemaining() && channel.read(bytes, bytes.position()) >= 0) {
                // Until all of the header is there, or the file ends.
            }
            Optional<String> fault = FileHeader.parse(bytes.array()).fault(pageSize);
            if (fault.isEmpty()) {
                byte[] noWal = {FileHeader.ROLLBACK_JOURNAL, FileHeader.ROLLBACK_JOURNAL};
                channel.write(ByteBuffer.wrap(noWal), FileHeader.JOURNALLED);
            }
            return fault;
        }
    }

    private Optional<String> run() {
        try {
            configure();
            Optional<String> fault = checkSchema();
            return fault.isPresent() ? fault : checkIntegrity();
        } catch (SqliteException e) {
            return Optional.of(fault(e));
        }
    }

    private void configure() {
        connection.dbConfig(DbConfig.DEFENSIVE, true);
        connection.dbConfig(DbConfig.TRUSTED_SCHEMA, false);
        connection.exec("PRAGMA query_only=1; PRAGMA cell_size_check=1; PRAGMA cache_size=-" + CACHE_KILOBYTES);
        SqlLimits.set(connection, limits.valueBytes(), limits.valueBytes());
        connection.authorizer(policy);
        connection.progressHandler(STEPS_BETWEEN_LOOKS, () -> proceed.getAsBoolean() && System.nanoTime() - end < 0);
    }

    private Optional<String> checkSchema() {
        policy.reset();
        try (Statement select = connection.prepare("SELECT name, tbl_name, sql, type FROM sqlite_schema");
                VirtualTables tables = new VirtualTables(limits.valueBytes())) {
            while (select.step()) {
                String name = String.valueOf(select.columnText(0));
                String table = String.valueOf(select.columnText(1));
                String sql = select.columnText(2);
                String type = String.valueOf(select.columnText(3));
                if (hasZero(name) || hasZero(table) || (sql != null && hasZero(sql))) {
                    // No SQL makes it. SQLite reads such a text up to there; a dump would have all of it.
                    return Optional.of("the schema's text of the " + type + " " + name.replace("\0", "")
                            + " has a zero character (char(0)) in it");
                }
                if (isReserved(name) || isReserved(table)) {
                    if (!isInternal(type, name, table, sql)) {
                        return Optional.of("its schema has the " + type + " " + name + " of " + table
                                + ", and names with " + INTERNAL_PREFIX + " are SQLite's own");
                    }
                    continue;
                }
                String refusal = tables.refusal(sql);
                if (refusal != null) {
                    return Optional.of("table " + name + ": " + refusal);
                }
            }
            return Optional.empty();
        }
    }

    private static boolean hasZero(String text) {
        return text.indexOf('\0') >= 0;
    }

    /// Such an object would be found where this program, or SQLite, means SQLite's own.
    private static boolean isReserved(String name) {
        return name.toLowerCase(Locale.ROOT).startsWith(INTERNAL_PREFIX);
    }

    private static boolean isInternal(String type, String name, String table, @Nullable String sql) {
        return switch (type) {
            // Of a constraint, which has no text of its own.
            case "index" ->
                name.toLowerCase(Locale.ROOT).startsWith(INTERNAL_INDEX_PREFIX) && sql == null && !isReserved(table);
            case "table" ->
                name.equals(table)
                        && sql != null
                        && sql.toLowerCase(Locale.ROOT)
                                .startsWith("create table " + name.toLowerCase(Locale.ROOT) + "(")
                        && INTERNAL.contains(sql.toLowerCase(Locale.ROOT));
            default -> false;
        };
    }

    private Optional<String> checkIntegrity() {
        policy.reset();
        try (Statement check = connection.prepare("PRAGMA integrity_check(1)")) {
            check.step();
            String first = String.valueOf(check.columnText(0));
            return first.equals("ok") ? Optional.empty() : Optional.of("integrity_check finds: " + first);
        }
    }

    private String fault(SqliteException e) {
        return switch (e.code()) {
            case INTERRUPT -> {
                if (!proceed.getAsBoolean()) {
                    throw new DatabaseException(Code.UNAVAILABLE, "checking the file was stopped: it is given up", e);
                }
                yield "checking it takes longer than " + limits.time().toSeconds() + " s";
            }
            case NOMEM ->
                throw new DatabaseException(
                        Code.OVERLOADED, e.extendedCode(), "there is no memory to check the file; try again", e);
            case IOERR, CANTOPEN, FULL ->
                throw new DatabaseException(
                        Code.INTERNAL, e.extendedCode(), "the file could not be checked: " + e.getMessage(), e);
            default -> {
                @Nullable String refusal = policy.refusal();
                yield refusal == null ? String.valueOf(e.getMessage()) : refusal;
            }
        };
    }
}
