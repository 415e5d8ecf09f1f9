package io.skerry.hrana;

import static io.skerry.hrana.DataPlane.CLOSE;
import static io.skerry.hrana.DataPlane.baton;
import static io.skerry.hrana.DataPlane.execute;
import static io.skerry.hrana.DataPlane.on;
import static io.skerry.hrana.DataPlane.requests;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.testing.Await;
import io.skerry.hrana.DatabaseAccess.Address;
import io.skerry.hrana.DatabaseAccess.Target;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a baton is good for, and when it stops being so.
class StreamsTest {

    private static final String INVALID = "Received an invalid baton";
    private static final String USED = "Received a baton that has already been used";

    private final FakeDatabase database = new FakeDatabase();
    private final DataPlane plane = plane(HranaSettings.defaults());

    private DataPlane plane(HranaSettings settings) {
        return new DataPlane(
                (address, authorization) ->
                        new Target(((Address.Path) address).database(), database, null, "ro".equals(authorization)),
                settings);
    }

    @AfterEach
    void stop() {
        plane.close();
    }

    @Test
    void aBatonGoesOnWithTheTransaction() {
        String first = baton(plane.pipeline(requests(execute("BEGIN"))));

        HttpResponse<String> second = plane.pipeline(on(first, "{\"type\":\"get_autocommit\"}"));

        assertThat(second.body()).contains("\"is_autocommit\":false");
        assertThat(plane.pipeline(on(baton(second), execute("COMMIT"), CLOSE)).body())
                .startsWith("{\"baton\":null");
        assertThat(database.rollbacks).hasValue(0);
    }

    @Test
    void batonsAre48BytesOfUnpaddedBase64() {
        String baton = baton(plane.pipeline(requests(execute("ECHO"))));

        assertThat(baton).hasSize(64).doesNotContain("=");
        assertThat(Base64.getDecoder().decode(baton)).hasSize(48);
    }

