package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.query.Leases.Lease;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A session on whatever open database its leases give it.
///
/// `turn` is held by the thread that runs a program; [#close] takes it, and what still runs is interrupted because it
/// sees that its session has ended. While a job of the session is on the writer, the writer's thread may change the
/// session's state in its stead.
final class SqlSession implements Session, Interruption.Owner {

    private final Leases leases;
    private final SessionOptions options;
    private final SqlTexts texts;
    private final Attachments attachments;
    private final ReentrantLock turn = new ReentrantLock();
    private final Blockade blockade = new Blockade();

    /// Kept while a transaction is open.
    private @Nullable Lease lease;

    private volatile boolean closed;
    /// What the client is told of that; null for the ordinary end.
    private volatile @Nullable DatabaseException endedBecause;
    private volatile @Nullable ReadTransaction reading;
    private volatile boolean holdsWriter;
    /// Why the transaction that this session had on the writer is gone, until it was told.
    private volatile @Nullable DatabaseException evicted;
    private volatile @Nullable WriterJob job;
    private volatile @Nullable OpenDatabase running;
    private volatile @Nullable FrameNo frame;
    private boolean committed;
    private boolean refusesWrites;
    /// As sqld has it, unlike SQLite.
    private boolean foreignKeys = true;
    private long lastInsertRowid;

    SqlSession(Leases leases, SessionOptions options, SqlTexts texts, Attachments attachments) {
        this.leases = leases;
        this.options = options;
        this.texts = texts;
        this.attachments = attachments;
    }

    @Override
    public void restrict(Restrictions now) {
        blockade.restrict(now);
    }

    @Override
    public void attachables(Attachables now) {
        attachments.attachables(now);
    }

    @Override
    public List<Attached> attached() {
        return attachments.all().stream()
                .map(attachment -> new Attached(attachment.id(), attachment.alias()))
                .toList();
    }

    @Override
    public void run(Program program, ResultSink sink) {
        inTurn(database -> {
            new SessionProgram(this, database, texts).run(program, sink);
            return null;
        });
    }

