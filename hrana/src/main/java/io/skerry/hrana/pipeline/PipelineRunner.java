package io.skerry.hrana.pipeline;

import io.skerry.engine.Database;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.query.Program;
import io.skerry.engine.query.Session;
import io.skerry.engine.query.Sql;
import io.skerry.hrana.DatabaseAccess.Target;
import io.skerry.hrana.HranaSettings;
import io.skerry.hrana.forward.ForwardedStream;
import io.skerry.hrana.forward.NodeClient;
import io.skerry.hrana.stream.Stream;
import io.skerry.hrana.stream.StreamTable;
import io.skerry.hrana.wire.HranaError;
import io.skerry.hrana.wire.JsonBuffer;
import io.skerry.hrana.wire.Pipeline;
import io.skerry.hrana.wire.Refusal;
import io.skerry.hrana.wire.ResponseWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Runs pipelines on their streams. Thread-safe; a pipeline runs on the calling thread.
public final class PipelineRunner {

    /// How often one that waits looks whether this node stops.
    private static final long STOP_LOOK_NANOS = 50_000_000;

    private final HranaSettings settings;
    private final StreamTable streams;
    private final NodeClient nodes;
    private final WrittenThere writtenThere = new WrittenThere();
    private volatile boolean stopping;

    public PipelineRunner(HranaSettings settings, StreamTable streams, NodeClient nodes) {
        this.settings = settings;
        this.streams = streams;
        this.nodes = nodes;
    }

    /// Runs the pipeline and writes its answer to `out`.
    ///
    /// @return the stream, which waits for its next baton now; null if the pipeline closed it
    /// @throws Refusal if the answer is none of results; the stream is closed then
    public @Nullable Stream run(Pipeline pipeline, Target target, Caller caller, JsonBuffer out) {
        Stream stream = stream(pipeline, target);
        boolean kept = false;
        try {
            stream.admit(target.grant(), target.attachables());
            Plan plan = Plan.of(pipeline.requests(), stream.texts(), settings.streams());
            stream.texts(plan.texts());
            ResponseWriter response = new ResponseWriter(out);
            response.begin(plan.closes() ? null : streams.nextBaton(stream));
            run(plan, stream, target, caller, out, response);
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
                    ? streams.openTransient(target.key(), target.rights())
                    : streams.open(target.key(), target.rights());
        }
        Stream stream = streams.acquire(baton, target.key());
        if (!stream.rights().equals(target.rights())) {
            // Its session was opened with other rights; rights are those of each request, never of the first.
            streams.close(stream);
            throw Refusal.server(403, "Authorization forbidden: the stream was opened with a token of other rights");
        }
        return stream;
    }

    private void run(Plan plan, Stream stream, Target target, Caller caller, JsonBuffer out, ResponseWriter response) {
        ForwardedStream remote = (ForwardedStream) stream.remote();
        boolean remoteTransaction = remote != null && (!remote.autocommit() || remote.sticky());
        Place place;
        try {
            place = caller.forwarded() ? Place.HERE : place(plan, stream, target, remoteTransaction);
            if (place != Place.HERE) {
                // Its answer comes as a whole, when what it tells of has happened: there is no refusing it then.
                out.requireNotOverdrawn();
            }
        } catch (DatabaseException e) {
            for (Action ignored : plan.actions()) {
                response.error(HranaError.of(e));
            }
            return;
        }
        switch (place) {
            case HERE -> runHere(plan, stream, target, out, response);
            case PRIMARY -> runThere(plan, stream, target, caller, true, response);
            case PRIMARY_TO_READ -> runThere(plan, stream, target, caller, false, response);
        }
        if (plan.closes() && place == Place.HERE && remote != null) {
            remote.abandon();
        }
    }

    private Place place(Plan plan, Stream stream, Target target, boolean remoteTransaction) {
        long written = writtenThere.frame(target.key());
        stream.raiseMinFrame(written);
        Place place = Place.of(
                plan, stream, target, remoteTransaction, settings.forwarding().frameWaitMax());
        if (written > 0 && place == Place.HERE) {
            writtenThere.caughtUp(target.key(), written);
        }
        return place;
    }

    private void runHere(Plan plan, Stream stream, Target target, JsonBuffer out, ResponseWriter response) {
        Database database = target.database();
        if (database == null) {
            for (Action ignored : plan.actions()) {
                response.error(
                        HranaError.proxy("this node holds no copy of the database and knows none that takes it"));
            }
            return;
        }
        new LocalRun(stream, database, out, response, settings.results().bytesMax()).run(plan);
    }

    private void runThere(
            Plan plan, Stream stream, Target target, Caller caller, boolean mayWrite, ResponseWriter response) {
        ForwardedStream remote = remote(stream, target);
        List<Action> before = remote.sticky() ? List.of() : attaching(stream);
        long frame = new RemoteRun(remote, caller.authorization(), mayWrite, response).run(before, plan);
        if (remote.baton() != null && (!before.isEmpty() || plan.attaches())) {
            remote.stick();
        }
        stream.raiseMinFrame(frame);
        if (mayWrite && frame > 0 && remote.autocommit()) {
            awaitHere(target, frame);
        }
    }

    /// The next read here, on any stream, is to see what was written. If it takes too long the answer goes out all the
    /// same, and that read waits, or is answered by the primary.
    private void awaitHere(Target target, long frame) {
        Database database = target.database();
        if (database == null || !reaches(database, new FrameNo(frame))) {
            writtenThere.add(target.key(), frame);
        }
    }

    /// False too where the copy cannot be waited for, as on a thread that is interrupted because this node stops: what
    /// was written is written all the same, and its client has to hear of it.
    private boolean reaches(Database database, FrameNo frame) {
        long end = System.nanoTime() + settings.forwarding().frameWaitMax().toNanos();
        try {
            long left = end - System.nanoTime();
            while (left > 0 && !stopping) {
                if (database.awaitFrame(frame, Duration.ofNanos(Math.min(left, STOP_LOOK_NANOS)))) {
                    return true;
                }
                left = end - System.nanoTime();
            }
            return database.frame().compareTo(frame) >= 0;
        } catch (DatabaseException e) {
            return false;
        }
    }

    /// What waits here for the copy to reach what was written elsewhere waits no longer.
    public void stop() {
        stopping = true;
    }

    /// What makes the primary attach what the stream has attached here.
    private static List<Action> attaching(Stream stream) {
        Session session = stream.session();
        List<Action> actions = new ArrayList<>();
        if (session != null) {
            for (Session.Attached attached : session.attached()) {
                String alias = attached.alias().replace("\"", "\"\"");
                actions.add(new Action.Execute(
                        Program.of(Sql.of("ATTACH \"" + attached.database() + "\" AS \"" + alias + "\""))));
            }
        }
        return actions;
    }

    /// The stream's continuation on the primary; a new one if it had none or the primary is another node now.
    private ForwardedStream remote(Stream stream, Target target) {
        ForwardedStream remote = (ForwardedStream) stream.remote();
        URI primary = target.primary();
        boolean moved = remote != null
                && remote.autocommit()
                && !remote.sticky()
                && !remote.primary().equals(primary);
        if (remote != null && !moved) {
            return remote;
        }
        if (remote != null) {
            remote.abandon();
        }
        ForwardedStream opened = new ForwardedStream(nodes, Objects.requireNonNull(primary));
        stream.remote(opened);
        return opened;
    }
}
