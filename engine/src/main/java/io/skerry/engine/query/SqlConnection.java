package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.query.ResultSink.StepResult;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.DbConfig;
import io.skerry.sqlite.DbStatus;
import io.skerry.sqlite.ResultCode;
import io.skerry.sqlite.SqliteException;
import io.skerry.sqlite.Statement;
import io.skerry.sqlite.StatementStatus;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
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
    private final QuerySettings settings;
    private final Watchdog watchdog;
    private final LongReads longReads;
    private final SqlPolicy policy = new SqlPolicy();
    private final CarrierBounds bounds;
    private final StatementCache cache;
    private final Interruption interruption;
    private final StatementRow row = new StatementRow();
    private final EnumMap<Control, Statement> controls = new EnumMap<>(Control.class);
    private @Nullable PreparedSql passing;
    private final VisibleNames names;
    private long bytesMax = Long.MAX_VALUE;
    private final AttachedFiles attached;

    /// Takes `connection` over.
    ///
    /// @throws DatabaseException if SQLite does not have the memory for it; it is closed then
    SqlConnection(Connection connection, QuerySettings settings, Watchdog watchdog, LongReads longReads) {
        this.connection = connection;
        this.settings = settings;
        this.watchdog = watchdog;
        this.longReads = longReads;
        bounds = new CarrierBounds(connection, policy, settings.valueBytes());
        names = new VisibleNames(connection);
        attached = new AttachedFiles(connection, policy);
        cache = new StatementCache(settings.cachedStatements(), settings.cachedStatementBytes());
        interruption =
                new Interruption(connection::interrupt, settings.statementTime().toNanos());
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
        connection.exec("PRAGMA cache_size=-" + settings.cacheKilobytes());
        connection.authorizer(policy);
        // Ending a transaction must not need the memory that may have run out in it.
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

    /// Whether the open transaction could not commit because of deferred foreign keys.
    boolean violatesForeignKeys() {
        return connection.dbStatus(DbStatus.DEFERRED_FKS) != 0;
    }

    /// The statement of a text that was prepared before, without limits to what it may do; null if it
    /// has to be prepared.
    @Nullable
    PreparedSql cached(String text) {
        return cache.get(text, Permissions.ALL);
    }

    /// @param key the text as the client sent it, under which the statement is kept
    /// @param permissions what it may do. If they limit it, nobody else may change the schema between
    ///     this call and the end of its run: on a reader, a transaction is open
    /// @param owner for whom it is; it is interrupted once that has ended
    /// @throws DatabaseException if SQLite or the policy does not accept it, or it takes too long
    PreparedSql prepare(String key, SqlText text, Permissions permissions, Interruption.Owner owner) {
        if (permissions.limit() && !text.verb().controls()) {
            learnNames(owner);
        }
        var known = cache.get(key, permissions);
        if (known != null && known.acceptedFor(names.learnt())) {
            return known;
        }
        closePassing();
        var keep = cache.accepts(key);
        var prepared = compile(text, permissions, keep, owner);
        if (keep) {
            cache.put(key, prepared);
        } else {
            passing = prepared;
        }
        return prepared;
    }

    private PreparedSql compile(SqlText text, Permissions permissions, boolean keep, Interruption.Owner owner) {
        if (text.verb() == Verb.VACUUM) {
            throw Failures.vacuum(); // SQLite asks the policy only when it runs
        }
        var sql = text.verb() == Verb.BEGIN_READONLY ? withoutReadonly(text.text()) : text.text();
        var statement = compile(sql, keep, owner, () -> policy.reset(narrower(permissions, text, false)));
        if (policy.showsFiles()) {
            var explained = statement.isExplain();
            statement.close();
            if (explained) {
                throw Failures.hidden();
            }
            statement = compile(SqlPolicy.FILES_HIDDEN, keep, owner, () -> {});
        }
        return new PreparedSql(statement, text, permissions, names.learnt(), policy);
    }

    /// @param begin what each attempt begins with
    private Statement compile(String sql, boolean keep, Interruption.Owner owner, Runnable begin) {
        var utf8 = sql.getBytes(StandardCharsets.UTF_8);
        var first = timed(owner, () -> {
            begin.run();
            return connection.prepare(utf8, 0, utf8.length, keep);
        });
        var statement = first.statement();
        if (statement == null) {
            throw Failures.noStatement();
        }
        if (first.tail() < utf8.length && hasStatement(utf8, first.tail())) {
            statement.close();
            throw Failures.manyStatements();
        }
        return statement;
    }

    private @Nullable PermissionPolicy narrower(Permissions permissions, SqlText text, boolean runs) {
        if (!permissions.limit()) {
            return null;
        }
        var known = names.learnt();
        return new PermissionPolicy(permissions, text.text(), known == null ? SchemaNames.UNKNOWN : known, runs);
    }

    private void learnNames(Interruption.Owner owner) {
        policy.trust(true);
        try {
            timed(owner, names::learn);
        } finally {
            policy.trust(false);
        }
    }

    /// A few lines over a view of views can be a statement of millions of terms: preparing is timed as
    /// running is, and moves from a virtual thread as a read does.
    private <T> T timed(Interruption.Owner owner, Supplier<T> preparing) {
        if (Thread.currentThread().isVirtual()) {
            var prepared = timed(owner, preparing, true);
            return prepared.isPresent()
                    ? prepared.get()
                    : longReads.run(() -> timed(owner, preparing, false).orElseThrow());
        }
        return timed(owner, preparing, false).orElseThrow();
    }

    /// @return empty if it can move and has to
    private <T> Optional<T> timed(Interruption.Owner owner, Supplier<T> preparing, boolean canMove) {
        interruption.begin(owner, System.nanoTime(), canMove);
        var cause = Interruption.Cause.NONE;
        try {
            try {
                return Optional.of(preparing.get());
            } finally {
                cause = interruption.end();
            }
        } catch (SqliteException e) {
            var missing = policy.missing();
            if (missing != null) {
                throw Failures.permissionDenied(e, missing);
            }
            var failure = Failures.preparing(e, policy.refusal());
            if (Failures.isInterrupt(failure) && cause == Interruption.Cause.MOVED) {
                return Optional.empty();
            }
            throw Failures.isInterrupt(failure) ? interrupted(cause, failure, owner) : failure;
        }
    }

    /// Lets SQLite read the text; whether it fits the schema is not asked.
    ///
    /// @throws DatabaseException SQL_PARSE_ERROR; STATEMENT_TIMEOUT, or what else ended it early
    void checkSyntax(SqlText text, Interruption.Owner owner) {
        try {
            var prepared = compile(text, Permissions.ALL, false, owner);
            prepared.statement().close();
        } catch (DatabaseException e) {
            switch (e.code()) {
                case SQL_PARSE_ERROR, STATEMENT_TIMEOUT, UNAVAILABLE -> throw e;
                default -> {}
            }
        }
    }

    /// SQLite does not know libSQL's word; it is to read the rest.
    private static String withoutReadonly(String begin) {
        var tokens = new Tokens(begin);
        while (!tokens.is("READONLY")) {
            tokens.next();
        }
        return begin.substring(0, tokens.start()) + begin.substring(tokens.end());
    }

    private static boolean hasStatement(byte[] utf8, int from) {
        var rest = new String(utf8, from, utf8.length - from, StandardCharsets.UTF_8);
        return !SqlText.script(rest).isEmpty();
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
        policy.reset(narrower(prepared.permissions(), prepared.text(), true));
        if (canMove) {
            bounds.enter(prepared);
        }
        if (prepared.verb() == Verb.SCHEMA) {
            names.forget(); // undone and done otherwise, it may leave the same version
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
        return cache.size();
    }

    private void closePassing() {
        var last = passing;
        if (last != null) {
            passing = null;
            last.statement().close();
        }
    }

    /// Gives memory back while nobody uses the connection.
    void rest() {
        closePassing();
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
