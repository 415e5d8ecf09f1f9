package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.query.ResultSink.StepResult;
import io.skerry.engine.storage.DatabaseFile;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.DbConfig;
import io.skerry.sqlite.DbStatus;
import io.skerry.sqlite.ResultCode;
import io.skerry.sqlite.SqliteException;
import io.skerry.sqlite.Statement;
import io.skerry.sqlite.StatementStatus;
import java.util.EnumMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/// A connection with what belongs to it: policy, prepared statements, the way to interrupt it. One thread at a
/// time.
final class SqlConnection implements AutoCloseable {

    /// The estimate of rows visited: SQLite's machine runs 2 to 13 instructions per row.
    private static final int INSTRUCTIONS_PER_ROW = 10;
    /// Of any file of SQLite.
    private static final long PAGES_MAX = 0xffff_fffeL;

    private static final long OPEN_NANOS_MAX = 2_000_000_000;
    private static final long OPEN_AGAIN_NANOS = 1_000_000;

    private final Connection connection;
    private final DatabaseFile file;
    private final QuerySettings settings;
    private final Watchdog watchdog;
    private final LongReads longReads;
    private final SqlPolicy policy = new SqlPolicy();
    private final CarrierBounds bounds;
    private final Preparation preparation;
    private final Interruption interruption;
    private final StatementRow row = new StatementRow();
    private final EnumMap<Control, Statement> controls = new EnumMap<>(Control.class);
    private long bytesMax = Long.MAX_VALUE;
    private final AttachedFiles attached;

    /// Takes `connection` over.
    ///
    /// @param file of which it is
    /// @throws DatabaseException if SQLite does not have the memory for it; it is closed then
    SqlConnection(
            Connection connection, DatabaseFile file, QuerySettings settings, Watchdog watchdog, LongReads longReads) {
        this.connection = connection;
        this.file = file;
        this.settings = settings;
        this.watchdog = watchdog;
        this.longReads = longReads;
        bounds = new CarrierBounds(connection, policy, settings.valueBytes());
        attached = new AttachedFiles(connection, policy);
        interruption =
                new Interruption(connection::interrupt, settings.statementTime().toNanos(), watchdog::wake);
        preparation = new Preparation(connection, policy, interruption, longReads, this::interrupted, settings);
        try {
            configureWhenFree();
        } catch (SqliteException e) {
            connection.close();
            throw Failures.running(e, null);
        }
        watchdog.add(interruption);
    }

    /// While one of several connections that open the file at once reads its WAL anew, SQLite turns the others away.
    private void configureWhenFree() {
        var end = System.nanoTime() + OPEN_NANOS_MAX;
        while (true) {
            try {
                configure();
                return;
            } catch (SqliteException e) {
                if (e.code() != ResultCode.BUSY || System.nanoTime() - end > 0) {
                    throw e;
                }
                LockSupport.parkNanos(OPEN_AGAIN_NANOS);
            }
        }
    }

    private void configure() {
        SqlLimits.set(connection, settings.valueBytes(), settings.sqlBytes());
        connection.dbConfig(DbConfig.DEFENSIVE, true);
        connection.dbConfig(DbConfig.ENABLE_ATTACH_CREATE, false);
        connection.dbConfig(DbConfig.ENABLE_ATTACH_WRITE, false);
        connection.dbConfig(DbConfig.ENABLE_FKEY, true);
        connection.exec("PRAGMA cache_size=-" + settings.cacheKilobytes());
        connection.authorizer(policy);
        prepareRollback();
    }

    /// Ending a transaction must not need the memory that may have run out in it. To be called again after what makes
    /// SQLite prepare all statements anew.
    private void prepareRollback() {
        Statement expired = controls.remove(Control.ROLLBACK);
        if (expired != null) {
            expired.close();
        }
        prepared(Control.ROLLBACK);
    }

    Connection raw() {
        return connection;
    }

    SqlPolicy policy() {
        return policy;
    }

    Interruption interruption() {
        return interruption;
    }

    boolean autocommit() {
        return connection.autocommit();
    }

    /// What is attached here.
    AttachedFiles attached() {
        return attached;
    }

    /// How large the file may get by what runs here from now on; one that is larger may stay as it is.
    void bytesMax(long bytes) {
        if (bytes == bytesMax) {
            return;
        }
        policy.trust(true);
        try {
            var pages = Math.clamp(bytes / ask("PRAGMA page_size"), 1, PAGES_MAX);
            ask("PRAGMA max_page_count=" + pages);
            bytesMax = bytes;
        } finally {
            policy.trust(false);
        }
    }

