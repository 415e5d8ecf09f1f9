package io.skerry.hrana.forward;

import io.skerry.engine.hop.Deadline;
import io.skerry.hrana.HranaSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;

/// Sends requests to other nodes over pooled HTTP/1.1 connections. Never repeats one: it may have run.
/// Thread-safe; what sends blocks its (virtual) thread.
public final class NodeClient implements AutoCloseable {

    /// Marks what a node passes on, so that two nodes that take each other for the primary do not play ball.
    public static final String HOP_HEADER = "x-skerry-forwarded";

    /// In the answer to what was passed on: the newest frame of the database. A script's answer names none, nor does a
    /// statement that failed after others had written.
    public static final String FRAME_HEADER = "x-skerry-frame";

    /// The address of the client that asked, where the other node needs it; believed only beside
    /// [#HOP_HEADER].
    public static final String CLIENT_HEADER = "x-skerry-client";

    /// For a turn among the requests to other nodes.
    private static final Duration TURN_MAX = Duration.ofSeconds(5);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
    private static final Duration LOOK_MAX = Duration.ofSeconds(5);
    private static final int SILENT_LOOKS_MAX = 3;

    private final HranaSettings.Forwarding limits;
    private final HopMark mark;
    private final Optional<SSLContext> trust;
    private final Semaphore inFlight;
    private final Duration turnMax;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable HttpClient client;

    /// @param trust what makes connections over TLS; empty for what the JVM trusts. Host names are checked either way
    public NodeClient(HranaSettings.Forwarding limits, HopMark mark, Optional<SSLContext> trust) {
        this(limits, mark, trust, TURN_MAX);
    }

    /// @param turnMax the longest wait for a turn among the requests to other nodes
    NodeClient(HranaSettings.Forwarding limits, HopMark mark, Optional<SSLContext> trust, Duration turnMax) {
        this.limits = limits;
        this.mark = mark;
        this.trust = trust;
        this.inFlight = new Semaphore(limits.inFlightMax(), true);
        this.turnMax = turnMax;
    }

    /// Posts `body[0, length)` to `<primary>/v3/pipeline` with the client's own authorization.
    public Outcome send(URI primary, @Nullable String authorization, byte[] body, int length) {
        return send(
                primary + "/v3/pipeline",
                request -> endingIn(limits.answerMax(), request)
                        .header("content-type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body, 0, length)),
                authorization,
                answer -> await(answer, limits.answerMax()));
    }

    /// Puts `body` there with the client's own authorization.
    ///
    /// @param client its address; empty if the other node does not need it
    /// @param limit from sending it to the end of its answer
    public Outcome put(URI target, @Nullable String authorization, String client, byte[] body, Duration limit) {
        return send(
                target.toString(),
                request -> endingIn(limit, request)
                        .header(CLIENT_HEADER, client)
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(body)),
                authorization,
                answer -> await(answer, limit));
    }

    /// As [#put], without a body, and without a limit for as long as the other node is there: it must begin before
    /// it could be given up.
    ///
    /// @param health where it says so
    public Outcome putLasting(URI target, URI health, @Nullable String authorization, String client) {
        return send(
                target.toString(),
                request -> endingIn(LOOK_EVERY.multipliedBy(SILENT_LOOKS_MAX), request)
                        .header(CLIENT_HEADER, client)
                        .PUT(HttpRequest.BodyPublishers.noBody()),
                authorization,
                answer -> awaitLasting(answer, health));
    }

    private static HttpRequest.Builder endingIn(Duration limit, HttpRequest.Builder request) {
        return request.header(Deadline.HEADER, Deadline.in(limit));
    }

    private Outcome send(
            String target,
            UnaryOperator<HttpRequest.Builder> content,
            @Nullable String authorization,
            Function<CompletableFuture<HttpResponse<byte[]>>, Outcome> await) {
        try {
            if (!inFlight.tryAcquire(turnMax.toNanos(), TimeUnit.NANOSECONDS)) {
                return new Outcome.NotSent("too many requests to other nodes at once; try again later");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Outcome.NotSent("interrupted while others were being sent");
        }
        try {
            HttpRequest.Builder request =
                    content.apply(HttpRequest.newBuilder(URI.create(target))).header(HOP_HEADER, mark.value());
            if (authorization != null) {
                request.header("authorization", authorization);
            }
            return await.apply(client().sendAsync(
                            request.build(),
                            HttpResponse.BodyHandlers.limiting(
                                    HttpResponse.BodyHandlers.ofByteArray(), limits.answerBytesMax())));
        } catch (IllegalArgumentException e) {
            // An address or a header value that HTTP cannot carry.
            return new Outcome.NotSent(String.valueOf(e.getMessage()));
        } finally {
            inFlight.release();
        }
    }

    /// Made when it is first needed: most nodes take all their writes themselves.
    private HttpClient client() {
        HttpClient made = client;
        if (made != null) {
            return made;
        }
        lock.lock();
        try {
            made = client;
            if (made == null) {
                HttpClient.Builder builder = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(limits.connectMax())
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .executor(Executors.newVirtualThreadPerTaskExecutor());
                trust.ifPresent(builder::sslContext);
                made = builder.build();
                client = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    private Outcome await(CompletableFuture<HttpResponse<byte[]>> answer, Duration limit) {
        try {
            HttpResponse<byte[]> response = answer.get(limit.toNanos(), TimeUnit.NANOSECONDS);
            boolean json = response.headers()
                    .firstValue("content-type")
                    .map(type -> type.startsWith("application/json"))
                    .orElse(false);
            long frame = response.headers().firstValueAsLong(FRAME_HEADER).orElse(0);
            return new Outcome.Answered(response.statusCode(), json, response.body(), frame);
        } catch (ExecutionException e) {
            return failed(e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            return new Outcome.Lost("no answer within " + limit.toSeconds() + " s");
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return new Outcome.Lost("interrupted");
        }
    }

    private Outcome awaitLasting(CompletableFuture<HttpResponse<byte[]>> answer, URI health) {
        int silent = 0;
        while (!answer.isDone() && silent < SILENT_LOOKS_MAX) {
            try {
                answer.get(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS);
            } catch (TimeoutException e) {
                silent = isThere(health) ? 0 : silent + 1;
            } catch (ExecutionException e) {
                return failed(e.getCause());
            } catch (InterruptedException e) {
                answer.cancel(true);
                Thread.currentThread().interrupt();
                return new Outcome.Lost("interrupted");
            }
        }
        return await(answer, Duration.ZERO);
    }

    private boolean isThere(URI health) {
        HttpRequest look = HttpRequest.newBuilder(health).build();
        return await(client().sendAsync(look, HttpResponse.BodyHandlers.ofByteArray()), LOOK_MAX)
                instanceof Outcome.Answered;
    }

    private static Outcome failed(@Nullable Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof ConnectException || t instanceof HttpConnectTimeoutException) {
                return new Outcome.NotSent("no connection could be opened");
            }
            if (t instanceof SSLHandshakeException) {
                return new Outcome.NotSent(
                        "the other node's certificate or its TLS was not accepted: " + t.getMessage());
            }
        }
        return new Outcome.Lost(
                cause instanceof IOException broken
                        ? "the connection broke: " + broken.getMessage()
                        : String.valueOf(cause));
    }

    /// Breaks what is under way.
    @Override
    public void close() {
        HttpClient made = client;
        if (made != null) {
            made.shutdownNow();
        }
    }
}
