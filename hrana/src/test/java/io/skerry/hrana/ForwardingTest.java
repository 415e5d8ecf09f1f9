package io.skerry.hrana;

import static io.skerry.hrana.DataPlane.CLOSE;
import static io.skerry.hrana.DataPlane.baton;
import static io.skerry.hrana.DataPlane.execute;
import static io.skerry.hrana.DataPlane.on;
import static io.skerry.hrana.DataPlane.requests;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.testing.Await;
import io.skerry.hrana.DatabaseAccess.Target;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two real servers: a primary, and a replica that passes on what it may not answer.
@Timeout(120)
class ForwardingTest {

    private final FakeDatabase written = new FakeDatabase();
    private final FakeDatabase copy = new FakeDatabase();
    private volatile @Nullable String tokenAtPrimary;
    private volatile @Nullable URI primaryUri;
    private volatile @Nullable FakeDatabase local = copy;
    private final DataPlane primary = new DataPlane((address, authorization) -> {
        tokenAtPrimary = authorization;
        if ("Bearer stranger".equals(authorization)) {
            throw new AccessException(401, "Unauthorized: `The JWT is invalid`");
        }
        return new Target("shop", written, null, "Bearer ro".equals(authorization));
    });
    private final DataPlane replica = new DataPlane(
            (address, authorization) -> new Target("shop", local, primaryUri, "Bearer ro".equals(authorization)),
            HranaSettings.defaults()
                    .with(new HranaSettings.Forwarding(
                            4, Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofMillis(50), 1 << 20)));

    ForwardingTest() {
        primaryUri = primary.uri("/dev/shop");
    }

    @AfterEach
    void stop() {
        replica.close();
        primary.close();
    }

    @Test
    void readsRunHereAndWritesThere() {
        replica.pipeline(requests(execute("ECHO"), CLOSE));
        HttpResponse<String> response =
                replica.post("/dev/shop/v2/pipeline", requests(execute("WRITE"), CLOSE), "authorization", "Bearer me");

        assertThat(response.body())
                .startsWith(
                        "{\"baton\":null,\"base_url\":null,\"results\":[{\"type\":\"ok\",\"response\":{\"type\":\"execute\"")
                .contains("\"replication_index\":\"1\"")
                .endsWith("{\"type\":\"ok\",\"response\":{\"type\":\"close\"}}]}");
        assertThat(copy.ran).containsExactly("ECHO");
        assertThat(written.ran).containsExactly("WRITE");
        assertThat(tokenAtPrimary).isEqualTo("Bearer me");
        assertThat(written.openSessions).hasValue(0);
    }

    @Test
    void aTransactionStaysThereUntilItEnds() {
        HttpResponse<String> response = replica.pipeline(requests(execute("BEGIN"), execute("WRITE")));
        assertThat(response.body()).doesNotContain("get_autocommit");
        response = replica.pipeline(on(baton(response), execute("ECHO"), "{\"type\":\"get_autocommit\"}"));
        assertThat(response.body()).contains("\"is_autocommit\":false");
        response = replica.pipeline(on(baton(response), execute("COMMIT")));
        copy.frame.set(1);
        response = replica.pipeline(on(baton(response), execute("ECHO")));

        assertThat(written.ran).containsExactly("BEGIN", "WRITE", "ECHO", "COMMIT");
        assertThat(copy.ran).containsExactly("ECHO");
        replica.pipeline(on(baton(response), CLOSE));
        Await.until("the stream is closed there", () -> written.openSessions.get() == 0);
        assertThat(written.rollbacks).hasValue(0);
    }

    /// As from the queue of a port that could not accept it before.
    @Test
    void whatArrivesAfterItsSenderCeasedToWaitDoesNotRun() throws Exception {
        try (ServerSocket full = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
                DataPlane hasty = new DataPlane(
                        (address, authorization) -> new Target(
                                "shop",
                                local,
                                URI.create("http://127.0.0.1:" + full.getLocalPort() + "/dev/shop"),
                                false),
                        HranaSettings.defaults()
                                .with(new HranaSettings.Forwarding(
                                        4,
                                        Duration.ofSeconds(20),
                                        Duration.ofMillis(300),
                                        Duration.ofMillis(50),
                                        1 << 20)))) {
            assertThat(hasty.pipeline(requests(execute("WRITE"), CLOSE)).body()).contains("OUTCOME_UNKNOWN");
            try (Socket queued = full.accept();
                    Socket accepted = new Socket(
                            InetAddress.getLoopbackAddress(), primary.uri("/").getPort())) {
                queued.getInputStream().transferTo(accepted.getOutputStream());
                accepted.shutdownOutput();
                assertThat(new String(accepted.getInputStream().readAllBytes(), UTF_8))
                        .startsWith("HTTP/1.1 503 ");
            }
        }
        assertThat(written.ran).isEmpty();
    }

