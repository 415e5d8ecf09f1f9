package io.skerry.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.webserver.http.HttpRouting;
import io.skerry.server.config.Configuration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenerTest {

    private static final int LIMIT_MS = 60_000;

    @Test
    void aConnectionEndsWithTheAnswerToAClientThatAskedForIt() throws Exception {
        var routing = HttpRouting.builder().get("/", (request, response) -> response.send("here"));
        try (Listener listener = Listener.open("127.0.0.1", 0, "--port", Configuration.defaults(), routing)) {
            assertThat(untilTheEnd(listener, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("here");
            assertThat(untilTheEnd(listener, "GET /nothing HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 404")
                    .containsIgnoringCase("\r\nX-Request-Id: ");
        }
    }

    @Test
    void aConnectionWithoutARequestEnds() throws Exception {
        var routing = HttpRouting.builder().get("/", (request, response) -> response.send("here"));
        Configuration settings = Configuration.load(Map.of("http.idle-time", "1s"), Map.of(), null);
        try (Listener listener = Listener.open("127.0.0.1", 0, "--port", settings, routing)) {
            assertThat(untilTheEnd(listener, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"))
                    .endsWith("here");
            assertThat(untilTheEnd(listener, "")).isEmpty();
        }
    }

    @Test
    void theTimeOfAHandlerIsNotTheClients() throws Exception {
        Semaphore handling = new Semaphore(0);
        var routing = HttpRouting.builder().post("/", (request, response) -> {
            String body = request.content().as(String.class);
            handling.acquire();
            response.send(body);
        });
        Configuration settings =
                Configuration.load(Map.of("http.request-time", "1s", "http.answer-time", "1s"), Map.of(), null);
        try (Listener listener = Listener.open("127.0.0.1", 0, "--port", settings, routing);
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            String head = "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: ";
            Future<String> computed = other.submit(() -> untilTheEnd(listener, head + "2\r\n\r\nhi"));
            // Another client is cut off meanwhile, by the same clock.
            assertThat(untilTheEnd(listener, head + "9\r\n\r\nhi")).doesNotStartWith("HTTP/1.1 5");
            assertThat(untilTheEnd(listener, head + "9\r\n\r\nhi")).doesNotStartWith("HTTP/1.1 5");
            handling.release();
            assertThat(computed.get()).startsWith("HTTP/1.1 200").endsWith("hi");
        }
    }

    /// Both planes answer in JSON; so does what is refused before it is known for which of them it is.
    @ParameterizedTest
    @CsvSource({
        "GET /nothing HTTP/1.1, 404",
        "GET / HTTP/1.0, 400",
        "garbage, 400",
        "GET /%zz HTTP/1.1, 400",
    })
    void whatIsNoRequestIsRefusedInJson(String line, int status) throws Exception {
        var routing = HttpRouting.builder().get("/", (request, response) -> response.send("here"));
        try (Listener listener = Listener.open("127.0.0.1", 0, "--port", Configuration.defaults(), routing)) {
            assertThat(untilTheEnd(listener, line + "\r\nHost: h\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 " + status + " ")
                    .containsIgnoringCase("content-type: application/json\r\n")
                    .contains("\r\n\r\n{\"error\":\"");
        }
    }

    /// Everything up to the end of the connection; fails if it does not end.
    private static String untilTheEnd(Listener listener, String request) throws IOException {
        try (Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), listener.uri().getPort())) {
            socket.setSoTimeout(LIMIT_MS);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (SocketException reset) {
            return "";
        }
    }
}
