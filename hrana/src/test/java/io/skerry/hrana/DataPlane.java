package io.skerry.hrana;

import io.helidon.http.Status;
import io.helidon.webserver.WebServer;
import io.skerry.hrana.forward.HopMark;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/// A real server on a free port with nothing but the data plane, its clock, and a client.
final class DataPlane implements AutoCloseable {

    /// What all data planes of a test have in common.
    private static final HopMark MARK = new HopMark("of-one-cluster");

    final AtomicLong nanos = new AtomicLong(1);
    final HranaRoutes routes;
    private final WebServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    DataPlane(DatabaseAccess access) {
        this(access, HranaSettings.defaults());
    }

    DataPlane(DatabaseAccess access, HranaSettings settings) {
        this(access, new FakeUploads(), settings);
    }

    DataPlane(DatabaseAccess access, Uploads uploads, HranaSettings settings) {
        routes = new HranaRoutes(
                access, uploads, settings, "node.example.com"::equals, MARK, Optional.empty(), nanos::get);
        server = WebServer.builder()
                .host("127.0.0.1")
                .port(0)
                .routing(r -> r.any(routes)
                        .any((request, response) ->
                                response.status(Status.I_AM_A_TEAPOT_418).send("not the data plane")))
                .build()
                .start();
    }

    int port() {
        return server.port();
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    HttpResponse<String> pipeline(String body) {
        return post("/dev/shop/v2/pipeline", body);
    }

    HttpResponse<String> post(String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(java.time.Duration.ofSeconds(60))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return send(headers.length == 0 ? request : request.headers(headers));
    }

    HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return client.send(
                    request.timeout(java.time.Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Sends these bytes, then nothing more.
    ///
    /// @return all that comes back
    String raw(String request) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    /// `execute` of a statement as it stands in a pipeline.
    static String execute(String sql) {
        return "{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}}";
    }

    static String requests(String... requests) {
        return "{\"requests\":[" + String.join(",", requests) + "]}";
    }

    static String on(String baton, String... requests) {
        return "{\"baton\":\"" + baton + "\",\"requests\":[" + String.join(",", requests) + "]}";
    }

    static final String CLOSE = "{\"type\":\"close\"}";

    static String baton(HttpResponse<String> response) {
        String body = response.body();
        String begin = "{\"baton\":\"";
        if (!body.startsWith(begin)) {
            throw new AssertionError("no baton: " + response.statusCode() + " " + body);
        }
        return body.substring(begin.length(), body.indexOf('"', begin.length()));
    }

    void passSeconds(long seconds) {
        nanos.addAndGet(seconds * 1_000_000_000L);
        routes.expireStreams();
    }

    @Override
    public void close() {
        routes.close();
        server.stop();
        client.close();
    }
}