    @Override
    public void sequence(String script) {
        var steps = new ArrayList<Program.Step>();
        for (var text : SqlText.script(script)) {
            var condition = steps.isEmpty() ? null : new Condition.Ok(steps.size() - 1);
            steps.add(new Program.Step(condition, Sql.of(text.text())));
        }
        if (steps.isEmpty()) {
            return;
        }
        var sink = new Discard();
        run(new Program(List.copyOf(steps)), sink);
        var failure = sink.failure();
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public Description describe(String sql) {
        var text = SqlText.first(sql);
        return inTurn(database -> {
            requireMayRead();
            var transaction = reading;
            if (transaction != null) {
                if (permissions().limit()) {
                    transaction.reads();
                }
                return describe(transaction.reader(), text);
            }
            return reading(database, connection -> {
                fixSchema(connection);
                return describe(connection, text);
            });
        });
    }

    private Description describe(SqlConnection connection, SqlText text) {
        var prepared = connection.prepare(text.text(), text, permissions(), this);
        return new Description(
                Collections.unmodifiableList(new ArrayList<>(prepared.parameterNames())),
                prepared.columns(),
                prepared.statement().isExplain(),
                prepared.statement().readonly());
    }

    @Override
    public boolean autocommit() {
        var transaction = reading;
        return (transaction == null || transaction.aborted() != null) && (!holdsWriter || evicted != null);
    }

    @Override
    public boolean isReadOnly(Program program) {
        return inTurn(database -> new SessionProgram(this, database, texts).isReadOnly(program));
    }

    @Override
    public @Nullable FrameNo frame() {
        return frame;
    }

    @Override
    public void close() {
        closed = true;
        var at = running;
        var waiting = job;
        if (at != null && waiting != null) {
            at.writes().cancel(waiting, closedFailure());
        }
        turn.lock();
        try {
            endTransaction();
            release();
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void end(Code code, String why) {
        endedBecause = new DatabaseException(code, why);
        close();
    }

    private DatabaseException closedFailure() {
        var why = endedBecause;
        return why == null ? Failures.sessionClosed() : Failures.again(why);
    }

    /// True once it is closed, what runs is forbidden, or the transaction that it reads in is being taken
    /// away: a statement that runs for it is in vain. What is taken away on the writer, [ProgramJob#ended] knows.
    @Override
    public boolean ended() {
        if (closed || blocked() != null) {
            return true;
        }
        var transaction = reading;
        return transaction != null && transaction.aborted() != null;
    }

    @Override
    public DatabaseException why(DatabaseException interrupted) {
        if (closed) {
            return closedFailure();
        }
        var blocked = blocked();
        return blocked != null ? blocked : interrupted;
    }

    /// Why what runs is forbidden; null if it is not.
    @Nullable
    DatabaseException blocked() {
        return blockade.why();
    }

    /// Rolls back whatever is open; in turn.
    void endTransaction() {
        var transaction = reading;
        if (transaction != null) {
            reading = null;
            transaction.end();
        }
        var held = lease;
        if (holdsWriter && held != null) {
            held.database().writes().rollBack(this);
        }
        holdsWriter = false;
        evicted = null;
    }

    private void release() {
        var held = lease;
        if (held != null && reading == null && !holdsWriter) {
            lease = null;
            held.release();
        }
    }

    private interface InTurn<T extends @Nullable Object> {
        T run(OpenDatabase database);
    }

    private <T extends @Nullable Object> T inTurn(InTurn<T> work) {
        turn.lock();
        try {
            requireOpen();
            blockade.begin();
            tellEviction();
            requireAttached();
            var held = lease;
            if (held == null) {
                held = leases.acquire();
                lease = held;
            }
            running = held.database();
            try {
                return work.run(held.database());
            } finally {
                running = null;
                if (closed) {
                    endTransaction();
                }
                release();
            }
        } finally {
            turn.unlock();
        }
    }

    /// Says once why the session's transaction is gone.
    private void tellEviction() {
        var transaction = reading;
        var why = evicted != null ? evicted : transaction == null ? null : transaction.aborted();
        if (why != null) {
            endTransaction();
            release();
            throw Failures.again(why);
        }
    }

    /// Says once what is not attached any more; a transaction that is open may have read it, so it ends too.
    private void requireAttached() {
        try {
            attachments.requireAllowed();
        } catch (DatabaseException e) {
            endTransaction();
            release();
            throw e;
        }
    }

    /// Runs `work` on a read connection, with what the session has attached.
    <T extends @Nullable Object> T reading(OpenDatabase database, Function<SqlConnection, T> work) {
        return database.reading(connection -> {
            attachments.attachAll(connection);
            return work.apply(connection);
        });
    }

    Attachments attachments() {
        return attachments;
    }

    /// @throws DatabaseException if the session was closed meanwhile
    void requireOpen() {
        if (closed) {
            throw closedFailure();
        }
    }

    /// @throws DatabaseException if it is closed, or reads are blocked
    void requireMayRead() {
        requireOpen();
        blockade.read();
    }

    /// @throws DatabaseException if the statement writes and the session or its transaction must not, or if the
    ///     database is blocked
    void requireMayRun(PreparedSql prepared, boolean inTransaction) {
        blockade.run(prepared, holdsWriter);
        if (prepared.readonly()) {
            return;
        }
        if (options.readOnly()) {
            throw Failures.readOnlySession();
        }
        if (inTransaction && refusesWrites) {
            throw Failures.readOnlyTransaction();
        }
    }

    boolean readOnly() {
        return options.readOnly();
    }

    Permissions permissions() {
        return options.permissions();
    }

    /// Before something is prepared under permissions that limit it, on a reader without a transaction:
    /// it is checked against the names in the schema, so that must stay the one that it sees. Whoever
    /// takes the reader back ends the transaction.
    void fixSchema(SqlConnection reader) {
        if (permissions().limit()) {
            reader.control(SqlConnection.Control.BEGIN);
        }
    }

    Restrictions restrictions() {
        return blockade.restrictions();
    }

    /// The transaction of this session that only read so far; null if there is none.
    @Nullable
    ReadTransaction reading() {
        return reading;
    }

    void reading(@Nullable ReadTransaction transaction) {
        reading = transaction;
        if (transaction != null) {
            refusesWrites = transaction.refusesWrites();
        }
    }

    void waitsFor(@Nullable WriterJob waiting) {
        job = waiting;
    }

    boolean holdsWriter() {
        return holdsWriter;
    }

    void holdsWriter(boolean holds) {
        holdsWriter = holds;
    }

    /// Why the transaction on the writer is gone; told by this.
    DatabaseException lostTransaction() {
        var why = evicted;
        holdsWriter = false;
        evicted = null;
        return why == null ? Failures.transactionTimeout() : why;
    }

    void evicted(DatabaseException why) {
        evicted = why;
    }

    void transactionRefusesWrites(boolean refuses) {
        refusesWrites = refuses;
    }

    boolean foreignKeys() {
        return foreignKeys;
    }

    void foreignKeys(boolean enforce) {
        foreignKeys = enforce;
    }

    long lastInsertRowid() {
        return lastInsertRowid;
    }

    void lastInsertRowid(long rowid) {
        lastInsertRowid = rowid;
    }

    void committed(FrameNo at) {
        committed = true;
        frame = at;
    }

    /// The session is about to read what `at` shows.
    void readsAt(FrameNo at) {
        if (!committed) {
            frame = at;
        }
    }
}