    private long ask(String pragma) {
        try (var statement = connection.prepare(pragma)) {
            statement.step();
            return statement.columnLong(0);
        }
    }

    /// As `PRAGMA foreign_keys`, which is on at first; only outside a transaction: inside one SQLite ignores it.
    void enforceForeignKeys(boolean enforce) {
        connection.dbConfig(DbConfig.ENABLE_FKEY, enforce);
        prepareRollback();
    }

    /// What `PRAGMA foreign_keys` says now; to be asked after a client may have set it.
    boolean enforcesForeignKeys() {
        boolean enforces = ask("PRAGMA foreign_keys") != 0;
        prepareRollback();
        return enforces;
    }

    /// Whether the open transaction could not commit because of deferred foreign keys.
    boolean violatesForeignKeys() {
        return connection.dbStatus(DbStatus.DEFERRED_FKS) != 0;
    }

    /// See [Preparation#cached].
    @Nullable
    PreparedSql cached(String text) {
        return preparation.cached(text);
    }

    /// See [Preparation#prepare].
    PreparedSql prepare(String key, SqlText text, Permissions permissions, Interruption.Owner owner) {
        return preparation.prepare(key, text, permissions, owner);
    }

    /// See [Preparation#checkSyntax].
    void checkSyntax(SqlText text, Interruption.Owner owner) {
        preparation.checkSyntax(text, owner);
    }

    /// Runs a statement to its end and shows its rows; the caller tells the sink how it ended. A long read moves from
    /// a virtual thread to a platform thread, see [LongReads].
    ///
    /// @param owner for whom it runs; it is interrupted once that has ended
    /// @throws DatabaseException if it failed, or if the sink did not take a row: the statement may then have
    ///     changed the database
    StepResult run(PreparedSql prepared, Sql sql, int step, ResultSink sink, Interruption.@Nullable Owner owner) {
        var start = System.nanoTime();
        if (!Thread.currentThread().isVirtual() || !prepared.readonly()) {
            return there(prepared, sql, step, sink, owner, start);
        }
        if (!prepared.slow()) {
            var result = attempt(prepared, sql, step, sink, owner, start, true);
            if (result != null) {
                return result;
            }
        }
        return longReads.run(() -> {
            var began = System.nanoTime();
            prepared.slow(true);
            var result = there(prepared, sql, step, sink, owner, start);
            prepared.slow(System.nanoTime() - began > Interruption.CARRIER_NANOS);
            return result;
        });
    }

    private StepResult there(
            PreparedSql prepared, Sql sql, int step, ResultSink sink, Interruption.@Nullable Owner owner, long start) {
        var result = attempt(prepared, sql, step, sink, owner, start, false);
        if (result == null) {
            throw new IllegalStateException("a statement moved that cannot move");
        }
        return result;
    }

    /// @param start when the statement was asked for, on the clock of `System.nanoTime`
    /// @return null if it can move and has to; what the sink saw is void
    private @Nullable StepResult attempt(
            PreparedSql prepared,
            Sql sql,
            int step,
            ResultSink sink,
            Interruption.@Nullable Owner owner,
            long start,
            boolean canMove) {
        var changesBefore = connection.totalChanges();
        var statement = prepared.statement();
        policy.reset(preparation.narrower(prepared.permissions(), prepared.text(), true));
        if (canMove) {
            bounds.enter(prepared);
        }
        if (prepared.verb() == Verb.SCHEMA) {
            preparation.forgetNames(); // undone and done otherwise, it may leave the same version
        }
        interruption.begin(owner, canMove ? start : System.nanoTime(), canMove);
        DatabaseException failure = null;
        var rows = 0L;
        try {
            Arguments.bind(prepared, sql);
            rows = rows(prepared, sql.wantRows(), step, sink);
        } catch (SqliteException e) {
            failure = runningFailure(e);
        } catch (DatabaseException e) {
            failure = e;
        } catch (RuntimeException | Error e) {
            failure = Failures.internal(e); // a statement that is not reset would keep its snapshot
        }
        row.of(null, 0);
        failure = reset(statement, failure);
        if (Arguments.large(sql)) {
            statement.clearBindings();
        }
        var cause = interruption.end();
        var outOfBounds = canMove && bounds.leave(prepared, failure);
        if (policy.mayBeHeld()) {
            prepared.callsHeld();
        }
        if (failure != null) {
            // Else the next run would count what this one did.
            statement.stmtStatus(StatementStatus.FULLSCAN_STEP, true);
            statement.stmtStatus(StatementStatus.VM_STEP, true);
            if (outOfBounds) {
                return null;
            }
            if (!Failures.isInterrupt(failure)) {
                throw bytesMax != Long.MAX_VALUE && Failures.isFull(failure)
                        ? Failures.full(failure, bytesMax)
                        : failure;
            }
            if (cause == Interruption.Cause.MOVED) {
                return null;
            }
            throw interrupted(cause, failure, owner);
        }
        return result(prepared, rows, changesBefore, start);
    }

