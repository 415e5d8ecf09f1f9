package io.skerry.platform;

import io.skerry.catalog.fleet.Requester;
import io.skerry.catalog.progress.Endable;
import io.skerry.engine.hop.Deadline;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands changes to the node that leads the system group. A request is handed on once: the marker it gets makes
/// the next node answer or refuse it, so that two nodes that take each other for the leader do not play ball.
final class Forwarder {

    /// Marks a request that was handed on.
    static final String MARKER = "X-Skerry-Forwarded";

    /// Frame of the catalog at the node that answered: who waits for it sees the change.
    static final String FRAME = "X-Skerry-Catalog-Frame";

    private static final Logger LOG = LoggerFactory.getLogger(Forwarder.class);

    /// Longer than any change takes that copies no databases, or does not wait for that to end.
    private static final Duration ANSWER_MAX = Duration.ofMinutes(2);

    /// A new database may be filled with much: its answer is waited for while the other node is there.
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

    /// For a turn among those that are handed on.
    private static final Duration TURN_MAX = Duration.ofSeconds(5);

    private static final Duration LOOK_MAX = Duration.ofSeconds(5);
    private static final int SILENT_LOOKS_MAX = 3;

    /// What lasts must begin before it could be given up.
    private static final Duration BEGIN_MAX = LOOK_EVERY.multipliedBy(SILENT_LOOKS_MAX);

    /// No change answers with more than what it changed.
    private static final long ANSWER_BYTES_MAX = 16L << 20;

    /// Headers of an answer that mean something to the one who asked.
    private static final List<String> CARRIED =
            List.of("Location", "Retry-After", "Cache-Control", "Pragma", "WWW-Authenticate");

    /// Address of the client, as the first node saw it; believed only beside [#MARKER].
    static final String CLIENT = "X-Skerry-Client";

    /// Public URL of the node that the client asked; believed as above.
    static final String NODE = "X-Skerry-Node";

    private final String mark;
    private final NodeHttp nodes;
    private final Requester requester;
    private final Semaphore free;
    private final Duration turnMax;
    private final Duration answerMax;
    private final Silences silences = new Silences();

    /// @param mark what [#MARKER] says
    /// @param requester the client of the calling thread
    /// @param max requests that are handed on at once
    Forwarder(String mark, NodeHttp nodes, Requester requester, int max) {
        this(mark, nodes, requester, max, TURN_MAX, ANSWER_MAX);
    }

    /// @param turnMax the longest wait for one of `max`
    /// @param answerMax the longest wait for an answer to what copies no databases
    Forwarder(String mark, NodeHttp nodes, Requester requester, int max, Duration turnMax, Duration answerMax) {
        free = new Semaphore(max, true);
        this.turnMax = turnMax;
        this.answerMax = answerMax;
        this.mark = mark;
        this.nodes = nodes;
        this.requester = requester;
    }

    @SuppressWarnings("ArrayRecordComponent")
    record Reply(Answer answer, long frame) {}

    /// Whether a node of this cluster handed the request on.
    boolean isMarked(Optional<String> marker) {
        // In constant time: a client could feel its way otherwise.
        return marker.map(text -> text.getBytes(StandardCharsets.UTF_8))
                .filter(bytes -> MessageDigest.isEqual(bytes, mark.getBytes(StandardCharsets.UTF_8)))
                .isPresent();
    }

    /// @param target path and query, as they came
    /// @throws ApiException 503 if the leader cannot be reached, or does not answer: then the change may have
    ///     happened, and the text says so. 429 if too many are
    ///     under way
    Reply send(URI leader, String method, String target, Map<String, String> headers, byte[] body) {
        try {
            if (!free.tryAcquire(turnMax.toNanos(), TimeUnit.NANOSECONDS)) {
                throw ApiException.tooMany("too many calls are handed on to another node", Duration.ZERO);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unknownOutcome("the node is stopping: nothing was done");
        }
        try {
            return handOn(leader, method, target, headers, body);
        } finally {
            free.release();
        }
    }

    private Reply handOn(URI leader, String method, String target, Map<String, String> headers, byte[] body) {
        if (!copies(method, target)) {
            return once(leader, method, target, headers, body);
        }
        Endable waiting = new Endable();
        try (Requester.Watch _ = requester.watch(() -> waiting.end("the client went away before the end"))) {
            return waiting.run(() -> once(leader, method, target, headers, body));
        }
    }

    private Reply once(URI leader, String method, String target, Map<String, String> headers, byte[] body) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(leader + target))
                    .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                    .setHeader(MARKER, mark)
                    .setHeader(Deadline.HEADER, Deadline.in(copies(method, target) ? BEGIN_MAX : answerMax));
            headers.forEach((name, value) -> request.setHeader(name, ascii(value)));
            HttpResponse<byte[]> response = copies(method, target)
                    ? lasting(leader, request.build())
                    : nodes.client().send(request.timeout(answerMax).build(), bytes());
            silences.answered(leader).ifPresent(LOG::info);
            return new Reply(
                    new Answer(response.statusCode(), contentType(response), carried(response), response.body()),
                    response.headers().firstValueAsLong(FRAME).orElse(0));
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, "invalid path");
        } catch (ConnectException | HttpConnectTimeoutException e) {
            silences.silent(leader, e).ifPresent(LOG::warn);
            throw new ApiException(
                    503, "the node that takes changes cannot be reached at the moment: nothing was done, try again");
        } catch (IOException e) {
            silences.silent(leader, e).ifPresent(LOG::warn);
            throw ApiException.unknownOutcome(
                    "the node that takes changes did not answer: look whether the change happened, then repeat it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw ApiException.unknownOutcome("the node is stopping: look whether the change happened, then repeat it");
        }
    }

    private static HttpResponse.BodyHandler<byte[]> bytes() {
        return HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX);
    }

    private HttpResponse<byte[]> lasting(URI leader, HttpRequest request) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> answer = nodes.client().sendAsync(request, bytes());
        try {
            for (int silent = 0; silent < SILENT_LOOKS_MAX; silent = isThere(leader) ? 0 : silent + 1) {
                try {
                    return answer.get(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
                } catch (TimeoutException e) {
                    LOG.debug("the node that leads the catalog, {}, has not answered yet", leader);
                }
            }
            throw new IOException("it fell silent");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        } finally {
            answer.cancel(true);
        }
    }

    private boolean isThere(URI leader) throws InterruptedException {
        HttpRequest look = HttpRequest.newBuilder(URI.create(leader + "/health"))
                .timeout(LOOK_MAX)
                .build();
        try {
            nodes.client().send(look, HttpResponse.BodyHandlers.discarding());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /// Other characters mean nothing in any header that is handed on, and no client of HTTP sends them.
    private static String ascii(String value) {
        return value.chars().allMatch(c -> c >= ' ' && c < 0x7f || c == '\t')
                ? value
                : value.replaceAll("[^ -~\t]", "?");
    }

    private static String contentType(HttpResponse<byte[]> response) {
        return response.headers().firstValue("Content-Type").orElse(Answer.JSON_TYPE);
    }

    private static Map<String, String> carried(HttpResponse<byte[]> response) {
        Map<String, String> headers = new HashMap<>();
        for (String name : CARRIED) {
            response.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
        }
        return headers;
    }

    private static boolean copies(String method, String target) {
        int query = target.indexOf('?');
        String path = query < 0 ? target : target.substring(0, query);
        return method.equals("POST") && (path.endsWith("/databases") || path.endsWith("/databases/"));
    }
}
