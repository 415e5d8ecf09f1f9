package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.query.ResultSink.StepResult;
import io.skerry.engine.query.SqlConnection.Control;
import io.skerry.sqlite.SqliteException;
import org.jspecify.annotations.Nullable;

/// A session's program, or the rest of one, on the writer.
final class ProgramJob extends WriterJob implements Interruption.Owner {

    private final SqlSession session;
    private final ProgramRun program;
    private final ProgramShape shape;
    private final @Nullable ReadTransaction upgraded;
    private final WriterQueue writes;
    private @Nullable GroupedProgram member;
    private boolean stale;
    private boolean open;
    /// A step of it is committed: whoever hears that the program failed would run that step again.
    private boolean durable;

    /// @param upgraded the session's transaction that only read so far and goes on here; null if it has none
    ProgramJob(
            SqlSession session,
            ProgramRun program,
            ProgramShape shape,
            @Nullable ReadTransaction upgraded,
            WriterQueue writes) {
        super(session);
        this.session = session;
        this.program = program;
        this.shape = shape;
        this.upgraded = upgraded;
        this.writes = writes;
        if (shape != ProgramShape.EXCLUSIVE) {
            member = new GroupedProgram(this, session, program, shape);
        }
    }

    @Override
    @Nullable
    GroupMember member() {
        return member;
    }

    @Override
    boolean plain() {
        return shape == ProgramShape.AUTOCOMMIT && program.size() == 1;
    }

    /// True if nothing ran: the snapshot of the transaction to go on with is older than the newest commit.
    boolean stale() {
        return stale;
    }

    @Override
    void run(WriterContext context) {
        var connection = context.connection();
        connection.bytesMax(session.restrictions().bytesMax());
        if (connection.autocommit()) {
            context.assume(session.lastInsertRowid(), session.foreignKeys());
            connection.attached().endsTransaction(why -> writes.evict(session, why));
            session.attachments().attachAll(connection);
        }
        open = !connection.autocommit();
        if (upgraded != null && !upgrade(context, upgraded)) {
            return;
        }
        tellOpen(connection);
        try {
            while (program.advance(connection.autocommit())) {
                requireWanted();
                step(context);
                tellOpen(connection);
            }
            session.lastInsertRowid(connection.raw().lastInsertRowid());
        } catch (DatabaseException e) {
            if (!durable) {
                throw e;
            }
            context.rollback();
            program.failRest(e);
        }
    }

    /// The queue takes a transaction away that is too old, also from a program that goes on and on.
    private void tellOpen(SqlConnection connection) {
        var now = !connection.autocommit();
        if (now != open) {
            open = now;
            writes.opened(now);
        }
    }

    /// True once its session has ended or its transaction is being taken away, also one that it has
    /// only just begun.
    @Override
    public boolean ended() {
        return session.ended() || writes.eviction() != null;
    }

    @Override
    public DatabaseException why(DatabaseException interrupted) {
        var blocked = session.blocked();
        return blocked != null ? blocked : interrupted; // else [#requireWanted] says it, of the whole program
    }

    boolean isTooOld(long sinceNanos) {
        return writes.isTooOld(sinceNanos, System.nanoTime());
    }

    /// Why a statement that was interrupted is not wanted any more; `interrupted` if it still is.
    DatabaseException unwanted(DatabaseException interrupted) {
        try {
            requireWanted();
            return interrupted;
        } catch (DatabaseException e) {
            return e;
        }
    }

    /// @throws DatabaseException if the session was closed or its transaction taken away
    private void requireWanted() {
        session.requireOpen();
        var eviction = writes.eviction();
        if (eviction != null) {
            throw eviction;
        }
    }

    private boolean upgrade(WriterContext context, ReadTransaction transaction) {
        var why = transaction.aborted();
        if (why != null) {
            throw why;
        }
        if (!transaction.current()) {
            stale = true;
            return false;
        }
        var connection = context.connection();
        for (var control : transaction.controls()) {
            if (control.verb().begins()) {
                connection.control(Control.BEGIN_IMMEDIATE);
            } else {
                connection.run(
                        connection.prepare(control.text(), control, session.permissions(), this),
                        Sql.of(control.text()),
                        0,
                        Discard.SINK,
                        null);
            }
        }
        if (!seesTheSame(connection, transaction)) {
            context.rollback();
            stale = true;
            return false;
        }
        transaction.end();
        session.reading(null); // it is not too old any more, whatever the watchdog finds just now
        return true;
    }

