package io.skerry.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/// Commands against a server that answers what a real one answers rarely.
@Timeout(120)
class CommandsOnTroubleTest {

    private static final String PIPELINE = "POST /db/shop-acme/v2/pipeline";
    private static final String START = "PUT /db/shop-acme/v2/upload/start";
    private static final String CHUNK = "PUT /db/shop-acme/v2/upload/u/chunk/0";
    private static final String FINALIZE = "PUT /db/shop-acme/v2/upload/u/finalize";

    private record Answer(int status, String body) {}

    @TempDir
    Path files;

    private final Map<String, Queue<Answer>> answers = new ConcurrentHashMap<>();
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private HttpServer server;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        Files.writeString(files.resolve("token"), "a.b.c");
        says("GET /v1/databases/shop", 200, "{\"database\":{\"Hostname\":\"shop-acme.example.net:8080\"}}");
        says("POST /v1/databases/shop/auth/tokens", 200, "{\"jwt\":\"d.e.f\"}");
        says("POST /v1/databases", 200, "{}");
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /// The next answer to such a request; the last one is given again and again.
    private void says(String request, int status, String body) {
        answers.computeIfAbsent(request, key -> new ConcurrentLinkedQueue<>()).add(new Answer(status, body));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String request =
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        asked.add(request + " " + body);
        Queue<Answer> queue = answers.getOrDefault(request, new ConcurrentLinkedQueue<>());
        Answer answer = queue.size() > 1 ? queue.remove() : queue.peek();
        byte[] bytes =
                (answer == null ? "{\"error\":\"not expected\"}" : answer.body()).getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer == null ? 404 : answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String refusal(String... command) {
        var err = new StringWriter();
        assertThat(run(err, command)).as(err.toString()).isEqualTo(1);
        return err.toString();
    }

    private int run(StringWriter err, String... command) {
        List<String> all = new ArrayList<>(List.of(command));
        all.addAll(List.of("--url", "http://127.0.0.1:" + server.getAddress().getPort()));
        all.addAll(List.of("--data", files.toString()));
        String[] args = all.toArray(String[]::new);
        CommandLine line = SkerryCommand.line(args);
        line.setOut(new PrintWriter(new StringWriter())).setErr(new PrintWriter(err, true));
        return line.execute(args);
    }

    private static String results(String baton, boolean autocommit) {
        return "{\"baton\":\"" + baton + "\",\"results\":[{\"type\":\"ok\",\"response\":{\"type\":\"execute\","
                + "\"result\":{\"cols\":[],\"rows\":[]}}},{\"type\":\"ok\",\"response\":"
                + "{\"type\":\"get_autocommit\",\"is_autocommit\":" + autocommit + "}}]}";
    }

    @Test
    void aStreamThatIsGoneIsOpenedAgain() {
        says(PIPELINE, 200, results("one", true));
        says(PIPELINE, 400, "{\"message\":\"expired\",\"code\":\"STREAM_EXPIRED\"}");
        says(PIPELINE, 200, results("two", true));

        assertThat(run(new StringWriter(), "db", "shell", "shop", "SELECT 1; SELECT 2"))
                .isZero();

        List<String> pipelines =
                asked.stream().filter(request -> request.startsWith(PIPELINE)).toList();
        assertThat(pipelines.get(1)).contains("SELECT 2").contains("\"baton\":\"one\"");
        assertThat(pipelines.get(2)).contains("SELECT 2").contains("\"baton\":null");
        assertThat(pipelines.getLast()).contains("close").contains("\"baton\":\"two\"");
    }

    @Test
    void aTransactionThatIsGoneIsSaidAndNotContinued() {
        says(PIPELINE, 200, results("one", false));
        says(PIPELINE, 400, "{\"message\":\"expired\",\"code\":\"STREAM_EXPIRED\"}");

        assertThat(refusal("db", "shell", "shop", "BEGIN; DELETE FROM t; COMMIT"))
                .isEqualTo("skerry: expired; the transaction was rolled back\n");
        assertThat(asked).filteredOn(request -> request.startsWith(PIPELINE)).hasSize(2);
    }

    @Test
    void aDumpWithoutItsEndIsNotOne() {
        says("GET /db/shop-acme/dump", 200, "BEGIN TRANSACTION;\nINSERT INTO t VALUES (1);\n");
        PrintStream before = System.out;
        System.setOut(new PrintStream(new ByteArrayOutputStream()));
        try {
            assertThat(refusal("db", "dump", "shop")).contains("is not complete");
        } finally {
            System.setOut(before);
        }
    }

    private String file() throws IOException {
        Path file = files.resolve("app.db");
        Files.writeString(file, "SQLite format 3\0 and what follows");
        says(START, 200, "{\"chunk_size\":4194304,\"upload_id\":\"u\"}");
        return file.toString();
    }

    @Test
    void whatDoesNotArriveIsSentAgainAndWhatWasDoneAlreadyIsDone() throws IOException {
        String file = file();
        says(CHUNK, 429, "{\"error\":\"too much at once\"}");
        says(CHUNK, 503, "{\"error\":\"later\"}");
        says(CHUNK, 200, "{}");
        says(FINALIZE, 503, "{\"error\":\"lost\"}");
        says(FINALIZE, 409, "{\"error\":\"has its content\"}");

        var err = new StringWriter();
        assertThat(run(err, "db", "create", "shop", "--from-file", file))
                .as("%s", err)
                .isZero();

        assertThat(asked).filteredOn(request -> request.startsWith(CHUNK)).hasSize(3);
        assertThat(asked).noneMatch(request -> request.startsWith("DELETE"));
    }

    @Test
    void aDatabaseThatCannotBeFilledIsDeletedAndOnlyThen() throws IOException {
        String file = file();
        says(CHUNK, 413, "{\"error\":\"too large\"}");
        says("DELETE /v1/databases/shop", 200, "{}");

        assertThat(refusal("db", "create", "shop", "--from-file", file))
                .isEqualTo("skerry: too large; nothing was created\n");
        assertThat(asked).filteredOn(request -> request.startsWith("DELETE")).hasSize(1);

        asked.clear();
        answers.remove("POST /v1/databases");
        says("POST /v1/databases", 409, "{\"error\":\"already exists\"}");
        assertThat(refusal("db", "create", "shop", "--from-file", file)).isEqualTo("skerry: already exists\n");
        assertThat(asked).noneMatch(request -> request.startsWith("DELETE"));
    }

    @Test
    void whatOthersWroteDoesNotCommandTheTerminal() {
        says(PIPELINE, 400, "no\u001b[2J such\nthing");
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream("SELECT 1;".getBytes(StandardCharsets.UTF_8)));
        try {
            assertThat(refusal("db", "shell", "shop")).doesNotContain("\u001b").hasLineCount(1);
        } finally {
            System.setIn(before);
        }
    }
}
