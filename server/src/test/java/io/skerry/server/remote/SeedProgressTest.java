package io.skerry.server.remote;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Against a server that answers the creation once all its answers to how far it is were asked for.
@Timeout(120)
class SeedProgressTest {

    private static final String HALF =
            "{\"seed\":{\"step\":\"filling\",\"bytes_done\":1048576,\"bytes_total\":2097152}}";
    private static final String WHOLE =
            "{\"seed\":{\"step\":\"filling\",\"bytes_done\":2097152,\"bytes_total\":2097152}}";

    private record Answer(int status, String body) {}

    @TempDir
    Path files;

    private final Queue<Answer> progress = new ConcurrentLinkedQueue<>();
    private final CountDownLatch told = new CountDownLatch(1);
    private final StringWriter shown = new StringWriter();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Server server = new Server();
    private HttpServer http;

    @BeforeEach
    void start() throws IOException {
        http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        http.setExecutor(threads);
        http.createContext("/v1/databases/shop/seed", exchange -> send(exchange, next()));
        http.createContext("/v1/databases", exchange -> {
            await(told);
            send(exchange, new Answer(200, "{\"database\":{}}"));
        });
        http.start();
        Files.writeString(files.resolve("token"), "a.b.c");
        server.url = "http://127.0.0.1:" + http.getAddress().getPort();
        server.data = files;
    }

    @AfterEach
    void stop() {
        told.countDown();
        http.stop(0);
        threads.close();
    }

    private Answer next() {
        Answer answer = progress.poll();
        if (progress.isEmpty()) {
            told.countDown();
        }
        return answer == null ? new Answer(200, "{\"seed\":null}") : answer;
    }

    private static void send(HttpExchange exchange, Answer answer) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private void create() throws RemoteException {
        ProgressLine line = ProgressLine.shown(new PrintWriter(shown, true));
        try (SeedProgress _ = SeedProgress.begin(server, "shop", line, Duration.ofMillis(1))) {
            assertThat(server.call("POST", server.path("databases"), Server.body())
                            .path("database")
                            .isObject())
                    .isTrue();
        }
    }

    @Test
    void aServerThatIsAskedTooOftenIsAskedAgainLater() throws Exception {
        progress.add(new Answer(200, HALF));
        progress.add(new Answer(429, "{\"error\":\"too many requests\"}"));
        progress.add(new Answer(503, "{\"error\":\"later\"}"));
        progress.add(new Answer(200, WHOLE));
        progress.add(new Answer(200, WHOLE));
        create();
        assertThat(shown.toString())
                .contains("\rfilling  50 %  1.0 of 2.0 MiB ")
                .contains("\rfilling  100 %  2.0 of 2.0 MiB ")
                .doesNotContain("too many")
                .endsWith("\n");
    }

    /// As a token that opens nothing any more: how the creation ends, its own answer tells.
    @Test
    void oneThatRefusesIsNotAskedAgainAndTheCreationGoesOn() throws Exception {
        progress.add(new Answer(403, "{\"error\":\"forbidden\"}"));
        create();
        assertThat(shown.toString()).isEmpty();
    }
}
