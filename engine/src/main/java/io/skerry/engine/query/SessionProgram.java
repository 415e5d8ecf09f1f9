package io.skerry.engine.query;

import io.skerry.engine.DatabaseException;
import io.skerry.engine.query.ResultSink.StepResult;
import io.skerry.engine.query.SqlConnection.Control;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One program of a session: decides where each step runs. Reads run here, on the calling thread; from the first
/// step on that needs the writer, the rest runs there.
final class SessionProgram {

    private final SqlSession session;
    private final OpenDatabase database;
    private final SqlTexts texts;

    SessionProgram(SqlSession session, OpenDatabase database, SqlTexts texts) {
        this.session = session;
        this.database = database;
        this.texts = texts;
    }

    /// @throws DatabaseException if nothing of the program remains: a text is no statement, the transaction it ran
    ///     in was taken away, this node does not take writes
    void run(Program program, ResultSink sink) {
        if (!session.permissions().limit()
                && session.attachments().isEmpty()
                && session.autocommit()
                && program.steps().size() == 1
                && simpleRead(program.steps().getFirst(), sink)) {
            return;
        }
        var run = new ProgramRun(program, analyse(program), sink);
        try {
            run(program, run);
        } catch (RuntimeException | Error e) {
            session.endTransaction();
            throw e;
        } finally {
            run.countRows(database.file());
        }
    }

    private void run(Program program, ProgramRun run) {
        if (session.holdsWriter()) {
            onWriter(run, ProgramShape.EXCLUSIVE);
            return;
        }
        if (session.reading() == null) {
            session.transactionRefusesWrites(false);
        }
        var shape = session.reading() == null ? ProgramShape.of(program, run.texts()) : ProgramShape.READ;
        if (shape != ProgramShape.READ) {
            if (!session.attachments().isEmpty()) {
                shape = ProgramShape.EXCLUSIVE; // nobody shares a transaction that sees other databases
            }
            if (session.readOnly()) {
                shape = ProgramShape.READ; // every write is refused on the way
            } else {
                onWriter(run, shape);
                return;
            }
        }
        while (!onReader(run)) {
            onWriter(run, ProgramShape.EXCLUSIVE);
        }
    }

    /// The shortest way: one statement that was prepared before, or looks like a read.
    ///
    /// @return false if it has to go another way; nothing happened then
    private boolean simpleRead(Program.Step step, ResultSink sink) {
        var sql = step.sql();
        if (step.condition() != null || !mayRead(sql.text())) {
            return false;
        }
        return database.reading(reader -> {
            PreparedSql prepared;
            StepResult result;
            try {
                prepared = reader.cached(sql.text());
                if (prepared == null) {
                    var text = texts.single(sql.text());
                    if (!text.verb().mayRead()) {
                        return false;
                    }
                    prepared = reader.prepare(sql.text(), text, Permissions.ALL, session);
                }
                if (!prepared.runsOnReader()) {
                    return false;
                }
                session.readsAt(database.file().frame());
                session.requireMayRead();
                result = reader.run(prepared, sql, 0, sink, session);
            } catch (DatabaseException e) {
                refuseProgram(e);
                sink.failed(0, e);
                return true;
            }
            sink.end(result);
            if ((result.rowsRead() | result.rowsWritten()) != 0) {
                database.file().meter().add(prepared.shape(), result.rowsRead(), result.rowsWritten());
            }
            return true;
        });
    }

    /// Whether the first letter does not speak against it; saves opening a reader for what is a write.
    private static boolean mayRead(String sql) {
        return sql.isEmpty() || "iIuUdDrRbBcCaA".indexOf(sql.charAt(0)) < 0;
    }

    /// Throws what concerns the program and not a step of it.
    private static void refuseProgram(DatabaseException e) {
        switch (e.code()) {
            case SQL_NO_STATEMENT, SQL_MANY_STATEMENTS, SQL_PARSE_ERROR, ARGS_BOTH_POSITIONAL_AND_NAMED -> throw e;
            default -> {}
        }
    }

    /// Everything that can be wrong with a text alone is found before the first step runs.
    private List<SqlText> analyse(Program program) {
        var steps = program.steps();
        var analysed = new ArrayList<SqlText>(steps.size());
        if (steps.size() == 1) {
            Arguments.checkKind(steps.getFirst().sql());
            var only = texts.single(steps.getFirst().sql().text());
            // SQLite says what is wrong with it when it runs, except with BEGIN: the engine runs one of its own.
            if (!only.verb().begins()) {
                analysed.add(only);
                return analysed;
            }
        }
        try (var parser = new SyntaxCheck(database, session)) {
            for (var step : steps) {
                Arguments.checkKind(step.sql());
                analysed.add(texts.parsed(step.sql().text(), parser));
            }
        }
        return analysed;
    }

    private void onWriter(ProgramRun run, ProgramShape shape) {
        var writes = database.writes();
        var transaction = session.reading();
        var job = new ProgramJob(session, run, shape, transaction, writes);
        var held = session.holdsWriter()
                ? List.<Leases.Lease>of()
                : session.attachments().hold();
        session.waitsFor(job);
        try {
            if (!session.holdsWriter()) {
                writes.run(job);
            } else if (!writes.runHeld(job)) {
                throw session.lostTransaction();
            }
        } finally {
            session.waitsFor(null);
            held.forEach(Leases.Lease::release);
        }
        if (job.stale()) {
            run.fail(Failures.staleSnapshot());
        }
    }

