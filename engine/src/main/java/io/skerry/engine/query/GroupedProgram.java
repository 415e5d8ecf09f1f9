package io.skerry.engine.query;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.query.ResultSink.StepResult;
import io.skerry.engine.query.SqlConnection.Control;
import org.jspecify.annotations.Nullable;

/// A program as part of a group. Its session sees exactly what it would see if it ran alone: a unit's BEGIN,
/// COMMIT and ROLLBACK become a savepoint, its release and its undoing; a step that is a transaction of its own
/// gets a savepoint of its own.
final class GroupedProgram implements GroupMember {

    private static final String NO_TRANSACTION = "cannot rollback - no transaction is active";
    private static final int SQLITE_ERROR = 1;

    private final ProgramJob job;
    private final SqlSession session;
    private final ProgramRun program;
    private final ProgramShape shape;
    private long lastInsertRowid;
    /// The unit stands at its COMMIT, whose result is that of the group's.
    private boolean committing;
    private long beganNanos;
    /// It took too long: nothing of it is in the group.
    private boolean timedOut;

    GroupedProgram(ProgramJob job, SqlSession session, ProgramRun program, ProgramShape shape) {
        this.job = job;
        this.session = session;
        this.program = program;
        this.shape = shape;
    }

    @Override
    public void attempt(WriterContext context) throws TransactionLost {
        var connection = context.connection();
        connection.bytesMax(session.restrictions().bytesMax());
        connection.raw().setLastInsertRowid(session.lastInsertRowid());
        beganNanos = System.nanoTime();
        if (shape == ProgramShape.UNIT) {
            unit(connection);
        } else {
            while (program.advance(true)) {
                if (job.isTooOld(beganNanos)) {
                    program.fail(Failures.transactionTimeout());
                } else {
                    separate(connection);
                }
            }
        }
        lastInsertRowid = connection.raw().lastInsertRowid();
    }

    private void unit(SqlConnection connection) throws TransactionLost {
        var commit = program.size() - 2;
        connection.control(Control.SAVEPOINT);
        program.advance(true);
        session.transactionRefusesWrites(program.text().verb() == Verb.BEGIN_READONLY);
        program.succeedSilently();
        while (program.advance(false) && program.next() < commit) {
            if (job.isTooOld(beganNanos)) {
                timeOut(connection);
                return;
            }
            within(connection);
        }
        if (program.next() == commit) {
            committing = !connection.violatesForeignKeys();
            if (committing) {
                connection.control(Control.RELEASE);
                return;
            }
            program.fail(Failures.foreignKey());
        }
        connection.control(Control.ROLLBACK_TO);
        connection.control(Control.RELEASE);
        if (program.advance(false)) {
            program.succeedSilently(); // its ROLLBACK
        }
    }

    /// The others of the group do not wait for the rest of it.
    private void timeOut(SqlConnection connection) {
        connection.control(Control.ROLLBACK_TO);
        connection.control(Control.RELEASE);
        timedOut = true;
        failed(Failures.transactionTimeout());
    }

    /// A statement inside the unit's transaction: if it fails, SQLite undoes it alone.
    private void within(SqlConnection connection) throws TransactionLost {
        StepResult result;
        try {
            var prepared = prepare(connection);
            if (prepared.readonly() || prepared.columns().isEmpty()) {
                result = run(connection, prepared);
            } else {
                result = guarded(connection, prepared);
            }
        } catch (DatabaseException e) {
            failed(connection, e);
            return;
        }
        program.succeed(result);
    }

    /// A write that returns rows: what it wrote must go if the sink does not take them.
    private StepResult guarded(SqlConnection connection, PreparedSql prepared) {
        connection.control(Control.STEP_SAVEPOINT);
        try {
            var result = run(connection, prepared);
            connection.control(Control.STEP_RELEASE);
            return result;
        } catch (DatabaseException e) {
            if (!connection.autocommit()) {
                connection.control(Control.STEP_ROLLBACK_TO);
                connection.control(Control.STEP_RELEASE);
            }
            throw e;
        }
    }

    /// A statement that is a transaction of its own.
    private void separate(SqlConnection connection) throws TransactionLost {
        connection.control(Control.STEP_SAVEPOINT);
        StepResult result;
        try {
            result = run(connection, prepare(connection));
        } catch (DatabaseException e) {
            // What an INSERT OR FAIL did before it failed stays, as it does outside a group.
            endSeparate(
                    connection,
                    e.code() == Code.SQLITE && !connection.autocommit() && !connection.violatesForeignKeys());
            failed(connection, e);
            return;
        }
        var violates = connection.violatesForeignKeys();
        endSeparate(connection, !violates);
        if (violates) {
            program.fail(Failures.foreignKey());
        } else {
            program.succeed(result);
        }
    }

    private static void endSeparate(SqlConnection connection, boolean keep) {
        if (connection.autocommit()) {
            return;
        }
        if (!keep) {
            connection.control(Control.STEP_ROLLBACK_TO);
        }
        connection.control(Control.STEP_RELEASE);
    }

    private PreparedSql prepare(SqlConnection connection) {
        session.requireOpen();
        var prepared = connection.prepare(program.step().sql().text(), program.text(), session.permissions(), job);
        session.requireMayRun(prepared, shape == ProgramShape.UNIT);
        return prepared;
    }

    private StepResult run(SqlConnection connection, PreparedSql prepared) {
        return connection.run(prepared, program.step().sql(), program.next(), program.sink(), job);
    }

    private void failed(SqlConnection connection, DatabaseException failure) throws TransactionLost {
        var why = Failures.isInterrupt(failure) ? job.unwanted(failure) : failure;
        if (connection.autocommit()) {
            throw new TransactionLost(why);
        }
        program.fail(why);
    }

    @Override
    public void alone(WriterContext context) {
        try {
            job.run(context);
        } catch (RuntimeException e) {
            job.failing(e);
        }
        context.rollback();
    }

    @Override
    public void restart() {
        program.restart();
        committing = false;
        timedOut = false;
        job.failing(null);
    }

    @Override
    public void committed(@Nullable FrameNo frame) {
        if (timedOut) {
            return;
        }
        session.lastInsertRowid(lastInsertRowid);
        if (frame != null) {
            session.committed(frame);
        }
        if (committing) {
            program.succeedSilently();
            program.advance(true); // the ROLLBACK, which is skipped
        }
    }

    @Override
    public void failed(DatabaseException why) {
        if (timedOut
                || why.code() == Code.NOT_LEADER
                || why.code() == Code.STATEMENT_TIMEOUT
                || why.code() == Code.BLOCKED
                || Failures.isInterrupt(why)) {
            program.restart();
            job.failing(why);
        } else if (committing) {
            program.fail(why);
            program.advance(true);
            program.fail(Failures.sqlite(SQLITE_ERROR, NO_TRANSACTION));
        } else if (shape == ProgramShape.AUTOCOMMIT) {
            program.failAll(why);
        }
    }

    @Override
    public boolean foreignKeys() {
        return session.foreignKeys();
    }
}
