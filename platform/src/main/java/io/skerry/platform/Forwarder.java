package io.skerry.platform;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /// Longer than any change takes that copies no databases.
    private static final Duration ANSWER_MAX = Duration.ofMinutes(2);

    /// For a new database, which may be a copy: longer than any copy may take.
    private static final Duration COPY_MAX = Duration.ofMinutes(15);

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

    /// @param mark what [#MARKER] says
    Forwarder(String mark, NodeHttp nodes) {
        this.mark = mark;
        this.nodes = nodes;
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
    /// @throws ApiException 503 if the leader does not answer; the change may have happened
    Reply send(URI leader, String method, String target, Map<String, String> headers, byte[] body) {
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(leader + target))
                    .timeout(copies(method, target) ? COPY_MAX : ANSWER_MAX)
                    .method(method, HttpRequest.BodyPublishers.ofByteArray(body))
                    .setHeader(MARKER, mark);
            headers.forEach((name, value) -> request.setHeader(name, ascii(value)));
            HttpResponse<byte[]> response = nodes.client()
                    .send(
                            request.build(),
                            HttpResponse.BodyHandlers.limiting(
                                    HttpResponse.BodyHandlers.ofByteArray(), ANSWER_BYTES_MAX));
            return new Reply(
                    new Answer(response.statusCode(), contentType(response), carried(response), response.body()),
                    response.headers().firstValueAsLong(FRAME).orElse(0));
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, "invalid path");
        } catch (IOException e) {
            LOG.warn("the node that leads the catalog, {}, did not answer", leader, e);
            throw new ApiException(
                    503,
                    "the node that takes changes did not answer: look whether the change happened, then repeat it");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(503, "the node is stopping");
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