    /// Runs steps on a reader.
    ///
    /// @return false if the next step needs the writer, true if the program is done
    private boolean onReader(ProgramRun run) {
        while (!run.done()) {
            var transaction = session.reading();
            var finished = transaction == null ? outside(run) : inside(run, transaction);
            if (finished != Progress.AGAIN) {
                return finished == Progress.DONE;
            }
        }
        return true;
    }

    private enum Progress {
        DONE,
        NEEDS_WRITER,
        /// A transaction was opened or ended.
        AGAIN
    }

    private Progress outside(ProgramRun run) {
        if (!run.advance(true)) {
            return Progress.DONE;
        }
        var verb = run.text().verb();
        if (verb.begins() || verb == Verb.SAVEPOINT) {
            if (verb == Verb.BEGIN_IMMEDIATE && !session.readOnly()) {
                return Progress.NEEDS_WRITER;
            }
            var refuses = verb == Verb.BEGIN_READONLY || session.readOnly();
            var transaction = database.beginReading(refuses);
            session.reading(transaction);
            attachAll(transaction);
            if (verb.begins()) {
                begin(transaction, run.text());
                run.succeedSilently();
            }
            return Progress.AGAIN;
        }
        if (verb.attaches()) {
            return database.reading(reader -> attach(run, reader));
        }
        return session.reading(database, reader -> step(run, reader, null)) ? Progress.AGAIN : Progress.NEEDS_WRITER;
    }

    private void attachAll(ReadTransaction transaction) {
        transaction.enter();
        try {
            session.attachments().attachAll(transaction.reader());
        } finally {
            transaction.leave();
        }
    }

    /// An `ATTACH` or a `DETACH`.
    private Progress attach(ProgramRun run, SqlConnection reader) {
        try {
            session.requireMayRead();
            session.attachments().run(run.text(), reader);
        } catch (DatabaseException e) {
            run.fail(e);
            return Progress.AGAIN;
        }
        run.succeedSilently();
        return Progress.AGAIN;
    }

    private static void begin(ReadTransaction transaction, SqlText text) {
        transaction.enter();
        try {
            transaction.reader().control(Control.BEGIN);
            transaction.controlled(text);
        } finally {
            transaction.leave();
        }
    }

    private Progress inside(ProgramRun run, ReadTransaction transaction) {
        transaction.enter();
        try {
            var reader = transaction.reader();
            while (run.advance(reader.autocommit())) {
                var aborted = transaction.aborted();
                if (aborted != null) {
                    throw aborted;
                }
                if (run.text().verb().attaches()) {
                    attach(run, reader);
                } else if (!step(run, reader, transaction)) {
                    return Progress.NEEDS_WRITER;
                }
                if (reader.autocommit()) {
                    session.reading(null);
                    transaction.end();
                    return Progress.AGAIN;
                }
            }
            return Progress.DONE;
        } finally {
            transaction.leave();
        }
    }

    /// @return false if the step needs the writer; nothing happened then
    private boolean step(ProgramRun run, SqlConnection reader, @Nullable ReadTransaction transaction) {
        var sql = run.step().sql();
        var text = run.text();
        var controls = text.verb().controls();
        // Then preparing it takes the snapshot already.
        var limited = session.permissions().limit() && !controls;
        StepResult result;
        try {
            session.requireOpen();
            if (limited) {
                readsNow(transaction);
                if (transaction == null) {
                    session.fixSchema(reader);
                }
            }
            var prepared = reader.prepare(sql.text(), text, session.permissions(), session);
            session.requireMayRun(prepared, transaction != null);
            if (!prepared.runsOnReader() && !controls) {
                return false;
            }
            if (transaction != null && controls) {
                if (transaction.tooManyControls()) {
                    return false;
                }
            } else if (!limited) {
                readsNow(transaction);
            }
            result = reader.run(prepared, sql, run.next(), run.sink(), session);
            if (transaction != null && controls) {
                transaction.controlled(text);
            }
        } catch (DatabaseException e) {
            var aborted = transaction == null ? null : transaction.aborted();
            if (aborted != null) {
                throw aborted;
            }
            if (run.size() == 1) {
                refuseProgram(e);
            }
            run.fail(e);
            return true;
        }
        run.succeed(result);
        return true;
    }

    /// The session is about to take a snapshot, or goes on with that of the transaction.
    private void readsNow(@Nullable ReadTransaction transaction) {
        session.readsAt(transaction == null ? database.file().frame() : transaction.reads());
    }

    /// See [Session#isReadOnly].
    boolean isReadOnly(Program program) {
        var analysed = new ArrayList<SqlText>();
        for (var step : program.steps()) {
            try {
                analysed.add(texts.single(step.sql().text()));
            } catch (DatabaseException e) {
                return true; // the whole program is refused, by any node
            }
        }
        var controls = analysed.stream().anyMatch(text -> text.verb().controls());
        if (controls && !ProgramShape.isUnit(program, analysed)) {
            return false;
        }
        return session.reading(database, reader -> {
            session.fixSchema(reader);
            for (var i = 0; i < analysed.size(); i++) {
                if (!readsOnly(reader, program.steps().get(i).sql().text(), analysed.get(i))) {
                    return false;
                }
            }
            return true;
        });
    }

    private boolean readsOnly(SqlConnection reader, String key, SqlText text) {
        if (text.verb().controls()) {
            return text.verb() != Verb.BEGIN_IMMEDIATE;
        }
        if (text.verb().attaches()) {
            return true;
        }
        if (text.verb().changesRows() || text.verb() == Verb.SCHEMA) {
            return false;
        }
        try {
            return reader.prepare(key, text, session.permissions(), session).runsOnReader();
        } catch (DatabaseException e) {
            return true; // any node can say what is wrong with it
        }
    }
}
