package io.skerry.hrana.pipeline;

import io.skerry.engine.Database;
import io.skerry.hrana.DatabaseAccess.Target;
import io.skerry.hrana.HranaSettings;
import io.skerry.hrana.stream.Stream;
import io.skerry.hrana.stream.StreamTable;
import io.skerry.hrana.wire.HranaError;
import io.skerry.hrana.wire.JsonBuffer;
import io.skerry.hrana.wire.Pipeline;
import io.skerry.hrana.wire.Refusal;
import io.skerry.hrana.wire.ResponseWriter;
import org.jspecify.annotations.Nullable;

/// Runs pipelines on their streams. Thread-safe; a pipeline runs on the calling thread.
public final class PipelineRunner {

    private final HranaSettings settings;
    private final StreamTable streams;

    public PipelineRunner(HranaSettings settings, StreamTable streams) {
        this.settings = settings;
        this.streams = streams;
    }

    /// Runs the pipeline and writes its answer to `out`.
    ///
    /// @return the stream, which waits for its next baton now; null if the pipeline closed it
    /// @throws Refusal if the answer is none of results; the stream is closed then
    public @Nullable Stream run(Pipeline pipeline, Target target, JsonBuffer out) {
        Stream stream = stream(pipeline, target);
        boolean kept = false;
        try {
            Plan plan = Plan.of(pipeline.requests(), stream.texts(), settings.streams());
            stream.texts(plan.texts());
            ResponseWriter response = new ResponseWriter(out);
            response.begin(plan.closes() ? null : streams.nextBaton(stream));
            run(plan, stream, target, out, response);
            response.end();
            kept = !plan.closes();
        } finally {
            if (kept) {
                streams.release(stream);
            } else {
                streams.close(stream);
            }
        }
        return kept ? stream : null;
    }

    private Stream stream(Pipeline pipeline, Target target) {
        String baton = pipeline.baton();
        if (baton == null) {
            return Plan.closes(pipeline.requests())
                    ? streams.openTransient(target.key(), target.readOnly())
                    : streams.open(target.key(), target.readOnly());
        }
        Stream stream = streams.acquire(baton, target.key());
        if (stream.readOnly() != target.readOnly()) {
            // Its session was opened with other rights; rights are those of each request, never of the first.
            streams.close(stream);
            throw Refusal.server(403, "Authorization forbidden: the stream was opened with a token of other rights");
        }
        return stream;
    }

    private void run(Plan plan, Stream stream, Target target, JsonBuffer out, ResponseWriter response) {
        Database database = target.database();
        if (database == null) {
            for (Action ignored : plan.actions()) {
                response.error(HranaError.proxy("no node that holds the database is known"));
            }
            return;
        }
        new LocalRun(stream, database, out, response, settings.results().bytesMax()).run(plan);
    }
}