    private DatabaseException interrupted(
            Interruption.Cause cause, DatabaseException failure, Interruption.@Nullable Owner owner) {
        var evicted = attached.evicted();
        if (evicted != null) {
            return evicted;
        }
        return switch (cause) {
            case TIMEOUT -> Failures.timeout(settings);
            case STOPPING -> Failures.stopping();
            case OWNER -> owner == null ? failure : owner.why(failure);
            case CLOSING -> owner == null ? Failures.closed(file) : owner.why(Failures.closed(file));
            case MOVED, NONE -> failure;
        };
    }

    private long rows(PreparedSql prepared, boolean wanted, int step, ResultSink sink) {
        var statement = prepared.statement();
        var more = statement.step();
        var columns = prepared.columns();
        sink.begin(step, columns);
        row.of(statement, columns.size());
        var rows = 0L;
        while (more) {
            rows++;
            if (wanted) {
                sink.row(row);
            }
            more = statement.step();
        }
        return rows;
    }

    private @Nullable DatabaseException reset(Statement statement, @Nullable DatabaseException failure) {
        try {
            statement.reset();
        } catch (SqliteException e) {
            if (failure == null) {
                return runningFailure(e);
            }
            failure.addSuppressed(e);
        }
        return failure;
    }

    private DatabaseException runningFailure(SqliteException e) {
        var missing = policy.missing();
        return missing == null ? Failures.running(e, policy.refusal()) : Failures.permissionDenied(e, missing);
    }

    private StepResult result(PreparedSql prepared, long rows, long changesBefore, long start) {
        var statement = prepared.statement();
        var scanned = statement.stmtStatus(StatementStatus.FULLSCAN_STEP, true);
        var instructions = statement.stmtStatus(StatementStatus.VM_STEP, true);
        var read = Math.max(rows, Math.max(scanned > 0 ? scanned + 1 : 0, instructions / INSTRUCTIONS_PER_ROW));
        return new StepResult(
                prepared.verb().changesRows() ? connection.changes() : 0,
                prepared.verb() == Verb.INSERT ? (Long) connection.lastInsertRowid() : null,
                read,
                connection.totalChanges() - changesBefore,
                System.nanoTime() - start);
    }

    /// Runs one of our own statements.
    ///
    /// @throws SqliteException if it fails
    void control(Control control) {
        var statement = prepared(control);
        try {
            statement.step();
        } finally {
            statement.reset();
        }
    }

    private Statement prepared(Control control) {
        var statement = controls.get(control);
        if (statement == null) {
            policy.reset();
            statement = connection.prepare(control.sql());
            controls.put(control, statement);
        }
        return statement;
    }

    /// Rolls back whatever is open; nothing happens if nothing is.
    ///
    /// @throws SqliteException if that fails: the transaction is open still, and ends with the connection
    void rollback() {
        if (!connection.autocommit()) {
            control(Control.ROLLBACK);
        }
    }

    int cachedStatements() {
        return preparation.kept();
    }

    /// Gives memory back while nobody uses the connection.
    void rest() {
        preparation.closePassing();
    }

    @Override
    public void close() {
        watchdog.remove(interruption);
        try {
            connection.close();
        } finally {
            attached.closed();
        }
    }

    /// The statements that the engine runs itself.
    enum Control {
        BEGIN("BEGIN"),
        BEGIN_IMMEDIATE("BEGIN IMMEDIATE"),
        COMMIT("COMMIT"),
        ROLLBACK("ROLLBACK"),
        SAVEPOINT("SAVEPOINT skerry"),
        RELEASE("RELEASE skerry"),
        ROLLBACK_TO("ROLLBACK TO skerry"),
        STEP_SAVEPOINT("SAVEPOINT skerry_step"),
        STEP_RELEASE("RELEASE skerry_step"),
        STEP_ROLLBACK_TO("ROLLBACK TO skerry_step");

        private final String sql;

        Control(String sql) {
            this.sql = sql;
        }

        String sql() {
            return sql;
        }
    }
}