    @Test
    void aBatonIsGoodForOneUse() {
        String first = baton(plane.pipeline(requests(execute("BEGIN"))));
        String second = baton(plane.pipeline(on(first, execute("ECHO"))));

        refused(plane.pipeline(on(first, execute("WRITE"))), USED);

        assertThat(plane.pipeline(on(second, execute("ECHO"))).statusCode())
                .as("a wrong baton does no harm to the stream")
                .isEqualTo(200);
        assertThat(database.frame).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "AAAA", "!!!", "é"})
    void whatIsNoBatonIsInvalid(String text) {
        refused(plane.pipeline(on(text, execute("WRITE"))), INVALID);
    }

    @Test
    void aForgedBatonIsInvalid() {
        byte[] bytes = Base64.getDecoder().decode(baton(plane.pipeline(requests(execute("ECHO")))));
        for (int i = 0; i < bytes.length; i++) {
            byte[] forged = bytes.clone();
            forged[i] ^= 1;
            refused(plane.pipeline(on(Base64.getEncoder().encodeToString(forged), execute("WRITE"))), INVALID);
        }
    }

    @Test
    void aBatonOfAnEarlierProcessIsInvalid() {
        String old = baton(plane.pipeline(requests(execute("BEGIN"))));
        try (DataPlane restarted = plane(HranaSettings.defaults())) {
            refused(restarted.pipeline(on(old, execute("WRITE"))), INVALID);
        }
    }

    @Test
    void aBatonIsBoundToItsDatabase() {
        String baton = baton(plane.pipeline(requests(execute("BEGIN"))));

        refused(plane.post("/dev/other/v2/pipeline", on(baton, execute("WRITE"))), INVALID);

        assertThat(plane.pipeline(on(baton, execute("ECHO"))).statusCode()).isEqualTo(200);
    }

    @Test
    void aStreamIsNotForATokenOfOtherRights() {
        String baton = baton(plane.pipeline(requests(execute("BEGIN"))));

        HttpResponse<String> response =
                plane.post("/dev/shop/v2/pipeline", on(baton, execute("WRITE")), "authorization", "ro");

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(database.frame).hasValue(0);
    }

    @Test
    void anIdleStreamExpiresAndRollsBack() {
        String baton = baton(plane.pipeline(requests(execute("BEGIN"))));
        plane.passSeconds(9);
        baton = baton(plane.pipeline(on(baton, execute("ECHO"))));
        plane.passSeconds(9);
        assertThat(database.rollbacks).hasValue(0);

        plane.passSeconds(1);

        Await.until("the stream is rolled back", () -> database.rollbacks.get() > 0);
        HttpResponse<String> response = plane.pipeline(on(baton, execute("ECHO")));
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("content-type")).hasValue("application/json");
        assertThat(response.body())
                .isEqualTo("{\"message\":\"The stream has expired due to inactivity\",\"code\":\"STREAM_EXPIRED\"}");
        plane.passSeconds(300);
        refused(plane.pipeline(on(baton, execute("ECHO"))), INVALID);
    }

    @Test
    void expiredStreamsAreForgottenOldestFirst() {
        var defaults = HranaSettings.defaults().streams();
        try (DataPlane small = plane(HranaSettings.defaults()
                .with(new HranaSettings.Streams(
                        10, 10, defaults.idleMax(), defaults.expiredMemory(), 1, defaults.textsMax(), 5000)))) {
            String first = baton(small.pipeline(requests(execute("ECHO"))));
            small.passSeconds(10);
            String second = baton(small.pipeline(requests(execute("ECHO"))));
            small.passSeconds(10);

            refused(small.pipeline(on(first, execute("ECHO"))), INVALID);
            assertThat(small.pipeline(on(second, execute("ECHO"))).body()).contains("STREAM_EXPIRED");
        }
    }

    @Test
    @Timeout(120)
    void aBusyStreamTakesNoSecondRequest() throws Exception {
        String baton = baton(plane.pipeline(requests(execute("BEGIN"))));
        Thread first = Thread.startVirtualThread(() -> plane.pipeline(on(baton, execute("BLOCK"))));
        assertThat(database.blocked.await(60, TimeUnit.SECONDS)).isTrue();

        refused(plane.pipeline(on(baton, execute("WRITE"))), USED);

        plane.passSeconds(100);
        assertThat(database.rollbacks).as("a busy stream does not expire").hasValue(0);
        database.unblock();
        first.join();
    }

    @Test
    void aClosedStreamIsGone() {
        String baton = baton(plane.pipeline(requests(execute("BEGIN"))));
        plane.pipeline(on(baton, CLOSE));

        refused(plane.pipeline(on(baton, execute("ECHO"))), INVALID);
        assertThat(database.rollbacks).hasValue(1);
    }

    @Test
    void nothingRunsBehindClose() {
        refused(
                plane.pipeline(requests(execute("WRITE"), CLOSE, execute("WRITE"))),
                "Stream for this baton was closed");
        assertThat(database.frame).hasValue(0);
    }

    @Test
    void anyFailureOfTheRequestDestroysItsStream() {
        String baton = baton(plane.pipeline(requests(execute("BEGIN"))));

        assertThat(plane.pipeline(on(baton, "{\"type\":\"sequence\",\"sql_id\":7}"))
                        .statusCode())
                .isEqualTo(400);

        refused(plane.pipeline(on(baton, execute("ECHO"))), INVALID);
        assertThat(database.rollbacks).hasValue(1);
    }

    @Test
    void streamsAreBoundedBeforeAnythingRuns() {
        var d = HranaSettings.defaults().streams();
        try (DataPlane small = plane(HranaSettings.defaults()
                .with(new HranaSettings.Streams(3, 2, d.idleMax(), d.expiredMemory(), 10, 50, 5000)))) {
            String one = baton(small.pipeline(requests(execute("ECHO"))));
            baton(small.pipeline(requests(execute("ECHO"))));

            assertThat(small.pipeline(requests(execute("WRITE"))).statusCode()).isEqualTo(429);
            assertThat(database.frame).hasValue(0);
            assertThat(small.pipeline(requests(execute("ECHO"), CLOSE)).statusCode())
                    .as("a pipeline that closes needs no place")
                    .isEqualTo(200);
            baton(small.post("/dev/other/v2/pipeline", requests(execute("ECHO"))));
            assertThat(small.post("/dev/third/v2/pipeline", requests(execute("ECHO")))
                            .statusCode())
                    .isEqualTo(429);
            small.pipeline(on(one, CLOSE));
            baton(small.post("/dev/third/v2/pipeline", requests(execute("ECHO"))));
        }
    }

    @Test
    void textsAreStoredOnTheStream() {
        HttpResponse<String> stored = plane.pipeline(requests(
                "{\"type\":\"store_sql\",\"sql_id\":1,\"sql\":\"WRITE\"}",
                "{\"type\":\"execute\",\"stmt\":{\"sql_id\":1}}",
                "{\"type\":\"close_sql\",\"sql_id\":99}"));
        assertThat(stored.body())
                .contains("{\"type\":\"ok\",\"response\":{\"type\":\"store_sql\"}}")
                .contains("{\"type\":\"ok\",\"response\":{\"type\":\"close_sql\"}}");
        HttpResponse<String> used = plane.pipeline(on(
                baton(stored),
                "{\"type\":\"batch\",\"batch\":{\"steps\":[{\"stmt\":{\"sql_id\":1}}]}}",
                "{\"type\":\"sequence\",\"sql_id\":1}",
                "{\"type\":\"close_sql\",\"sql_id\":1}"));
        assertThat(database.frame).hasValue(3);

        HttpResponse<String> unknown =
                plane.pipeline(on(baton(used), execute("WRITE"), "{\"type\":\"execute\",\"stmt\":{\"sql_id\":1}}"));

        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(database.frame).as("nothing of the pipeline ran").hasValue(3);
    }

    @Test
    void storedTextsAreBounded() {
        StringBuilder fifty = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            fifty.append("{\"type\":\"store_sql\",\"sql_id\":" + i + ",\"sql\":\"ECHO\"},");
        }
        String body = plane.pipeline(requests(
                        fifty + "{\"type\":\"store_sql\",\"sql_id\":50,\"sql\":\"ECHO\"}",
                        "{\"type\":\"close_sql\",\"sql_id\":3}",
                        "{\"type\":\"store_sql\",\"sql_id\":50,\"sql\":\"" + "é".repeat(2501) + "\"}",
                        "{\"type\":\"store_sql\",\"sql_id\":51,\"sql\":\"" + "é".repeat(2500) + "\"}"))
                .body();

        assertThat(body)
                .contains(
                        "{\"message\":\"The server already stores 50 SQL texts, it cannot store more\",\"code\":\"SQL_STORE_TOO_MANY\"}")
                .contains("SQL_STORE_TOO_LARGE")
                .endsWith("{\"type\":\"ok\",\"response\":{\"type\":\"store_sql\"}}]}");
    }

    @Test
    @Timeout(120)
    void stoppingFinishesWhatRunsAndRollsBackWhatWaits() throws Exception {
        plane.pipeline(requests(execute("BEGIN")));
        var running = java.util.concurrent.CompletableFuture.supplyAsync(
                () -> plane.pipeline(requests(execute("BLOCK"), CLOSE)));
        assertThat(database.blocked.await(60, TimeUnit.SECONDS)).isTrue();
        Thread stop =
                Thread.startVirtualThread(() -> plane.routes.stop(Duration.ofSeconds(60), () -> {}, Duration.ZERO));
        HttpResponse<String> late = plane.pipeline(requests(execute("ECHO"), CLOSE));
        while (late.statusCode() == 200) {
            late = plane.pipeline(requests(execute("ECHO"), CLOSE));
        }

        assertThat(late.statusCode()).isEqualTo(503);
        assertThat(late.headers().firstValue("connection")).hasValue("close");
        database.unblock();
        assertThat(running.get().statusCode()).isEqualTo(200);
        stop.join();
        assertThat(database.rollbacks).hasValue(1);
        assertThat(database.openSessions).hasValue(0);
    }

    private static void refused(HttpResponse<String> response, String text) {
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.headers().firstValue("content-type")).hasValue("text/plain");
        assertThat(response.body()).isEqualTo(text);
    }
}