    /// What is attached may have been written to since the transaction read it.
    private static boolean seesTheSame(SqlConnection connection, ReadTransaction transaction) {
        transaction.enter();
        try {
            return connection.attached().seeTheSame(transaction.reader().attached());
        } catch (SqliteException e) {
            throw Failures.running(e, null);
        } finally {
            transaction.leave();
        }
    }

    private void step(WriterContext context) {
        var connection = context.connection();
        var text = program.text();
        var inTransaction = !connection.autocommit();
        if (text.verb().attaches()) {
            attach(connection, text);
            return;
        }
        if (text.verb().begins() && !inTransaction) {
            connection.control(Control.BEGIN_IMMEDIATE);
            session.transactionRefusesWrites(text.verb() == Verb.BEGIN_READONLY);
            program.succeedSilently();
            return;
        }
        StepResult result;
        try {
            result = statement(context, text, inTransaction);
        } catch (DatabaseException e) {
            var failure = connection.autocommit() ? context.failure(e) : e;
            if (Failures.isInterrupt(failure) || failure.code() == Code.UNAVAILABLE) {
                requireWanted();
            }
            if (context.fenced()
                    || failure.code() == Code.NOT_LEADER
                    || context.file().ending() != null) {
                throw failure; // nothing can follow here
            }
            program.fail(failure);
            return;
        }
        program.succeed(result);
    }

    private void attach(SqlConnection connection, SqlText text) {
        try {
            session.requireMayRead();
            session.attachments().run(text, connection);
        } catch (DatabaseException e) {
            program.fail(e);
            return;
        }
        program.succeedSilently();
    }

    private StepResult statement(WriterContext context, SqlText text, boolean inTransaction) {
        var connection = context.connection();
        var sql = program.step().sql();
        var prepared = connection.prepare(sql.text(), text, session.permissions(), this);
        session.requireMayRun(prepared, inTransaction);
        var guarded = !prepared.readonly() && !prepared.columns().isEmpty();
        var result = guarded ? guarded(context, prepared, sql) : run(connection, prepared, sql);
        if (connection.autocommit() && (inTransaction || !prepared.readonly())) {
            committed(context.settle());
        }
        if (prepared.meansSession() && prepared.verb() == Verb.PRAGMA) {
            session.foreignKeys(context.askForeignKeys());
        }
        return result;
    }

    private StepResult run(SqlConnection connection, PreparedSql prepared, Sql sql) {
        return connection.run(prepared, sql, program.next(), program.sink(), this);
    }

    /// A write that returns rows: if the sink does not take them, resetting the statement would keep what it wrote.
    private StepResult guarded(WriterContext context, PreparedSql prepared, Sql sql) {
        var connection = context.connection();
        var alone = connection.autocommit();
        connection.control(alone ? Control.BEGIN_IMMEDIATE : Control.STEP_SAVEPOINT);
        try {
            var result = run(connection, prepared, sql);
            connection.control(alone ? Control.COMMIT : Control.STEP_RELEASE);
            return result;
        } catch (SqliteException e) {
            undo(context, alone);
            throw Failures.running(e, null);
        } catch (DatabaseException e) {
            undo(context, alone);
            throw e;
        }
    }

    private static void undo(WriterContext context, boolean alone) {
        var connection = context.connection();
        if (connection.autocommit()) {
            return; // SQLite rolled everything back already
        }
        if (alone) {
            context.rollback();
        } else {
            connection.control(Control.STEP_ROLLBACK_TO);
            connection.control(Control.STEP_RELEASE);
        }
    }

    private void committed(@Nullable FrameNo frame) {
        if (frame != null) {
            durable = true;
            session.committed(frame);
        }
    }
}
