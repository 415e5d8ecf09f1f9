package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.server.process.Client.Answer;
import io.skerry.server.process.SkerryProcess.Footprint;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Rotated keys end what their tokens had open, on every node.
class RotationProcessTest {

    private static final String ENDLESS =
            "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

    @TempDir
    static Path files;

    private static SkerryProcess skerry;
    private static URI fra;
    private static String admin = "";

    private final Client client = new Client();
    private Footprint before = new Footprint(0, 0);

    @BeforeAll
    static void start() throws Exception {
        Path data = files.resolve("data");
        skerry = SkerryProcess.dev(files, data, "fra,lhr,bos");
        fra = skerry.node("fra");
        admin = Files.readString(data.resolve("token")).strip();
        try (Client client = new Client()) {
            api(client, "POST", "/v1/groups", "{\"name\":\"turned\",\"location\":\"fra\"}");
            api(client, "POST", "/v1/organizations/default/databases", "{\"name\":\"other\",\"group\":\"turned\"}");
            api(client, "POST", "/v1/groups/turned/locations/lhr", "");
            api(client, "GET", "/v1/groups/turned/locations/lhr/wait", "");
            assertThat(Client.ok(client.streamOf("other", fra, mint(client), null, "CREATE TABLE t (x)")))
                    .isTrue();
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

    @AfterEach
    void nothingStays() throws Exception {
        client.close();
        skerry.awaitFootprint(before);
    }

    /// At the primary, at a replica, and where there is no copy: streams with a transaction, streams with none, and a
    /// request without a baton that runs.
    @ParameterizedTest
    @ValueSource(strings = {"databases/other", "groups/turned"})
    void aRotationEndsTheOpenStreamsOfItsTokensOnEveryNode(String owner) throws Exception {
        String old = mint(client);
        URI lhr = skerry.node("lhr");
        List<URI> nodes = List.of(fra, lhr, skerry.node("bos"));
        List<Answer> open = new ArrayList<>();
        try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Answer>> running = new ArrayList<>();
            for (URI node : nodes) {
                running.add(clients.submit(() -> other(node, old, null, ENDLESS)));
            }
            for (URI node : nodes) {
                open.add(other(node, old, null, "BEGIN", "SELECT count(*) FROM t"));
                open.add(other(node, old, null, "SELECT 1"));
            }
            open.add(other(lhr, old, null, "BEGIN IMMEDIATE", "INSERT INTO t VALUES (1)"));
            assertThat(open)
                    .allSatisfy(answer -> assertThat(Client.ok(answer))
                            .as("%s", answer.body())
                            .isTrue());

            api(client, "POST", "/v1/organizations/default/" + owner + "/auth/rotate", "");

            String fresh = mint(client);
            Answer written = other(fra, fresh, null, "INSERT INTO t VALUES (2)");
            assertThat(Client.ok(written)).as("%s", written.body()).isTrue();
            for (int i = 0; i < open.size(); i++) {
                URI node = i == open.size() - 1 ? lhr : nodes.get(i / 2);
                String baton = open.get(i).body().path("baton").asText();
                assertThat(other(node, old, baton, "SELECT 1").status()).isEqualTo(401);
                Answer answer = other(node, fresh, baton, "COMMIT");
                assertThat(answer.status())
                        .as("stream %s: %s", i, answer.body())
                        .isEqualTo(400);
            }
            for (Future<Answer> one : running) {
                Answer answer = one.get();
                // 401: it came when its node knew already.
                assertThat(answer.status()).isIn(200, 401);
                if (answer.status() == 200) {
                    assertThat(answer.body().toString()).contains("\"ACCESS_ENDED\"");
                }
            }
            assertThat(Client.value(other(fra, fresh, null, "SELECT count(*) FROM t WHERE x = 1")))
                    .isEqualTo("0");
        }
    }

    private Answer other(URI node, String token, @Nullable String baton, String... statements) throws Exception {
        return client.streamOf("other", node, token, baton, statements);
    }

    private static String mint(Client client) throws Exception {
        return api(client, "POST", "/v1/organizations/default/databases/other/auth/tokens", "")
                .path("jwt")
                .asText();
    }

    private static JsonNode api(Client client, String method, String path, String body) throws Exception {
        Answer answer = client.call(method, URI.create(fra + path), admin, body);
        assertThat(answer.status()).as("%s %s: %s", method, path, answer.body()).isEqualTo(200);
        return answer.body();
    }
}
