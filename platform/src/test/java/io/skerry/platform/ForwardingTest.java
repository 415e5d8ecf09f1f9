package io.skerry.platform;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.fleet.Requester;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.hop.Deadline;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// Two nodes over one catalog, of which only the first may change it.
class ForwardingTest {

    private final TestCluster cluster = new TestCluster();
    private final ApiServer leader = new ApiServer(cluster);
    private final ApiServer follower =
            new ApiServer(cluster, ApiServer.following(leader.url()), Duration.ofMillis(200));

    @AfterEach
    void close() {
        follower.close();
        leader.close();
        cluster.close();
    }

    @Test
    void aChangeSentToAnyNodeIsMadeAndSeenThere() {
        ApiServer.Reply created = follower.post("/v1/databases", "{\"name\":\"shop\"}");
        assertThat(created.status()).isEqualTo(200);
        assertThat(follower.get("/v1/databases/shop").status()).isEqualTo(200);
        ApiServer.Reply token = follower.post("/v1/databases/shop/auth/tokens?expiration=7d&authorization=read-only");
        assertThat(token.json().path("jwt").asText()).isNotEmpty();
        assertThat(follower.delete("/v1/databases/shop").text()).isEqualTo("{\"database\":\"shop\"}");
    }

    @Test
    void aDatabaseHasOneHostWhateverNodeMadeIt() {
        try (ApiServer other = ApiServer.following(cluster, leader.url(), URI.create("http://example.net:8081"))) {
            JsonNode created =
                    other.post("/v1/databases", "{\"name\":\"shop\"}").json();
            assertThat(created.at("/database/Hostname").asText()).isEqualTo("shop-acme.example.net:8081");
            assertThat(other.get("/v1/databases/shop").json().at("/database/Hostname"))
                    .isEqualTo(created.at("/database/Hostname"));
        }
        // Who is no node does not choose the host.
        ApiServer.Reply invented = leader.send(
                "GET",
                "/v1/databases/shop",
                null,
                "Authorization",
                "Bearer " + cluster.token(),
                Forwarder.NODE,
                "http://evil.example");
        assertThat(invented.json().at("/database/Hostname").asText()).isEqualTo("shop-acme.localhost:8080");
    }

    @Test
    void refusalsComeBackAsTheyAre() {
        ApiServer.Reply reply = follower.post("/v1/groups/default/locations/amss");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo("invalid location: amss");
        assertThat(follower.send("POST", "/v1/groups", null, "Authorization", "Bearer nonsense")
                        .status())
                .isEqualTo(401);
        assertThat(follower.post("/v1/groups/default/locations/a%20b%2fc").status())
                .isEqualTo(400);
    }

