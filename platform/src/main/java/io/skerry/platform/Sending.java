package io.skerry.platform;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.ServerResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;

/// How an [Answer] goes to its client.
final class Sending {

    /// Helidon copies what it is given at once, headers and body, and keeps the copy until the client has taken
    /// it. Of a large body only so much is copied at a time: any number of slow clients of one answer share its
    /// bytes.
    private static final int AT_ONCE = 16 * 1024;

    private Sending() {}

    /// @param headOnly whether only the headers are asked for (RFC 9110, section 9.3.2)
    static void send(ServerResponse response, Answer answer, boolean headOnly) {
        response.status(Status.create(answer.status())).header(HeaderNames.CONTENT_TYPE, answer.contentType());
        answer.headers().forEach((name, value) -> response.header(HeaderNames.create(name), value));
        if (answer.status() == 413) {
            // What is left of a very large body is not read.
            response.header(HeaderNames.CONNECTION, "close");
        }
        byte[] body = answer.body();
        if (headOnly) {
            response.contentLength(body.length);
            response.send();
        } else if (body.length <= AT_ONCE) {
            response.send(body);
        } else {
            response.contentLength(body.length);
            stream(response, body);
        }
    }

    private static void stream(ServerResponse response, byte[] body) {
        try (OutputStream out = response.outputStream()) {
            for (int at = 0; at < body.length; at += AT_ONCE) {
                out.write(body, at, Math.min(AT_ONCE, body.length - at));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
