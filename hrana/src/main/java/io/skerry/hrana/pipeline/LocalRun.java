package io.skerry.hrana.pipeline;

import io.skerry.engine.Code;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.query.Program;
import io.skerry.engine.query.Session;
import io.skerry.hrana.stream.Stream;
import io.skerry.hrana.wire.HranaError;
import io.skerry.hrana.wire.JsonBuffer;
import io.skerry.hrana.wire.Refusal;
import io.skerry.hrana.wire.ResponseWriter;
import io.skerry.hrana.wire.ResultWriter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Runs a plan on the local copy of the database, on the calling thread.
final class LocalRun {

    private static final List<Code> FORBIDDEN = List.of(Code.NOT_AUTHORIZED, Code.ATTACH_FORBIDDEN);

    private final Stream stream;
    private final Database database;
    private final JsonBuffer out;
    private final ResponseWriter response;
    private final int resultBytesMax;
    private @Nullable ResultWriter results;

    LocalRun(Stream stream, Database database, JsonBuffer out, ResponseWriter response, int resultBytesMax) {
        this.stream = stream;
        this.database = database;
        this.out = out;
        this.response = response;
        this.resultBytesMax = resultBytesMax;
    }

    /// @throws Refusal 403 if a read-only token tries to write, or what may not be attached is: it ends the whole
    ///     request
    void run(Plan plan) {
        for (Action action : plan.actions()) {
            try {
                run(action);
            } catch (DatabaseException e) {
                refuseForbidden(e);
                response.error(HranaError.of(e));
            }
        }
    }

    private void run(Action action) {
        switch (action) {
            case Action.Execute(Program program) -> execute(program);
            case Action.Batch(Program program) -> batch(program);
            case Action.Sequence(String script) -> {
                stream.session(database).sequence(script);
                response.plain("sequence");
            }
            case Action.Describe(String sql) ->
                response.describe(stream.session(database).describe(sql));
            case Action.GetAutocommit() -> {
                Session session = stream.session();
                response.autocommit(session == null || session.autocommit());
            }
            // The stream itself is closed when the whole pipeline is done: nothing can run behind this.
            case Action.Close() -> response.plain("close");
            case Action.Done(String type) -> response.plain(type);
            case Action.Refused(HranaError error) -> response.error(error);
        }
    }

    private void execute(Program program) {
        Session session = stream.session(database);
        ResultWriter writer = results();
        response.beginExecute();
        writer.start(false);
        try {
            session.run(program, writer);
        } catch (DatabaseException e) {
            fail(e);
            return;
        }
        DatabaseException error = writer.executeError();
        if (error == null) {
            writer.finishExecute(session.frame());
            response.endResult();
        } else {
            fail(error);
        }
    }

    private void batch(Program program) {
        Session session = stream.session(database);
        ResultWriter writer = results();
        response.beginBatch();
        writer.start(true);
        try {
            session.run(program, writer);
        } catch (DatabaseException e) {
            fail(e);
            return;
        }
        for (Code code : FORBIDDEN) {
            DatabaseException forbidden = writer.errorWith(code);
            if (forbidden != null) {
                refuseForbidden(forbidden);
            }
        }
        writer.finishBatch(program.steps().size(), session.frame());
        response.endResult();
    }

    private void fail(DatabaseException error) {
        refuseForbidden(error);
        response.failResult(HranaError.of(error));
    }

    private void refuseForbidden(DatabaseException error) {
        if (error.code() == Code.ATTACH_FORBIDDEN) {
            throw Refusal.server(403, String.valueOf(error.getMessage()));
        }
        if (error.code() == Code.NOT_AUTHORIZED && stream.rights().readOnly()) {
            throw Refusal.server(403, "Authorization forbidden: " + error.getMessage());
        }
    }

    private ResultWriter results() {
        ResultWriter writer = results;
        if (writer == null) {
            writer = new ResultWriter(out, resultBytesMax);
            results = writer;
        }
        return writer;
    }
}