    @Test
    void whatNoHeaderMayHoldIsNoFaultOfThePath() throws IOException {
        for (String value : new String[] {"Bearer \u00fc", "Bearer \u00c3\u00bc", "Bearer \u00e2\u0082\u00ac"}) {
            String answer = follower.raw("POST /v1/groups HTTP/1.1\r\nHost: localhost\r\nAuthorization: " + value
                    + "\r\nUser-Agent: b\u00e2\u0082\u00acla\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            assertThat(answer).startsWith("HTTP/1.1 401 ").contains("invalid number of segments");
        }
        String agent = follower.raw("POST /v1/groups HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                + cluster.token()
                + "\r\nUser-Agent: b\u00e2\u0082\u00acla\r\nx-turso-organization: \u00e2\u0082\u00ac\r\n"
                + "Content-Length: 0\r\nConnection: close\r\n\r\n");
        assertThat(agent).startsWith("HTTP/1.1 404 ").contains("organization not found");
    }

    @Test
    void theRequestIdTravelsAlong() {
        follower.send(
                "POST",
                "/v1/groups/default/locations/lhr",
                null,
                "Authorization",
                "Bearer " + cluster.token(),
                "X-Request-Id",
                "req-7");
        assertThat(cluster.catalog()
                        .read(sql -> Audit.newest(sql, cluster.acme(sql).id(), 1))
                        .getFirst()
                        .requestId())
                .isEqualTo("req-7");
    }

    @Test
    void aRequestIsHandedOnOnlyOnce() {
        ApiServer.Reply reply = follower.send(
                "POST",
                "/v1/groups/default/locations/lhr",
                null,
                "Authorization",
                "Bearer " + cluster.token(),
                Forwarder.MARKER,
                ApiServer.MARK);
        assertThat(reply.status()).isEqualTo(503);
    }

    /// As from the queue of a port that could not accept it before.
    @Test
    void whatArrivesAfterItsSenderCeasedToWaitIsNotDone() throws Exception {
        String lhr = "/v1/groups/default/locations/lhr";
        try (NodeHttp nodes = NodeHttp.plain();
                ServerSocket full = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Forwarder hasty = forwarder(nodes, 1, Duration.ofMillis(300));
            assertThatThrownBy(() -> hasty.send(url(full), "POST", lhr, bearer(), new byte[0]))
                    .isInstanceOf(ApiException.class)
                    .hasMessageContaining("look whether the change happened");
            try (Socket queued = full.accept()) {
                String sent = new String(queued.getInputStream().readAllBytes(), UTF_8);
                assertThat(leader.raw(sent))
                        .startsWith("HTTP/1.1 503 ")
                        .contains("it came when its sender waited no longer");
            }
        }
        assertThat(leader.get("/v1/groups/default").text()).doesNotContain("lhr");
        // Who is no node has no such deadline.
        assertThat(leader.send("POST", lhr, null, "Authorization", "Bearer " + cluster.token(), Deadline.HEADER, "1")
                        .status())
                .isEqualTo(200);
    }

    /// Its answer is waited for while the other node is there, which a port that is full may still seem to be.
    @Test
    void soItIsWithWhatLasts() throws Exception {
        try (NodeHttp nodes = NodeHttp.plain();
                ServerSocket other = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
            Forwarder forwarder = forwarder(nodes, 1, Duration.ofMinutes(2));
            Thread sender = Thread.ofVirtual()
                    .start(() -> assertThatThrownBy(() -> forwarder.send(
                                    url(other),
                                    "POST",
                                    "/v1/databases",
                                    bearer(),
                                    "{\"name\":\"shop\"}".getBytes(UTF_8)))
                            .isInstanceOf(ApiException.class));
            try (Socket taken = other.accept()) {
                List<String> lines = new BufferedReader(new InputStreamReader(taken.getInputStream(), UTF_8))
                        .lines()
                        .takeWhile(line -> !line.isEmpty())
                        .toList();
                assertThat(lines).anyMatch(line -> line.startsWith(Deadline.HEADER + ": "));
            }
            sender.join();
        }
        ApiServer.Reply late = leader.send(
                "POST",
                "/v1/databases",
                "{\"name\":\"shop\"}",
                "Authorization",
                "Bearer " + cluster.token(),
                Forwarder.MARKER,
                ApiServer.MARK,
                Deadline.HEADER,
                "1");
        assertThat(late.status()).isEqualTo(503);
        assertThat(leader.get("/v1/databases/shop").status()).isEqualTo(404);
    }

    @Test
    void moreThanMayBeHandedOnAtOnceIsRefusedUnsentAfterAWhile() {
        try (NodeHttp nodes = NodeHttp.plain()) {
            Forwarder busy = forwarder(nodes, 0, Duration.ofMinutes(2));
            assertThatThrownBy(() -> busy.send(leader.url(), "POST", "/v1/groups", bearer(), new byte[0]))
                    .isInstanceOfSatisfying(ApiException.class, refused -> {
                        assertThat(refused.status()).isEqualTo(429);
                        assertThat(refused.headers()).containsEntry("Retry-After", "1");
                    })
                    .hasMessage("too many calls are handed on to another node");
        }
    }

    private static Forwarder forwarder(NodeHttp nodes, int max, Duration answerMax) {
        return new Forwarder(ApiServer.MARK, nodes, Requester.STAYS, max, Duration.ofMillis(10), answerMax);
    }

    private Map<String, String> bearer() {
        return Map.of("Authorization", "Bearer " + cluster.token());
    }

    private static URI url(ServerSocket server) {
        return URI.create("http://127.0.0.1:" + server.getLocalPort());
    }

    @Test
    void theLogHasTheAddressThatTheFirstNodeSawAndNoneThatAClientInvents() {
        String bearer = "Bearer " + cluster.token();
        follower.post("/v1/groups/default/locations/lhr");
        String seen = newest().address();
        leader.send(
                "DELETE",
                "/v1/groups/default/locations/lhr",
                null,
                "Authorization",
                bearer,
                Forwarder.MARKER,
                "1",
                Forwarder.CLIENT,
                "192.0.2.1");
        assertThat(newest().address()).isEqualTo(seen);
        leader.send(
                "POST",
                "/v1/groups/default/locations/lhr",
                null,
                "Authorization",
                bearer,
                Forwarder.MARKER,
                ApiServer.MARK,
                Forwarder.CLIENT,
                "192.0.2.1");
        assertThat(newest().address()).isEqualTo("192.0.2.1");
    }

    private Audit.Entry newest() {
        return cluster.catalog()
                .read(sql -> Audit.newest(sql, cluster.acme(sql).id(), 1))
                .getFirst();
    }

    @Test
    void withoutALeaderChangesAreRefusedAndReadsGoOn() {
        try (ApiServer alone = new ApiServer(cluster, ApiServer.following(null), Duration.ofMillis(200))) {
            ApiServer.Reply refused = alone.post("/v1/databases", "{\"name\":\"shop\"}");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.response().headers().firstValue("Retry-After")).contains("1");
            assertThat(alone.get("/v1/groups").status()).isEqualTo(200);
        }
        try (ApiServer lost =
                new ApiServer(cluster, ApiServer.following(URI.create("http://localhost:1")), Duration.ofMillis(200))) {
            ApiServer.Reply refused = lost.post("/v1/databases", "{\"name\":\"shop\"}");
            assertThat(refused.status()).isEqualTo(503);
            assertThat(refused.error()).contains("nothing was done, try again");
            assertThat(refused.response().headers().firstValue("Retry-After")).contains("1");
        }
    }

    @Test
    void whoseChangeMayHaveHappenedIsToldToLook() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ApiServer asked = new ApiServer(
                        cluster,
                        ApiServer.following(URI.create("http://127.0.0.1:" + silent.getLocalPort())),
                        Duration.ofMillis(200))) {
            Thread ends = Thread.ofVirtual().start(() -> {
                try (Socket connection = silent.accept()) {
                    assertThat(connection.getInputStream().read()).isEqualTo('P');
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            ApiServer.Reply unknown = asked.post("/v1/databases", "{\"name\":\"shop\"}");
            ends.join();
            assertThat(unknown.status()).isEqualTo(503);
            assertThat(unknown.error()).contains("look whether the change happened");
            // A program would do it twice.
            assertThat(unknown.response().headers().firstValue("Retry-After")).isEmpty();
        }
    }
}
