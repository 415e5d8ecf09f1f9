package io.skerry.hrana;

import static io.skerry.hrana.DataPlane.CLOSE;
import static io.skerry.hrana.DataPlane.baton;
import static io.skerry.hrana.DataPlane.execute;
import static io.skerry.hrana.DataPlane.on;
import static io.skerry.hrana.DataPlane.requests;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.hrana.DatabaseAccess.Target;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What does not follow the protocol is refused before anything runs; limits hold; nobody else notices.
@Timeout(120)
class HostileInputTest {

    private final FakeDatabase database = new FakeDatabase();
    private DataPlane plane = plane(HranaSettings.defaults());

    private DataPlane plane(HranaSettings settings) {
        return new DataPlane((address, authorization) -> new Target("shop", database, null, false), settings);
    }

    private void restartWith(HranaSettings settings) {
        plane.close();
        plane = plane(settings);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "[]",
                "{",
                "null",
                "{}",
                "{\"requests\":{}}",
                "{\"requests\":null}",
                "{\"requests\":[]} x",
                "{\"baton\":5,\"requests\":[]}",
                "{\"requests\":[5]}",
                "{\"requests\":[{}]}",
                "{\"requests\":[{\"type\":\"nope\"}]}",
                "{\"requests\":[{\"type\":5}]}"
            })
    void aBodyThatIsNoPipelineIsRefused(String body) {
        refused(plane.pipeline(body));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"baton\":NaN}",
                "{\"requests\":[/* none */]}",
                "{\"x\":+1}",
                "{",
                "{\"requests\":[{",
                "x",
                "deep",
                "long"
            })
    void whatIsWrongWithJsonIsToldWithoutAdviceForProgramsThatReadIt(String what) {
        String body = switch (what) {
            case "deep" -> "{\"x\":" + "[".repeat(300);
            case "long" -> "{\"x\":" + "9".repeat(2000) + "}";
            default -> what;
        };
        HttpResponse<String> answer = plane.pipeline(body);
        refused(answer);
        assertThat(answer.body())
                .startsWith("Invalid ")
                .doesNotContainIgnoringCase("feature")
                .doesNotContain("Constraints")
                .doesNotContain("Source");
    }

    @Test
    void whatIsWrongWithJsonIsToldWithItsPlace() {
        assertThat(plane.pipeline("{\n\"requests\" [").body()).contains("(line: 2, column: 12)");
        assertThat(plane.pipeline("{\n\"requests\":[").body()).contains("(start marker at line: 2, column: 12)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"execute\"}",
                "{\"type\":\"execute\",\"stmt\":null}",
                "{\"type\":\"execute\",\"stmt\":{}}",
                "{\"type\":\"execute\",\"stmt\":{\"sql\":5}}",
                "{\"type\":\"execute\",\"stmt\":{\"sql\":\"ECHO\",\"sql_id\":1}}",
                "{\"type\":\"execute\",\"stmt\":{\"sql_id\":1}}",
                "{\"type\":\"execute\",\"stmt\":{\"sql_id\":3000000000}}",
                "{\"type\":\"execute\",\"stmt\":{\"sql_id\":1.5}}",
                "{\"type\":\"execute\",\"stmt\":{\"sql\":\"ECHO\",\"want_rows\":\"yes\"}}",
                "{\"type\":\"execute\",\"stmt\":{\"sql\":\"ECHO\",\"replication_index\":\"x\"}}",
                "{\"type\":\"execute\",\"stmt\":{\"sql\":\"ECHO\",\"replication_index\":-1}}",
                "{\"type\":\"execute\",\"stmt\":{\"sql\":\"ECHO\",\"args\":{}}}",
                "{\"type\":\"execute\",\"stmt\":{\"sql\":\"ECHO\",\"args\":[null]}}",
                "{\"type\":\"execute\",\"stmt\":{\"sql\":\"ECHO\",\"named_args\":[{\"name\":\"a\"}]}}",
                "{\"type\":\"execute\",\"stmt\":{\"sql\":\"\\ud800\"}}",
                "{\"type\":\"batch\",\"batch\":{}}",
                "{\"type\":\"batch\",\"batch\":{\"steps\":[{}]}}",
                "{\"type\":\"batch\",\"batch\":{\"steps\":[{\"stmt\":{\"sql_id\":9}}]}}",
                "{\"type\":\"batch\",\"batch\":{\"steps\":[{\"condition\":{\"type\":\"maybe\"},\"stmt\":{\"sql\":\"WRITE\"}}]}}",
                "{\"type\":\"batch\",\"batch\":{\"steps\":[{\"condition\":{\"type\":\"not\"},\"stmt\":{\"sql\":\"WRITE\"}}]}}",
                "{\"type\":\"sequence\"}",
                "{\"type\":\"describe\",\"sql_id\":1}",
                "{\"type\":\"store_sql\",\"sql_id\":1}",
                "{\"type\":\"store_sql\",\"sql\":\"WRITE\"}",
                "{\"type\":\"close_sql\"}"
            })
    void aMalformedRequestRefusesAllBeforeAnythingRuns(String request) {
        refused(plane.pipeline(requests(execute("WRITE"), request)));
        assertThat(database.frame).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"integer\",\"value\":5}",
                "{\"type\":\"integer\",\"value\":\"5.0\"}",
                "{\"type\":\"integer\",\"value\":\"9223372036854775808\"}",
                "{\"type\":\"integer\",\"value\":\"\"}",
                "{\"type\":\"integer\",\"value\":\"٣\"}",
                "{\"type\":\"integer\"}",
                "{\"type\":\"float\",\"value\":\"1\"}",
                "{\"type\":\"float\",\"value\":1e999}",
                "{\"type\":\"float\",\"value\":NaN}",
                "{\"type\":\"float\",\"value\":null}",
                "{\"type\":\"text\"}",
                "{\"type\":\"text\",\"value\":5}",
                "{\"type\":\"blob\",\"base64\":\"a\"}",
                "{\"type\":\"blob\",\"base64\":\"*\"}",
                "{\"type\":\"blob\"}",
                "{\"type\":\"boolean\",\"value\":true}",
                "{\"value\":\"5\"}"
            })
    void aMalformedValueIsRefused(String value) {
        refused(plane.pipeline(
                requests("{\"type\":\"execute\",\"stmt\":{\"sql\":\"WRITE\",\"args\":[" + value + "]}}")));
        assertThat(database.frame).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"value\":\"5\",\"x\":{\"y\":[1]},\"type\":\"integer\"}",
                "{\"value\":5,\"type\":\"float\"}",
                "{\"base64\":\"AP8=\",\"type\":\"blob\"}",
                "{\"value\":null,\"type\":\"null\"}"
            })
    void membersStandInAnyOrderAndUnknownOnesAreIgnored(String value) {
        HttpResponse<String> response = plane.pipeline("{\"future\":[{}],\"requests\":[{\"stmt\":{\"args\":[" + value
                + "],\"named_args\":null,\"want_rows\":null,\"replication_index\":null,\"sql_id\":null,\"sql\":\"ECHO\"},"
                + "\"batch\":null,\"new\":1,\"type\":\"execute\"},{\"type\":\"close\"}],\"baton\":null}");

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(database.ran).containsExactly("ECHO");
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 1, 2, 100})
    void aConditionNamesEarlierStepsOnly(int step) {
        HttpResponse<String> response = plane.pipeline(requests(
                "{\"type\":\"batch\",\"batch\":{\"steps\":[{\"stmt\":{\"sql\":\"WRITE\"}},{\"condition\":{\"type\":\"ok\",\"step\":"
                        + step + "},\"stmt\":{\"sql\":\"WRITE\"}}]}}"));

        refused(response);
        assertThat(response.body()).isEqualTo("Invalid reference to step in a batch condition");
    }

    @Test
    void conditionsAreBoundedInDepthAndNumber() {
        var d = HranaSettings.defaults().requests();
        restartWith(HranaSettings.defaults()
                .with(new HranaSettings.Requests(
                        d.bodyBytesMax(), d.bodyBytesInFlightMax(), d.inFlightMax(), 3, 2, 4, 6)));

        assertThat(plane.pipeline(requests(nested(4), CLOSE)).statusCode()).isEqualTo(200);
        refused(plane.pipeline(requests(nested(5), CLOSE)));
        refused(plane.pipeline(requests(nested(100_000), CLOSE)));
        String or = "{\"type\":\"or\",\"conds\":[" + "{\"type\":\"is_autocommit\"},".repeat(5)
                + "{\"type\":\"is_autocommit\"}]}";
        refused(plane.pipeline(requests(step(or))));
        refused(plane.pipeline(requests("{\"type\":\"batch\",\"batch\":{\"steps\":["
                + "{\"stmt\":{\"sql\":\"ECHO\"}},".repeat(2) + "{\"stmt\":{\"sql\":\"ECHO\"}}]}}")));
        refused(plane.pipeline(requests(CLOSE, CLOSE, CLOSE, CLOSE)));
    }

    private static String nested(int depth) {
        return step("{\"type\":\"not\",\"cond\":".repeat(depth - 1) + "{\"type\":\"is_autocommit\"}"
                + "}".repeat(depth - 1));
    }

    private static String step(String condition) {
        return "{\"type\":\"batch\",\"batch\":{\"steps\":[{\"condition\":" + condition
                + ",\"stmt\":{\"sql\":\"ECHO\"}}]}}";
    }

    @Test
    void deepNestingInIgnoredMembersIsRefused() {
        refused(plane.pipeline("{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + ",\"requests\":[]}"));
    }

    @Test
    void aBodyTooLargeIsRefusedAnnouncedOrNot() {
        var d = HranaSettings.defaults().requests();
        restartWith(HranaSettings.defaults()
                .with(new HranaSettings.Requests(200_000, d.bodyBytesInFlightMax(), d.inFlightMax(), 10, 10, 10, 10)));
        String large = requests(execute("WRITE"), execute("ECHO " + "x".repeat(200_000)));

        HttpResponse<String> announced = plane.pipeline(large);
        assertThat(announced.statusCode()).isEqualTo(413);
        assertThat(announced.body()).startsWith("{\"error\":\"The request body is larger than 200000 bytes");
        HttpResponse<String> chunked = plane.send(HttpRequest.newBuilder(plane.uri("/dev/shop/v2/pipeline"))
                .POST(HttpRequest.BodyPublishers.fromPublisher(HttpRequest.BodyPublishers.ofString(large))));
        assertThat(chunked.statusCode()).isEqualTo(413);
        assertThat(database.frame).hasValue(0);
    }

    /// More than the buffers of both sides take: an answer before the end of the body would be lost with the
    /// connection.
    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 6000000\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5b8d80\r\n"})
    void theSenderOfABodyTooLargeGetsItsAnswer(String framing) throws IOException {
        var d = HranaSettings.defaults().requests();
        restartWith(HranaSettings.defaults()
                .with(new HranaSettings.Requests(200_000, d.bodyBytesInFlightMax(), d.inFlightMax(), 10, 10, 10, 10)));
        String end = framing.startsWith("T") ? "\r\n0\r\n\r\n" : "";
        String body = requests(execute("WRITE " + "x".repeat(6_000_000))).substring(0, 6_000_000);

        assertThat(plane.raw("POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\n" + framing + body + end))
                .startsWith("HTTP/1.1 413 ");
    }

    /// It still sends when it is refused: a connection that was closed then would lose the answer on its way.
    @Test
    void theSenderOfABodyForWhichThereIsNoRoomGetsItsAnswer() throws IOException {
        var d = HranaSettings.defaults().requests();
        restartWith(HranaSettings.defaults()
                .with(new HranaSettings.Requests(8_000_000, 150_000, d.inFlightMax(), 10, 10, 10, 10)));
        String body = requests(execute("WRITE " + "x".repeat(6_000_000)));

        assertThat(plane.raw("POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nContent-Length: " + body.length()
                        + "\r\n\r\n" + body))
                .startsWith("HTTP/1.1 429 ");
        assertThat(database.frame).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                "Transfer-Encoding: chunked\r\n\r\nffffffffff\r\n{",
                "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"req",
                "Content-Length: 100\r\n\r\n{\"requests\":["
            })
    void aBodyThatIsNotFramedAsItSaysIsTheSendersMistake(String rest) throws IOException {
        assertThat(plane.raw("POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: localhost\r\n" + rest))
                .startsWith("HTTP/1.1 400 ");
    }

    @Test
    void largeBodiesShareABudgetThatIsGivenBack() {
        var d = HranaSettings.defaults().requests();
        restartWith(HranaSettings.defaults()
                .with(new HranaSettings.Requests(1_000_000, 150_000, d.inFlightMax(), 10, 10, 10, 10)));
        String fits = requests(execute("ECHO " + "x".repeat(100_000)), CLOSE);

        for (int i = 0; i < 5; i++) {
            assertThat(plane.pipeline(fits).statusCode()).isEqualTo(200);
        }
        assertThat(plane.pipeline(requests(execute("WRITE " + "x".repeat(200_000))))
                        .statusCode())
                .isEqualTo(429);
        assertThat(database.frame).hasValue(0);
    }

    @Test
    void aResultTooLargeFailsItsStatementOnly() {
        restartWith(HranaSettings.defaults().with(new HranaSettings.Results(100_000, 32 << 20)));

        String body = plane.pipeline(requests(execute("ROWS 10000"), execute("ECHO"), CLOSE))
                .body();

        assertThat(body)
                .contains("\"code\":\"RESPONSE_TOO_LARGE\"}},{\"type\":\"ok\"")
                .hasSizeLessThan(1000);
    }

    @Test
    void answersShareABudgetThatIsGivenBack() {
        restartWith(HranaSettings.defaults().with(new HranaSettings.Results(10_000_000, 1_000_000)));

        for (int i = 0; i < 5; i++) {
            assertThat(plane.pipeline(requests(execute("ROWS 500"), CLOSE)).body())
                    .doesNotContain("error");
        }
        assertThat(plane.pipeline(requests(execute("ROWS 5000"), CLOSE)).body()).contains("RESPONSE_TOO_LARGE");
        assertThat(plane.pipeline(requests(execute("ROWS 500"), CLOSE)).body()).doesNotContain("error");
    }

    @Test
    void requestsBeyondTheBoundAreRefusedAtOnce() throws Exception {
        var d = HranaSettings.defaults().requests();
        restartWith(HranaSettings.defaults()
                .with(new HranaSettings.Requests(d.bodyBytesMax(), d.bodyBytesInFlightMax(), 1, 10, 10, 10, 10)));
        var first = CompletableFuture.supplyAsync(() -> plane.pipeline(requests(execute("BLOCK"), CLOSE)));
        assertThat(database.blocked.await(10, TimeUnit.SECONDS)).isTrue();

        HttpResponse<String> second = plane.pipeline(requests(execute("WRITE"), CLOSE));

        assertThat(second.statusCode()).isEqualTo(429);
        assertThat(second.body()).isEqualTo("{\"error\":\"Too many concurrent requests\"}");
        assertThat(second.headers().firstValue("retry-after")).isPresent();
        database.unblock();
        assertThat(first.get().statusCode()).isEqualTo(200);
        assertThat(database.frame).hasValue(0);
    }

    /// Real requests with bytes changed, dropped, doubled and moved: any answer but a 5xx, and a stream that was open
    /// before goes on.
    @Test
    void mutatedRequestsNeverBreakTheServer() {
        String[] seeds = {
            requests(
                    "{\"type\":\"execute\",\"stmt\":{\"sql\":\"ECHO\",\"args\":[{\"type\":\"integer\",\"value\":\"42\"},"
                            + "{\"type\":\"float\",\"value\":1.5},{\"type\":\"blob\",\"base64\":\"3q2+7w\"}],"
                            + "\"named_args\":[{\"name\":\"a\",\"value\":{\"type\":\"text\",\"value\":\"é😀\"}}]}}",
                    CLOSE),
            requests(
                    step(
                            "{\"type\":\"and\",\"conds\":[{\"type\":\"is_autocommit\"},{\"type\":\"not\",\"cond\":{\"type\":\"is_autocommit\"}}]}"),
                    "{\"type\":\"store_sql\",\"sql_id\":1,\"sql\":\"ECHO\"}",
                    "{\"type\":\"describe\",\"sql_id\":1}",
                    "{\"type\":\"get_autocommit\"}",
                    CLOSE),
            on("AAAA", execute("ECHO"), "{\"type\":\"sequence\",\"sql\":\"ECHO;ECHO\"}")
        };
        String baton = baton(plane.pipeline(requests(execute("BEGIN"))));
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int i = 0; i < 3000; i++) {
            byte[] mutated = mutate(seeds[i % seeds.length].getBytes(StandardCharsets.UTF_8), random);
            HttpResponse<String> response = plane.send(HttpRequest.newBuilder(plane.uri("/dev/shop/v3/pipeline"))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(mutated)));
            assertThat(response.statusCode())
                    .as("seed %d, request %s", seed, new String(mutated, StandardCharsets.UTF_8))
                    .isIn(200, 400, 429);
        }
        assertThat(plane.pipeline(on(baton, "{\"type\":\"get_autocommit\"}")).body())
                .contains("\"is_autocommit\":false");
    }

    private static byte[] mutate(byte[] bytes, Random random) {
        int times = 1 + random.nextInt(4);
        byte[] mutated = bytes.clone();
        for (int i = 0; i < times; i++) {
            int at = random.nextInt(mutated.length);
            int other = random.nextInt(mutated.length);
            switch (random.nextInt(4)) {
                case 0 -> mutated[at] = (byte) random.nextInt(256);
                case 1 -> mutated[at] = mutated[other];
                case 2 -> mutated = java.util.Arrays.copyOf(mutated, Math.max(1, at));
                default -> {
                    int length = Math.min(random.nextInt(20), mutated.length - Math.max(at, other));
                    System.arraycopy(mutated, other, mutated, at, length);
                }
            }
        }
        return mutated;
    }

    private static void refused(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/plain");
        assertThat(response.body()).isNotEmpty();
    }
}
