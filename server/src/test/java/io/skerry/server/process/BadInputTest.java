package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.server.process.Client.Answer;
import io.skerry.server.process.SkerryProcess.Footprint;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Clients that do everything wrong, on real sockets, against one process: whatever they send is their own
/// mistake and nobody else's, it ends, and nothing of it stays.
@Timeout(600)
class BadInputTest {

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) [^\r]*\r\n");

    @TempDir
    static Path files;

    private static SkerryProcess skerry;
    private static URI fra;
    private static URI lhr;
    private static String admin = "";
    private static String token = "";

    private final Client client = new Client();
    private Footprint before = new Footprint(0, 0);

    @BeforeAll
    static void start() throws Exception {
        Path data = files.resolve("data");
        skerry = SkerryProcess.dev(
                files,
                data,
                "fra,lhr",
                "http.request-time=6s",
                "http.answer-time=6s",
                "http.connections=3000",
                "streams.idle-time=5s");
        fra = skerry.node("fra");
        lhr = skerry.node("lhr");
        admin = Files.readString(data.resolve("token")).strip();
        try (Client client = new Client()) {
            api(client, "POST", "/v1/organizations/default/databases", "{\"name\":\"shop\",\"group\":\"default\"}");
            api(client, "POST", "/v1/organizations/default/databases", "{\"name\":\"other\",\"group\":\"default\"}");
            api(client, "POST", "/v1/groups/default/locations/lhr", "");
            api(client, "GET", "/v1/groups/default/locations/lhr/wait", "");
            token = mint(client, "shop");
            assertThat(Client.ok(client.sql(fra, token, "CREATE TABLE t (x)"))).isTrue();
        }
    }

    @AfterAll
    static void stop() throws Exception {
        try (SkerryProcess stopped = skerry) {
            assertThat(stopped.log()).doesNotContain("ERROR").doesNotContain("\tat ");
        }
    }

    @BeforeEach
    void measure() throws IOException {
        before = skerry.footprint();
    }

    /// The process is as it was, and answers.
    @AfterEach
    void nothingStays() throws Exception {
        assertThat(Client.value(client.sql(fra, token, "SELECT 1"))).isEqualTo("1");
        client.close();
        skerry.awaitFootprint(before);
    }

    @Test
    void aRequestThatDoesNotComeToItsEndLosesItsConnection() throws Exception {
        String pipeline = "POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + token + "\r\n";
        String groups = "POST /v1/groups HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + admin + "\r\n";
        List<String> beginnings = List.of(
                pipeline + "Content-Length: 100000\r\n\r\n{\"baton\":null",
                pipeline + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"req",
                pipeline + "Transfer-Encoding: chunked\r\n\r\nfffff\r\n{\"req",
                pipeline + "X-Slow: ",
                groups + "Content-Length: 100000\r\n\r\n{",
                groups + "Transfer-Encoding: chunked\r\n\r\n",
                "POST /nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n",
                "POST /nothing HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n",
                "POST /dev/shop/v9/nothing HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n",
                "PUT /health HTTP/1.1\r\nHost: h\r\nContent-Length: 100000\r\n\r\n");
        List<Future<String>> slow = new ArrayList<>();
        List<Future<String>> silent = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            for (String beginning : beginnings) {
                slow.add(clients.submit(() -> drip(beginning)));
                silent.add(clients.submit(() -> {
                    try (RawConnection connection = new RawConnection(fra)) {
                        return connection.send(beginning).untilTheEnd();
                    }
                }));
            }
            for (List<Future<String>> all : List.of(slow, silent)) {
                for (int i = 0; i < all.size(); i++) {
                    assertNoFailure(beginnings.get(i), all.get(i).get());
                }
            }
        }
    }

    /// A byte now and then, as long as the other side takes them.
    private static String drip(String beginning) throws IOException, InterruptedException {
        try (RawConnection connection = new RawConnection(fra)) {
            connection.send(beginning);
            while (connection.isOpen()) {
                Thread.sleep(50);
                try {
                    connection.send("1");
                } catch (IOException ended) {
                    break;
                }
            }
            return "";
        }
    }

    @Test
    void aClientThatTakesNoAnswerLosesItsConnection() throws Exception {
        String body = pipeline("SELECT hex(zeroblob(2000000))", "SELECT hex(zeroblob(2000000))");
        try (RawConnection connection = new RawConnection(fra, 4096)) {
            connection.send(request(token, body));
            Await.until(() -> assertThat(connection.isServed()).isFalse());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nAUTH\r\nContent-Length: 100\r\n\r\n{\"requests\":[",
                "POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nAUTH\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"req",
                "POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nAUTH\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
                "POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nAUTH\r\nTransfer-Encoding: gzip\r\n\r\n{}",
                "POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nAUTH\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                "POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nAUTH\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
                "POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nAUTH\r\nContent-Length: -1\r\n\r\n{}",
                "POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nAUTH\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
                "POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nAUTH\r\nContent-Length: 9999999999\r\n\r\n{}",
                "POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nAUTH\r\nContent-Length: 2\r\nContent-Length: 5\r\n\r\n{}",
                "POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nAUTH\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
                "POST /v1/groups HTTP/1.1\r\nHost: h\r\nADMIN\r\nContent-Length: 100\r\n\r\n{\"name\":",
                "POST /v1/groups HTTP/1.1\r\nHost: h\r\nADMIN\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n",
                "POST /v1/groups HTTP/1.1\r\nHost: h\r\nADMIN\r\nContent-Length: 9999999999\r\n\r\n{}",
                "GET /health HTTP/1.0\r\n\r\n",
                "GET /health HTTP/2.0\r\nHost: h\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "GET /health HTTP/1.1\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: h:port\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: h\r\nno colon\r\n\r\n",
                "GET /health HTTP/1.1\r\nHost: h\r\nX: a\u0001b\r\n\r\n",
                "GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n",
                "GET /v1/groups?a=%zz HTTP/1.1\r\nHost: h\r\nADMIN\r\n\r\n",
                "GET  /health HTTP/1.1\r\nHost: h\r\n\r\n",
                "GET health HTTP/1.1\r\nHost: h\r\n\r\n",
                "GET http://elsewhere/health HTTP/1.1\r\nHost: h\r\n\r\n",
                "CONNECT h:80 HTTP/1.1\r\nHost: h\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n",
                "TRACE / HTTP/1.1\r\nHost: h\r\n\r\n",
                "\r\n\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
                "garbage\r\n\r\n",
                "GET /health HTTP/1.1\nHost: h\n\n"
            })
    void whatIsNoHttpIsTheSendersMistake(String request) throws Exception {
        String sent = request.replace("AUTH", "Authorization: Bearer " + token)
                .replace("ADMIN", "Authorization: Bearer " + admin);
        try (RawConnection connection = new RawConnection(fra)) {
            assertNoFailure(request, connection.send(sent).end().untilTheEnd());
        }
    }

    @Test
    void floodsOfHeadersAreRefusedInJson() throws Exception {
        String line = "GET /health HTTP/1.1\r\nHost: h\r\n";
        refusedInJsonOrReset(400, line + "X: " + "x".repeat(100_000) + "\r\n\r\n");
        refusedInJsonOrReset(400, line + "X-Many: y\r\n".repeat(20_000) + "\r\n");
        refusedInJsonOrReset(414, "GET /" + "x".repeat(100_000) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    }

    @Test
    void whatIsNotUnderstoodIsRefusedInJson() throws Exception {
        refusedInJson(400, "garbage\r\n\r\n");
        refusedInJson(400, "GET /health HTTP/1.0\r\n\r\n");
        refusedInJson(404, "GET /nothing HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        refusedInJson(404, "GET /dev/shop/v9/nothing HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        refusedInJson(405, "GET /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        refusedInJson(404, "GET /v1/nothing HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
        refusedInJson(413, request(token, "").replace("Content-Length: 0", "Content-Length: 9999999999"));
    }

    private static void refusedInJson(int status, String request) throws IOException {
        try (RawConnection connection = new RawConnection(fra)) {
            assertRefusedInJson(status, connection.send(request).untilTheEnd());
        }
    }

    /// A reset may overtake the answer of a client that still sends.
    private static void refusedInJsonOrReset(int status, String request) throws IOException {
        try (RawConnection connection = new RawConnection(fra)) {
            try {
                connection.send(request);
            } catch (IOException refusedBeforeItsEnd) {
                // the answer tells
            }
            String answer = connection.untilTheEnd();
            if (!answer.isEmpty()) {
                assertRefusedInJson(status, answer);
            }
        }
    }

    private static void assertRefusedInJson(int status, String answer) {
        assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
        assertThat(answer).containsIgnoringCase("content-type: application/json\r\n");
        assertThat(answer.substring(answer.indexOf("\r\n\r\n"))).startsWith("\r\n\r\n{\"error\":\"");
    }

    @Test
    void aBodyThatIsTooLargeIsAnsweredToAClientThatSendsAllOfIt() throws Exception {
        String large = "x".repeat(30 << 20);
        for (String target : List.of("/dev/shop/v2/pipeline", "/v1/groups")) {
            String secret = target.startsWith("/dev") ? token : admin;
            int megabytes = target.startsWith("/dev") ? 30 : 6;
            Answer answer = client.call("POST", URI.create(fra + target), secret, large.substring(0, megabytes << 20));
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body().path("error").asText()).contains("larger than");
        }
    }

    @Test
    void deepAndHugeJsonIsRefused() throws Exception {
        int deep = 100_000;
        List<String> bodies = List.of(
                "[".repeat(deep),
                "{\"a\":".repeat(deep),
                "{\"requests\":" + "[".repeat(deep) + "]".repeat(deep) + "}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT ?\",\"args\":"
                        + "[{\"type\":".repeat(deep) + "}]".repeat(deep) + "}}]}",
                "{\"baton\":" + "9".repeat(deep) + ",\"requests\":[]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT ?\",\"args\":[{\"type\":\"float\",\"value\":"
                        + "9".repeat(deep) + "}]}}]}",
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"SELECT ?\",\"args\":[{\"type\":\"float\",\"value\":1e"
                        + "9".repeat(deep) + "}]}}]}",
                "{\"name\":" + "9".repeat(deep) + "}",
                "{\"name\":1e999999999,\"location\":\"fra\"}",
                "{\"name\":\"" + "x".repeat(deep) + "\",\"location\":\"fra\"}");
        for (String body : bodies) {
            for (URI target : List.of(
                    URI.create(fra + "/dev/shop/v2/pipeline"),
                    URI.create(lhr + "/dev/shop/v3/pipeline"),
                    URI.create(fra + "/v1/groups"),
                    URI.create(lhr + "/v1/organizations/default/databases"))) {
                String secret = target.getPath().startsWith("/dev") ? token : admin;
                assertThat(client.call("POST", target, secret, body).status())
                        .as("%s %.60s", target, body)
                        .isBetween(400, 499);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/dev/..%2fx/v2/pipeline",
                "/dev/%2e%2e%2f%2e%2e%2fetc%2fpasswd/v2/pipeline",
                "/dev/../../etc/passwd",
                "/dev/./v2/pipeline",
                "/dev/%00/v2/pipeline",
                "/dev/shop%00/v2/pipeline",
                "/dev//v2/pipeline",
                "/dev/default//v2/pipeline",
                "/dev/a%2fb/v2/pipeline",
                "/dev/shop;a=b/v2/pipeline",
                "/dev/shop%0d%0aX:%20y/v2/pipeline",
                "/dev/%f0%9f%98%80/v2/pipeline",
                "/dev/%ff%fe/v2/pipeline",
                "/dev/*/v2/pipeline",
                "/dev/system/v2/pipeline",
                "/v1/organizations/default/databases/..%2f..%2fx",
                "/v1/organizations/default/databases/%2e%2e",
                "/v1/organizations/..%2f/databases",
                "/v1/groups/..%2fdefault/locations/lhr",
                "/v1/groups/default/locations/..%2f..%2f",
                "/internal/groups"
            })
    void noNameLeadsOutOfItsPlace(String path) throws Exception {
        for (String secret : List.of(token, admin)) {
            for (String method : List.of("POST", "GET", "DELETE")) {
                try (RawConnection connection = new RawConnection(fra)) {
                    String answer = connection
                            .send(method + " " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                                    + "Authorization: Bearer " + secret + "\r\nContent-Length: 2\r\n\r\n{}")
                            .untilTheEnd();
                    assertThat(status(answer)).as("%s %s", method, answer).isBetween(400, 499);
                }
            }
        }
    }

    @Test
    void hostsThatNameNoDatabaseAreRefused() throws Exception {
        for (String host :
                List.of("..example.com", "a/b.example.com", "x".repeat(5000) + ".example.com", "-.x", "é.x")) {
            try (RawConnection connection = new RawConnection(fra)) {
                String answer = connection
                        .send("POST /v2/pipeline HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n"
                                + "Authorization: Bearer " + token + "\r\nContent-Length: 2\r\n\r\n{}")
                        .untilTheEnd();
                assertThat(status(answer)).as("%s %s", host, answer).isBetween(400, 499);
            }
        }
    }

    @Test
    void tokensThatAreNotForTheDatabaseOpenNothing() throws Exception {
        String header = encode("{\"alg\":\"none\"}");
        String[] parts = token.split("\\.", -1);
        String payload = parts[1];
        String ofOther = mint(client, "other");
        List<String> refused = List.of(
                "",
                "x",
                "..",
                "a.b.c",
                header + "." + payload + ".",
                header + "." + payload + "." + parts[2],
                encode("{\"alg\":\"HS256\"}") + "." + payload + "." + parts[2],
                parts[0] + "." + encode("{\"p\":{\"rw\":{\"ns\":[\"shop\"]}},\"iat\":1}") + "." + parts[2],
                parts[0] + "." + payload + "." + parts[2].substring(1) + "A",
                parts[0] + "." + payload + "." + ofOther.split("\\.", -1)[2],
                token.substring(0, token.length() - 2),
                "x".repeat(20_000),
                "[".repeat(20_000),
                encode("[".repeat(10_000)) + "." + payload + "." + parts[2],
                ofOther,
                admin);
        for (String wrong : refused) {
            for (URI node : List.of(fra, lhr)) {
                Answer answer = client.sql(node, wrong, "SELECT 1");
                assertThat(answer.status())
                        .as("%.80s: %s", wrong, answer.body())
                        .isIn(401, 403, 404);
            }
        }
        for (String wrong : List.of("x", "a.b.c", header + "." + payload + ".", token)) {
            assertThat(client.call("GET", URI.create(fra + "/v1/groups"), wrong, "")
                            .status())
                    .isEqualTo(401);
        }
    }

    @Test
    void thousandsOfStreamsAndConnectionsLeaveNothing() throws Exception {
        long heap = skerry.heap();
        List<RawConnection> idle = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(8)) {
            for (int i = 0; i < 2000; i++) {
                idle.add(new RawConnection(i % 2 == 0 ? fra : lhr));
            }
            List<Future<Boolean>> streams = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                streams.add(clients.submit(() -> Client.ok(client.stream(fra, token, null, "SELECT 1"))));
            }
            for (Future<Boolean> stream : streams) {
                assertThat(stream.get()).isTrue();
            }
            assertThat(Client.ok(client.sql(fra, token, "INSERT INTO t VALUES (1)")))
                    .isTrue();
            assertThat(skerry.footprint().threads()).isLessThan(before.threads() + 200);
            for (RawConnection connection : idle) {
                assertThat(connection.isOpen()).isTrue();
            }
        } finally {
            for (RawConnection connection : idle) {
                connection.close();
            }
        }
        Await.until(() -> assertThat(skerry.heap()).isLessThanOrEqualTo(heap + (8 << 20)));
    }

    /// Helidon keeps a chunk in memory until all of it is there: no more of them at once than fit.
    @Test
    void giantChunksDoNotFillTheMemory() throws Exception {
        String megabyte = "x".repeat(1 << 20);
        List<Future<String>> all = new ArrayList<>();
        try (ExecutorService clients = Executors.newFixedThreadPool(32)) {
            for (int i = 0; i < 32; i++) {
                all.add(clients.submit(() -> {
                    try (RawConnection connection = new RawConnection(fra)) {
                        try {
                            connection.send(request(token, "")
                                    .replace(
                                            "Content-Length: 0\r\n\r\n",
                                            "Transfer-Encoding: chunked\r\n\r\n1700000\r\n"));
                            for (int sent = 0; sent < 22; sent++) {
                                connection.send(megabyte);
                            }
                        } catch (IOException refused) {
                            // so soon
                        }
                        return connection.untilTheEnd();
                    }
                }));
            }
            for (Future<String> one : all) {
                assertNoFailure("a giant chunk", one.get());
            }
        }
    }

    /// An answer is a refusal or there is none: the connection ended.
    private static void assertNoFailure(String request, String answer) {
        Matcher statuses = STATUS.matcher(answer);
        while (statuses.find()) {
            assertThat(Integer.parseInt(statuses.group(1)))
                    .as("%s\n%s", request, answer)
                    .isLessThan(500);
        }
    }

    private static int status(String answer) {
        Matcher status = STATUS.matcher(answer);
        assertThat(status.lookingAt()).as(answer).isTrue();
        return Integer.parseInt(status.group(1));
    }

    private static String pipeline(String... statements) {
        StringBuilder body = new StringBuilder("{\"requests\":[");
        for (String statement : statements) {
            body.append("{\"type\":\"execute\",\"stmt\":{\"sql\":\"")
                    .append(statement)
                    .append("\"}},");
        }
        return body.append("{\"type\":\"close\"}]}").toString();
    }

    private static String request(String secret, String body) {
        return "POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + secret
                + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private static String encode(String json) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String mint(Client client, String database) throws Exception {
        return api(client, "POST", "/v1/organizations/default/databases/" + database + "/auth/tokens", "")
                .path("jwt")
                .asText();
    }

    private static JsonNode api(Client client, String method, String path, String body) throws Exception {
        Answer answer = client.call(method, URI.create(fra + path), admin, body);
        assertThat(answer.status()).as("%s %s: %s", method, path, answer.body()).isEqualTo(200);
        return answer.body();
    }
}