    @Test
    void aStreamDoesNotReadBehindItsOwnWrite() {
        String baton = baton(replica.pipeline(requests(execute("WRITE"))));

        baton = baton(replica.pipeline(on(baton, execute("ECHO"))));
        assertThat(written.ran).as("the copy lags").containsExactly("WRITE", "ECHO");

        copy.frame.set(1);
        replica.pipeline(on(baton, execute("ECHO")));
        assertThat(copy.ran).containsExactly("ECHO");
    }

    @Test
    void noStreamReadsBehindAWriteOfAnother() {
        replica.pipeline(requests(execute("WRITE"), CLOSE));

        assertNoReadIsBehindTheWrite();
    }

    @Test
    void aCopyThatComesIsNotReadBehindWhatWasWrittenBefore() {
        local = null;
        replica.pipeline(requests(execute("WRITE"), CLOSE));
        local = copy;

        assertNoReadIsBehindTheWrite();
    }

    /// As when the thread is interrupted, because this node stops.
    @Test
    void aWriteIsAnsweredThoughItsCopyCannotBeWaitedFor() {
        copy.unwaitable = new DatabaseException(Code.UNAVAILABLE, "interrupted while waiting");
        assertThat(replica.pipeline(requests(execute("WRITE"), CLOSE)).body()).contains("\"replication_index\":\"1\"");
        copy.unwaitable = null;

        assertNoReadIsBehindTheWrite();
    }

    @Test
    void aNodeThatStopsAnswersAWriteWithoutWaitingForItsCopy() throws Exception {
        try (DataPlane patient = new DataPlane(
                (address, authorization) -> new Target("shop", copy, primaryUri, false),
                HranaSettings.defaults()
                        .with(new HranaSettings.Forwarding(
                                4, Duration.ofSeconds(20), Duration.ofSeconds(60), Duration.ofHours(1), 1 << 20)))) {
            var answer = CompletableFuture.supplyAsync(() -> patient.pipeline(requests(execute("WRITE"), CLOSE)));
            assertThat(copy.awaited.await(60, TimeUnit.SECONDS)).isTrue();

            patient.routes.stop(Duration.ZERO, () -> {}, Duration.ofMinutes(2));

            assertThat(answer.get().body()).contains("\"replication_index\":\"1\"");
        }
    }

    private void assertNoReadIsBehindTheWrite() {
        replica.pipeline(requests(execute("ECHO"), CLOSE));
        assertThat(written.ran).as("the copy lags").containsExactly("WRITE", "ECHO");

        copy.frame.set(1);
        replica.pipeline(requests(execute("ECHO"), CLOSE));
        assertThat(copy.ran).containsExactly("ECHO");
    }

    @Test
    void aRequestedFrameIsWaitedForOrFetched() {
        String read = "{\"type\":\"execute\",\"stmt\":{\"sql\":\"ECHO\",\"replication_index\":\"7\"}}";
        replica.pipeline(requests(read, CLOSE));
        assertThat(written.ran).containsExactly("ECHO");

        copy.frame.set(7);
        replica.pipeline(requests(read, CLOSE));
        assertThat(copy.ran).containsExactly("ECHO");
    }

    @Test
    void withoutALocalCopyEverythingGoesThere() {
        local = null;

        HttpResponse<String> response = replica.pipeline(requests(execute("ECHO")));
        replica.pipeline(on(baton(response), execute("ECHO"), CLOSE));

        assertThat(written.ran).containsExactly("ECHO", "ECHO");
        assertThat(written.openSessions).hasValue(0);
    }

    @Test
    void whileTheLocalCopyIsFetchedAnewThePrimaryAnswers() {
        copy.unusable = new DatabaseException(Code.UNAVAILABLE, "the group of the database is stopped here");

        HttpResponse<String> response = replica.pipeline(requests(execute("ECHO"), CLOSE));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("\"type\":\"ok\"").doesNotContain("error");
        assertThat(written.ran).containsExactly("ECHO");
    }

    @Test
    void aStreamThatCannotGoOnHereIsToldSoAndNothingRunsElsewhere() {
        String baton = baton(replica.pipeline(requests(execute("ECHO"))));
        copy.unusable = new DatabaseException(Code.NOT_LEADER, "its transaction is gone");

        HttpResponse<String> response = replica.pipeline(on(baton, execute("WRITE"), execute("WRITE")));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("its transaction is gone");
        assertThat(written.ran).isEmpty();
        copy.unusable = null;
        assertThat(replica.pipeline(on(baton(response), execute("ECHO"), CLOSE)).body())
                .doesNotContain("error");
    }

