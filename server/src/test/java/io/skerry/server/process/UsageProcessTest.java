package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What was read and written at two locations is known after the process ended, in whichever way, and once.
class UsageProcessTest {

    private static final String REPORTED = "what was read and written here is reported, of 1 databases";

    @TempDir
    Path files;

    private final Client client = new Client();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void whatWasCountedSurvivesTheProcess() throws Exception {
        Path data = files.resolve("data");
        JsonNode before;
        JsonNode queries;
        String token;
        // Nothing is reported before the end.
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr", "usage.report-time=1h", "stop-time=1m")) {
            URI fra = skerry.node("fra");
            String admin = admin(data);
            token = client.createShop(fra, admin);
            assertThat(client.call("POST", URI.create(fra + "/v1/groups/default/locations/lhr"), admin, "")
                            .status())
                    .isEqualTo(200);
            assertThat(client.call("GET", URI.create(fra + "/v1/databases/shop/instances/lhr/wait"), admin, "")
                            .status())
                    .isEqualTo(200);
            insert(skerry.node("lhr"), token, 5);
            assertThat(Client.value(client.sql(skerry.node("lhr"), token, "SELECT count(x) FROM t")))
                    .isEqualTo("5");
            before = usage(fra, admin, "");
            assertThat(before.at("/instances/0/usage/rows_written").asLong()).isEqualTo(5);
            assertThat(before.at("/instances/1/usage/rows_read").asLong()).isGreaterThanOrEqualTo(5);
            queries = queries(skerry.node("lhr"), admin);
            assertThat(queries.get(0).path("query").asText()).isIn("SELECT count(x) FROM t", INSERT_SHAPE);
            skerry.terminate();
            skerry.awaitEnd();
        }
        try (SkerryProcess skerry =
                SkerryProcess.dev(files, data, "fra,lhr", "usage.report-time=100ms", "log.level=debug")) {
            URI fra = skerry.node("fra");
            assertThat(usage(fra, admin(data), "")).isEqualTo(before);
            assertThat(queries(fra, admin(data))).isEqualTo(queries);
            assertThat(skerry.log()).doesNotContain(REPORTED);
            insert(fra, token, 3);
            while (!skerry.log().contains(REPORTED)) {
                Thread.sleep(20);
            }
            before = usage(fra, admin(data), "");
            assertThat(before.at("/usage/rows_written").asLong()).isEqualTo(8);
            skerry.kill();
        }
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr")) {
            URI fra = skerry.node("fra");
            assertThat(usage(fra, admin(data), "")).isEqualTo(before);
            assertThat(usage(fra, admin(data), "?to=2026-01-01T00:00:00Z")
                            .at("/usage/rows_written")
                            .asLong())
                    .isZero();
            assertThat(client.call("DELETE", URI.create(fra + "/v1/groups/default/locations/lhr"), admin(data), "")
                            .status())
                    .isEqualTo(200);
            assertThat(usage(fra, admin(data), "").path("usage")).isEqualTo(before.path("usage"));
        }
    }

    private static final String INSERT_SHAPE = "INSERT INTO t VALUES (?), (?), (?), (?), (?)";

    private void insert(URI node, String token, int rows) throws Exception {
        assertThat(Client.ok(client.sql(node, token, "INSERT INTO t VALUES (1)" + ", (1)".repeat(rows - 1))))
                .isTrue();
    }

    private static String admin(Path data) throws Exception {
        return Files.readString(data.resolve("token")).strip();
    }

    private JsonNode usage(URI node, String admin, String query) throws Exception {
        return client.call("GET", URI.create(node + "/v1/databases/shop/usage" + query), admin, "")
                .body()
                .path("database");
    }

    private JsonNode queries(URI node, String admin) throws Exception {
        return client.call("GET", URI.create(node + "/v1/databases/shop/stats"), admin, "")
                .body()
                .path("top_queries");
    }
}
