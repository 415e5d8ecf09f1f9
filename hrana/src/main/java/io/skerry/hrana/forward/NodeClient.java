package io.skerry.hrana.forward;

import io.skerry.hrana.HranaSettings;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Sends pipelines to other nodes over pooled HTTP/1.1 connections. Never repeats one: it may have run. Thread-safe;
/// [#send] blocks its (virtual) thread.
public final class NodeClient implements AutoCloseable {

    /// Marks what a node passes on, so that two nodes that take each other for the primary do not play ball.
    public static final String HOP_HEADER = "x-skerry-forwarded";

    /// In the answer to what was passed on: the newest frame of the database. A script's answer names none, nor does a
    /// statement that failed after others had written.
    public static final String FRAME_HEADER = "x-skerry-frame";

    private final HranaSettings.Forwarding limits;
    private final HopMark mark;
    private final Semaphore inFlight;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable HttpClient client;

    public NodeClient(HranaSettings.Forwarding limits, HopMark mark) {
        this.limits = limits;
        this.mark = mark;
        this.inFlight = new Semaphore(limits.inFlightMax());
    }

    /// Posts `body[0, length)` to `<primary>/v3/pipeline` with the client's own authorization.
    public Outcome send(URI primary, @Nullable String authorization, byte[] body, int length) {
        if (!inFlight.tryAcquire()) {
            return new Outcome.NotSent("too many requests to other nodes at once; try again later");
        }
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(primary + "/v3/pipeline"))
                    .header("content-type", "application/json")
                    .header(HOP_HEADER, mark.value())
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body, 0, length));
            if (authorization != null) {
                request.header("authorization", authorization);
            }
            return await(client().sendAsync(
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
                made = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(limits.connectMax())
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .executor(Executors.newVirtualThreadPerTaskExecutor())
                        .build();
                client = made;
            }
            return made;
        } finally {
            lock.unlock();
        }
    }

    private Outcome await(CompletableFuture<HttpResponse<byte[]>> answer) {
        try {
            HttpResponse<byte[]> response = answer.get(limits.answerMax().toNanos(), TimeUnit.NANOSECONDS);
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
            return new Outcome.Lost("no answer within " + limits.answerMax().toSeconds() + " s");
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            return new Outcome.Lost("interrupted");
        }
    }

    private static Outcome failed(@Nullable Throwable cause) {
        for (Throwable t = cause; t != null; t = t.getCause()) {
            if (t instanceof ConnectException || t instanceof HttpConnectTimeoutException) {
                return new Outcome.NotSent("no connection could be opened");
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
