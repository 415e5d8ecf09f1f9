package io.skerry.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.http.HttpRouting;
import io.skerry.catalog.fleet.Requester;
import io.skerry.engine.testing.Await;
import io.skerry.server.config.Configuration;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
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

    /// As Helidon closes it when a client cannot be accepted.
    @Test
    void aPortThatWasClosedOpensAgain() throws Exception {
        var routing = HttpRouting.builder().get("/", (request, response) -> response.send("here"));
        try (Listener listener = Listener.open("127.0.0.1", 0, "--port", Configuration.defaults(), routing)) {
            for (int times = 0; times < 2; times++) {
                var socket = listener.socket();
                assertThat(socket).isNotNull();
                socket.close();
                Await.until("it answers again", () -> answers(listener));
            }
        }
    }

    private static boolean answers(Listener listener) {
        try {
            return untilTheEnd(listener, "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
                    .endsWith("here");
        } catch (IOException refused) {
            return false;
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

    @Test
    void whatALastingAnswerTakesToBeMadeIsNotTheClientsTime() throws Exception {
        Semaphore making = new Semaphore(0);
        var routing = HttpRouting.builder()
                .get("/lasting", (request, response) -> {
                    try (OutputStream out = response.outputStream()) {
                        // Helidon keeps the first, which may be all there is.
                        out.write(new byte[100_000]);
                        out.write(new byte[100_000]);
                        making.acquire();
                        out.write("all".getBytes(StandardCharsets.US_ASCII));
                    }
                })
                .post(
                        "/",
                        (request, response) -> response.send(request.content().as(String.class)));
        Configuration settings =
                Configuration.load(Map.of("http.request-time", "1s", "http.answer-time", "1s"), Map.of(), null);
        try (Listener listener = open(settings, routing, new Presence());
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            String end = " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n";
            Future<String> lasting = other.submit(() -> untilTheEnd(listener, "GET /lasting" + end + "\r\n"));
            // Another client is cut off meanwhile, by the same clock.
            for (int i = 0; i < 2; i++) {
                assertThat(untilTheEnd(listener, "POST /" + end + "Content-Length: 9\r\n\r\nhi"))
                        .doesNotContain("hi");
            }
            making.release();
            assertThat(lasting.get()).startsWith("HTTP/1.1 200").endsWith("all\r\n0\r\n\r\n");
        }
    }

    @Test
    void whoTakesNothingOfALastingAnswerIsCutOff() throws Exception {
        CountDownLatch cut = new CountDownLatch(1);
        var routing = HttpRouting.builder().get("/lasting", (request, response) -> {
            try (OutputStream out = response.outputStream()) {
                while (true) {
                    out.write(new byte[100_000]);
                }
            } finally {
                cut.countDown();
            }
        });
        Configuration settings = Configuration.load(Map.of("http.answer-time", "1s"), Map.of(), null);
        try (Listener listener = open(settings, routing, new Presence());
                Socket socket = connect(listener)) {
            send(socket, "GET /lasting HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(cut.await(LIMIT_MS, TimeUnit.MILLISECONDS)).isTrue();
        }
    }

    @Test
    void aHandlerIsToldThatItsClientIsGone() throws Exception {
        Presence presence = new Presence();
        CountDownLatch handling = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        var routing = HttpRouting.builder().post("/", (request, response) -> {
            request.content().as(String.class);
            try (Requester.Watch _ = presence.watch(gone::countDown)) {
                handling.countDown();
                gone.await(LIMIT_MS, TimeUnit.MILLISECONDS);
            }
            response.send("late");
        });
        try (Listener listener = open(routing, presence)) {
            try (Socket socket = connect(listener)) {
                send(socket, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhi");
                assertThat(handling.await(LIMIT_MS, TimeUnit.MILLISECONDS)).isTrue();
                assertThat(gone.getCount()).isEqualTo(1);
            }
            assertThat(gone.await(LIMIT_MS, TimeUnit.MILLISECONDS)).isTrue();
        }
    }

    /// On one connection: whoever is looked for sends the next request while the first is answered, and
    /// after that.
    @Test
    void aClientThatStaysIsServedAsEver() throws Exception {
        Presence presence = new Presence();
        AtomicInteger gone = new AtomicInteger();
        Semaphore handling = new Semaphore(0);
        Semaphore ends = new Semaphore(0);
        var routing = HttpRouting.builder().post("/", (request, response) -> {
            String body = request.content().as(String.class);
            for (int i = 0; i < 2; i++) {
                try (Requester.Watch _ = presence.watch(gone::incrementAndGet)) {
                    handling.release();
                    ends.acquire();
                }
            }
            response.send("<" + body + ">");
        });
        try (Listener listener = open(routing, presence);
                Socket socket = connect(listener)) {
            String request = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n";
            send(socket, request + "\r\none");
            assertThat(handling.tryAcquire(LIMIT_MS, TimeUnit.MILLISECONDS)).isTrue();
            send(socket, request + "\r\ntwo");
            ends.release(4);
            assertThat(handling.tryAcquire(3, LIMIT_MS, TimeUnit.MILLISECONDS)).isTrue();
            ends.release(2);
            send(socket, request + "Connection: close\r\n\r\nend");
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            assertThat(answers).containsSubsequence("<one>", "<two>", "<end>");
            assertThat(gone).hasValue(0);
        }
    }

    /// Though it was there for the request before, on the same connection. Also who looks afterwards is told.
    @Test
    void aClientThatGoesAwayLaterIsMissedThen() throws Exception {
        Presence presence = new Presence();
        CountDownLatch handling = new CountDownLatch(2);
        CountDownLatch gone = new CountDownLatch(1);
        CountDownLatch afterwards = new CountDownLatch(1);
        var routing = HttpRouting.builder().post("/", (request, response) -> {
            String body = request.content().as(String.class);
            try (Requester.Watch _ = presence.watch(gone::countDown)) {
                handling.countDown();
                if (body.equals("two")) {
                    gone.await(LIMIT_MS, TimeUnit.MILLISECONDS);
                }
            }
            if (body.equals("two")) {
                presence.watch(afterwards::countDown).close();
            }
            response.send(body);
        });
        try (Listener listener = open(routing, presence)) {
            try (Socket socket = connect(listener)) {
                String request = "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\n";
                send(socket, request + "one");
                int last = 0;
                StringBuilder answer = new StringBuilder();
                while (last != -1 && !answer.toString().endsWith("one")) {
                    last = socket.getInputStream().read();
                    answer.append((char) last);
                }
                send(socket, request + "two");
                assertThat(handling.await(LIMIT_MS, TimeUnit.MILLISECONDS)).isTrue();
            }
            assertThat(gone.await(LIMIT_MS, TimeUnit.MILLISECONDS)).isTrue();
            assertThat(afterwards.await(LIMIT_MS, TimeUnit.MILLISECONDS)).isTrue();
        }
        presence.watch(() -> fail("who has no connection stays")).close();
    }

    /// Strangers hold more of them than there are places for, and one has an answer while its body does not end.
    @Test
    void whoIsRefusedHasNoPlaceForAnUploadInChunks() throws Exception {
        var routing = HttpRouting.builder().put("/", (request, response) -> {
            if (!request.headers().contains(HeaderNames.AUTHORIZATION)) {
                response.status(Status.UNAUTHORIZED_401).send("who?");
                return;
            }
            response.send("<" + request.content().as(String.class) + ">");
        });
        String head = "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n";
        try (Listener listener = open(routing, new Presence());
                Socket one = connect(listener);
                Socket two = connect(listener);
                Socket three = connect(listener)) {
            for (Socket stranger : List.of(one, two, three)) {
                send(stranger, head + "\r\n");
                assertThat(answer(stranger))
                        .startsWith("HTTP/1.1 401 ")
                        .containsIgnoringCase("connection: close\r\n")
                        .endsWith("who?");
            }
            assertThat(untilTheEnd(
                            listener, head + "Authorization: a\r\nConnection: close\r\n\r\n2\r\nhi\r\n0\r\n\r\n"))
                    .startsWith("HTTP/1.1 200")
                    .contains("<hi>");
        }
    }

    /// More than that is answered, and does not take a place of those who wait.
    @Test
    void uploadsInChunksThatFindNoPlaceAreTooMany() throws Exception {
        Semaphore reading = new Semaphore(0);
        var routing = HttpRouting.builder().put("/", (request, response) -> {
            InputStream body = request.content().inputStream();
            reading.release();
            response.send("<" + new String(body.readAllBytes(), StandardCharsets.US_ASCII) + ">");
        });
        String head = "PUT / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
        try (Listener listener = open(routing, new Presence());
                Socket one = connect(listener);
                Socket two = connect(listener);
                Socket three = connect(listener)) {
            send(one, head);
            send(two, head);
            assertThat(reading.tryAcquire(2, LIMIT_MS, TimeUnit.MILLISECONDS)).isTrue();
            send(three, head);
            assertThat(answer(three)).startsWith("HTTP/1.1 429 ");
            for (Socket admitted : List.of(one, two)) {
                send(admitted, "2\r\nhi\r\n0\r\n\r\n");
                assertThat(answer(admitted)).startsWith("HTTP/1.1 200 ").contains("<hi>");
            }
        }
    }

    private static String answer(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }

    @Test
    void aConnectionWhoseClientWasLookedForEndsWhenItIsIdle() throws Exception {
        Presence presence = new Presence();
        var routing = HttpRouting.builder().get("/", (request, response) -> {
            presence.watch(() -> {}).close();
            response.send("here");
        });
        Configuration settings = Configuration.load(Map.of("http.idle-time", "1s"), Map.of(), null);
        try (Listener listener = open(settings, routing, presence)) {
            assertThat(untilTheEnd(listener, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"))
                    .endsWith("here");
        }
    }

    /// Else what is on the way forgets a client that waits for long (Linux: proc_net_tcp; 02 is the timer
    /// of keep-alive, in hundredths of a second).
    @Test
    void aConnectionIsAskedForWhileItIsSilent() throws Exception {
        var routing = HttpRouting.builder().get("/", (request, response) -> response.send("here"));
        try (Listener listener = open(routing, new Presence());
                Socket socket = connect(listener)) {
            send(socket, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            String ports = String.format(Locale.ROOT, "%04X %04X", socket.getPort(), socket.getLocalPort());
            Await.until("the timer of keep-alive runs", () -> {
                String timer = timer(ports);
                return timer.startsWith("02:")
                        && Integer.parseInt(timer.substring(3), 16) <= Listener.KEEP_ALIVE_SECONDS * 100;
            });
        }
    }

    private static String timer(String ports) {
        return Stream.of("tcp", "tcp6")
                .map(table -> Path.of("/proc/net", table))
                .flatMap(ListenerTest::lines)
                .map(line -> line.strip().split("\\s+"))
                .filter(fields -> ports.equals(port(fields[1]) + " " + port(fields[2])))
                .map(fields -> fields[5])
                .findAny()
                .orElse("");
    }

    private static Stream<String> lines(Path table) {
        try {
            return Files.readAllLines(table).stream().skip(1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String port(String address) {
        return address.substring(address.indexOf(':') + 1);
    }

    private static Listener open(HttpRouting.Builder routing, Presence presence) throws Exception {
        return open(Configuration.defaults(), routing, presence);
    }

    private static Listener open(Configuration settings, HttpRouting.Builder routing, Presence presence)
            throws Exception {
        return Listener.open(
                "127.0.0.1",
                0,
                "--port",
                settings,
                routing,
                new Lasting((method, path) -> method.equals("PUT"), (method, path) -> path.equals("/lasting")),
                presence,
                Optional.empty());
    }

    private static Socket connect(Listener listener) throws IOException {
        Socket socket =
                new Socket(InetAddress.getLoopbackAddress(), listener.uri().getPort());
        socket.setSoTimeout(LIMIT_MS);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    /// RFC 9112, section 3.2.2.
    @ParameterizedTest
    @CsvSource({
        "http://shop.example:8080/here/a%20b?c=d, shop.example:8080 /here/a%20b c=d",
        "HTTPS://shop.example/here/x, shop.example /here/x ''",
        "/here/x?c=d, h /here/x c=d",
    })
    void aTargetMayBeAllOfAUrl(String target, String means) throws Exception {
        var routing = HttpRouting.builder()
                .get(
                        "/here/{name}",
                        (request, response) -> response.send(
                                request.headers().get(HeaderNames.HOST).get() + " "
                                        + request.prologue().uriPath().rawPath() + " "
                                        + request.prologue().query().rawValue()));
        try (Listener listener = Listener.open("127.0.0.1", 0, "--port", Configuration.defaults(), routing)) {
            assertThat(untilTheEnd(listener, "GET " + target + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
                    .endsWith("\r\n\r\n" + means.replace("''", ""));
        }
    }

    /// Both planes answer in JSON; so does what is refused before it is known for which of them it is.
    @ParameterizedTest
    @CsvSource({
        "GET /nothing HTTP/1.1, 404",
        "GET / HTTP/1.0, 400",
        "garbage, 400",
        "GET /%zz HTTP/1.1, 400",
        "G(T / HTTP/1.1, 400",
        "\u0001 / HTTP/1.1, 400",
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

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            X: y                                | bad request: Host header must be present in the request
            Host: h~Host: h                     | bad request: Only a single Host header is allowed in request
            Host: h~Content-Length: 2~Content-Length: 2 | bad request: Content-Length header must have exactly one value.
            Host: h~no colon                    | bad request: Invalid header, missing colon
            """)
    void whatIsWrongWithHeadersIsTold(String headers, String text) throws Exception {
        var routing = HttpRouting.builder().get("/", (request, response) -> response.send("here"));
        try (Listener listener = Listener.open("127.0.0.1", 0, "--port", Configuration.defaults(), routing)) {
            assertThat(untilTheEnd(listener, "GET / HTTP/1.1\r\n" + headers.replace("~", "\r\n") + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 400 ")
                    .endsWith("{\"error\":\"" + text + "\"}");
        }
    }

    /// Either may be what was meant: a client that sends too much may be no client of HTTP.
    @Test
    void whatIsNoRequestIsToldOfTheLimitOfHeaders() throws Exception {
        var routing = HttpRouting.builder().get("/", (request, response) -> response.send("here"));
        try (Listener listener = Listener.open("127.0.0.1", 0, "--port", Configuration.defaults(), routing)) {
            String large = "x".repeat(Listener.HEADERS_BYTES_MAX);
            for (String wrong : List.of("garbage", "GET / HTTP/1.1\r\nHost: h\r\nX: " + large)) {
                assertThat(untilTheEnd(listener, wrong + "\r\n\r\n"))
                        .contains("its headers are larger than 32768 bytes");
            }
        }
    }

    /// The connection serves what comes next: the body is read, and nobody is given it.
    @ParameterizedTest
    @ValueSource(ints = {2, 200_000})
    void aBodyInACodingIsRefusedByItsName(int length) throws Exception {
        var routing = HttpRouting.builder()
                .get("/", (request, response) -> response.send("here"))
                .post(
                        "/",
                        (request, response) -> response.send(request.content().as(String.class)));
        try (Listener listener = Listener.open("127.0.0.1", 0, "--port", Configuration.defaults(), routing)) {
            String coded = "POST / HTTP/1.1\r\nHost: h\r\nContent-Encoding: gzip\r\nContent-Length: " + length
                    + "\r\n\r\n" + "x".repeat(length);
            assertThat(untilTheEnd(listener, coded + "GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 415 ")
                    .containsIgnoringCase("\r\nAccept-Encoding: identity\r\n")
                    .containsIgnoringCase("\r\nX-Request-Id: ")
                    .contains("{\"error\":\"a body in the coding gzip is not read; send it as it is,"
                            + " without Content-Encoding\"}")
                    .endsWith("here");
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
