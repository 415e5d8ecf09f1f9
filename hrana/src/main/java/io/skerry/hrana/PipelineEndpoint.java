package io.skerry.hrana;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.skerry.hrana.forward.NodeClient;
import io.skerry.hrana.pipeline.Caller;
import io.skerry.hrana.pipeline.PipelineRunner;
import io.skerry.hrana.stream.Stream;
import io.skerry.hrana.stream.StreamTable;
import io.skerry.hrana.wire.BufferPool;
import io.skerry.hrana.wire.ByteBudget;
import io.skerry.hrana.wire.JsonBuffer;
import io.skerry.hrana.wire.Pipeline;
import io.skerry.hrana.wire.PipelineReader;
import io.skerry.hrana.wire.Refusal;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// `POST v2/pipeline` and `v3/pipeline`, one endpoint for both: what version 3 added is answered under version 2 as
/// well, as clients of either expect. Admits requests, lends them buffers, and gives the streams their clock.
final class PipelineEndpoint {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineEndpoint.class);
    private static final HeaderName FRAME = HeaderNames.create(NodeClient.FRAME_HEADER);

    private final HranaSettings settings;
    private final StreamTable streams;
    private final PipelineRunner runner;
    private final PipelineReader reader;
    private final BufferPool buffers;
    private final ByteBudget bodies;
    private final Semaphore inFlight;
    private final ScheduledExecutorService timer;
    private volatile boolean stopping;

    PipelineEndpoint(HranaSettings settings, NodeClient nodes, ByteBudget bodies, LongSupplier nanoClock) {
        this.settings = settings;
        this.streams = new StreamTable(settings.streams(), settings.requests().inFlightMax(), nanoClock);
        this.runner = new PipelineRunner(settings, streams, nodes);
        this.reader = new PipelineReader(settings.requests());
        this.buffers = new BufferPool(
                settings.results().bytesInFlightMax(), settings.results().bytesMax());
        this.bodies = bodies;
        this.inFlight = new Semaphore(settings.requests().inFlightMax());
        this.timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("hrana-streams").factory());
        timer.scheduleWithFixedDelay(this::expireStreams, 1, 1, TimeUnit.SECONDS);
    }

    void expireStreams() {
        try {
            streams.expire();
        } catch (RuntimeException e) {
            // An exception would end the timer, and with it every later expiry.
            LOG.error("Streams could not be expired; the next attempt follows in a second", e);
        }
    }

    void answer(DatabaseAccess.Target target, Caller caller, ServerRequest request, ServerResponse response)
            throws IOException {
        if (stopping) {
            throw Refusal.last(503, "This node is stopping; ask another one or try again");
        }
        if (!inFlight.tryAcquire()) {
            throw Refusal.last(429, "Too many concurrent requests");
        }
        try (RequestBody body = new RequestBody(settings.requests(), bodies)) {
            JsonBuffer buffer = buffers.take(target.owner());
            if (buffer == null) {
                throw Refusal.last(429, "Too many concurrent requests");
            }
            try {
                long length = request.headers().contentLength().orElse(-1);
                Pipeline pipeline = body.read(request.content().inputStream(), length, reader);
                Stream stream = run(pipeline, target, caller, buffer);
                if (caller.forwarded() && target.database() != null) {
                    response.header(FRAME, target.database().frame().toString());
                }
                send(response, buffer, stream);
            } finally {
                buffers.give(buffer);
            }
        } finally {
            inFlight.release();
        }
    }

    private @Nullable Stream run(Pipeline pipeline, DatabaseAccess.Target target, Caller caller, JsonBuffer buffer) {
        try {
            return runner.run(pipeline, target, caller, buffer);
        } catch (Refusal refusal) {
            throw refusal;
        } catch (RuntimeException e) {
            LOG.error("A pipeline for {} failed in a way that is not foreseen", target.key(), e);
            throw Refusal.server(500, "Internal Error: the server's log says more");
        }
    }

    private void send(ServerResponse response, JsonBuffer buffer, @Nullable Stream stream) {
        try {
            response.header(HranaRoutes.JSON).send(buffer.array(), 0, buffer.size());
        } catch (RuntimeException e) {
            // The client is gone and never sees its baton: nobody can go on with the stream.
            if (stream != null) {
                streams.close(stream);
            }
            throw e;
        }
    }

    void checkStreams() {
        streams.check();
    }

    boolean awaitEndings(Duration limit) throws InterruptedException {
        return streams.awaitEndings(limit);
    }

    void stop(Duration grace, Runnable interrupt, Duration limit) {
        stopping = true;
        timer.shutdownNow();
        if (!awaitNone(grace)) {
            interrupt.run();
            runner.stop();
            // What was interrupted says so itself; a stream that is closed meanwhile only says that it is closed.
            awaitNone(limit.dividedBy(2));
        }
        // Who waits for the write lock of a transaction that is open gets it now.
        streams.closeAll();
        awaitNone(limit.dividedBy(2));
    }

    private boolean awaitNone(Duration limit) {
        int all = settings.requests().inFlightMax();
        try {
            if (inFlight.tryAcquire(all, limit.toNanos(), TimeUnit.NANOSECONDS)) {
                inFlight.release(all);
                return true;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }
}