    @Test
    void storedTextsAreResolvedHere() {
        HttpResponse<String> response = replica.pipeline(requests(
                "{\"type\":\"store_sql\",\"sql_id\":1,\"sql\":\"WRITE\"}",
                "{\"type\":\"batch\",\"batch\":{\"steps\":[{\"stmt\":{\"sql_id\":1}},"
                        + "{\"condition\":{\"type\":\"not\",\"cond\":{\"type\":\"ok\",\"step\":0}},\"stmt\":{\"sql\":\"WRITE\"}}]}}",
                "{\"type\":\"close_sql\",\"sql_id\":1}",
                CLOSE));

        assertThat(response.body())
                .contains("{\"type\":\"store_sql\"}},{\"type\":\"ok\",\"response\":{\"type\":\"batch\"")
                .contains("{\"type\":\"close_sql\"}},{\"type\":\"ok\",\"response\":{\"type\":\"close\"}}");
        assertThat(written.frame).hasValue(1);
    }

    @Test
    void argumentsArriveAsTheyWere() {
        String args =
                "[{\"type\":\"integer\",\"value\":\"-9223372036854775808\"},{\"type\":\"float\",\"value\":1.0E300},"
                        + "{\"type\":\"text\",\"value\":\"é\\\"\\n😀\"},{\"type\":\"blob\",\"base64\":\"AP8\"},{\"type\":\"null\"}]";
        String pipeline = requests(
                "{\"type\":\"execute\",\"stmt\":{\"sql\":\"ECHO\",\"args\":" + args + "}}", execute("WRITE"), CLOSE);

        assertThat(replica.pipeline(pipeline).body()).contains(args);
        assertThat(written.ran).containsExactly("ECHO", "WRITE");
    }

    @Test
    void refusalsComeThroughAsTheyAre() {
        HttpResponse<String> response = replica.post(
                "/dev/shop/v2/pipeline", requests(execute("WRITE"), CLOSE), "authorization", "Bearer stranger");
        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.body()).isEqualTo("{\"error\":\"Unauthorized: `The JWT is invalid`\"}");

        response =
                replica.post("/dev/shop/v2/pipeline", requests(execute("WRITE"), CLOSE), "authorization", "Bearer ro");
        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).startsWith("{\"error\":\"Authorization forbidden");
    }

    @Test
    void anExpiredTransactionThereIsSaidSo() {
        String baton = baton(replica.pipeline(requests(execute("BEGIN"))));
        primary.passSeconds(10);

        HttpResponse<String> response = replica.pipeline(on(baton, execute("COMMIT")));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("STREAM_EXPIRED");
    }

    @Test
    void anExpiredStreamThereThatHeldNothingIsOpenedAgain() {
        String baton = baton(replica.pipeline(requests(execute("WRITE"))));
        primary.passSeconds(10);

        HttpResponse<String> response = replica.pipeline(on(baton, execute("WRITE")));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(written.frame).hasValue(2);
    }

    @Test
    void aStreamThatExpiresHereIsClosedThere() {
        baton(replica.pipeline(requests(execute("BEGIN"))));

        replica.passSeconds(10);

        Await.until("the stream is rolled back there", () -> written.rollbacks.get() > 0);
        assertThat(written.openSessions).hasValue(0);
    }

    @Test
    void anUnreachablePrimaryIsAProxyErrorAndReadsGoOn() throws IOException {
        // Where nobody listens, and nobody else can: the port is taken.
        try (Socket taken = new Socket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            primaryUri = URI.create("http://127.0.0.1:" + taken.getLocalPort() + "/dev/shop");

            HttpResponse<String> response = replica.pipeline(requests(execute("WRITE")));

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).contains("\"code\":\"PROXY_ERROR\"");
            assertThat(replica.pipeline(on(baton(response), execute("ECHO"))).body())
                    .contains("\"rows\"");
        }
    }

    @Test
    void aWriteWhoseAnswerIsLostIsOfUnknownOutcomeAndNotRepeated() throws Exception {
        try (ServerSocket deaf = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            primaryUri = URI.create("http://127.0.0.1:" + deaf.getLocalPort() + "/dev/shop");
            var connections = new java.util.concurrent.atomic.AtomicInteger();
            Thread.startVirtualThread(() -> {
                while (!deaf.isClosed()) {
                    try (Socket socket = deaf.accept()) {
                        connections.incrementAndGet();
                        socket.getInputStream().read(new byte[4096]);
                    } catch (IOException e) {
                        return;
                    }
                }
            });

            HttpResponse<String> response = replica.pipeline(requests(execute("WRITE"), CLOSE));

            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body())
                    .contains("\"code\":\"OUTCOME_UNKNOWN\"")
                    .endsWith("{\"type\":\"ok\",\"response\":{\"type\":\"close\"}}]}");
            assertThat(connections).hasValue(1);
        }
    }

    @Test
    void twoReplicasThatPointAtEachOtherDoNotPlayBall() {
        primaryUri = replica.uri("/dev/shop");

        HttpResponse<String> response =
                replica.pipeline(requests(execute("REFUSE NOT_LEADER"), execute("WRITE"), CLOSE));

        assertThat(response.body()).contains("\"code\":\"NOT_LEADER\"");
        assertThat(copy.ran).containsExactly("REFUSE NOT_LEADER", "WRITE");
    }
}
