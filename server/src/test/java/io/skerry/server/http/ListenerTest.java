package io.skerry.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.helidon.webserver.http.HttpRouting;
import io.skerry.server.config.Configuration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenerTest {

    private static final int LIMIT_MS = 20_000;

    @Test
    void aConnectionEndsWithTheAnswerToAClientThatAskedForIt() throws Exception {
        var routing = HttpRouting.builder().get("/", (request, response) -> response.send("here"));
        try (Listener listener = Listener.open("127.0.0.1", 0, "--port", Configuration.defaults(), routing)) {
            assertThat(untilTheEnd(listener, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .endsWith("here");
            assertThat(untilTheEnd(listener, "GET /nothing HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 404");
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
        }
    }
}
