package io.skerry.server.http;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.helidon.http.DirectHandler;
import io.helidon.http.DirectHandler.EventType;
import io.helidon.http.HeaderNames;
import io.helidon.http.ServerResponseHeaders;
import io.helidon.http.Status;
import io.helidon.webserver.http.DirectHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What is refused before it is known what it asks for, or because nothing is there: `{"error": …}`, the one form
/// that clients of both planes read.
final class PlainRefusals {

    /// Helidon's words where it keeps its own for its log, and for headers that are larger than it says.
    private static final Set<String> VAGUE =
            Set.of("Bad request, see server log for more information", "Header size exceeded");

    private PlainRefusals() {}

    static DirectHandlers handlers() {
        DirectHandlers.Builder handlers = DirectHandlers.builder();
        for (EventType type : EventType.values()) {
            handlers.addHandler(type, PlainRefusals::answer);
        }
        return handlers.build();
    }

    private static DirectHandler.TransportResponse answer(
            DirectHandler.TransportRequest request,
            EventType type,
            Status given,
            ServerResponseHeaders headers,
            @Nullable String message) {
        Status status = ofTheClient(given);
        return DirectHandler.TransportResponse.builder()
                .status(status)
                .headers(headers)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .keepAlive(type.keepAlive())
                .entity(body(status, status.code() == Status.BAD_REQUEST_400.code() ? words(message) : null))
                .build();
    }

    private static @Nullable String words(@Nullable String message) {
        return message == null || message.isBlank() || VAGUE.contains(message) ? null : "bad request: " + message;
    }

    /// What a client sends is its own mistake: HTTP/1.0 and codings that are not spoken here too, for which HTTP
    /// would have a 5xx.
    static Status ofTheClient(Status status) {
        return status.code() == Status.NOT_IMPLEMENTED_501.code()
                        || status.code() == Status.HTTP_VERSION_NOT_SUPPORTED_505.code()
                ? Status.BAD_REQUEST_400
                : status;
    }

    /// @param message empty or null for what the status says by itself
    static byte[] body(Status status, @Nullable String message) {
        String text = message == null || message.isBlank() || status.code() >= 500 ? ofStatus(status) : message;
        return ("{\"error\":\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String ofStatus(Status status) {
        return switch (status.code()) {
            case 400 ->
                "bad request: this is not HTTP/1.1 as it is spoken here, or its headers are larger than "
                        + Listener.HEADERS_BYTES_MAX + " bytes";
            case 404 -> "not found";
            case 405 -> "method not allowed";
            case 413 -> "request body is too large";
            case 414 -> "request line is longer than " + Listener.REQUEST_LINE_BYTES_MAX + " bytes";
            case 500 -> "internal error; the log of this node says more";
            default -> status.reasonPhrase();
        };
    }
}
