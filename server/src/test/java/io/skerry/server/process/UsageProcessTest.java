package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
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
            before = usage(fra, admin, "", now -> {
                assertThat(now.at("/instances/0/usage/rows_written").asLong()).isEqualTo(5);
                assertThat(now.at("/instances/1/usage/rows_read").asLong()).isGreaterThanOrEqualTo(5);
                assertThat(now.at("/instances/1/usage/storage_bytes").asLong()).isPositive();
            });
            queries = queries(skerry.node("lhr"), admin);
            assertThat(queries.get(0).path("query").asText()).isIn("SELECT count(x) FROM t", INSERT_SHAPE);
            skerry.terminate();
            skerry.awaitEnd();
        }
        try (SkerryProcess skerry =
                SkerryProcess.dev(files, data, "fra,lhr", "usage.report-time=100ms", "log.level=debug")) {
            URI fra = skerry.node("fra");
            JsonNode told = before;
            usage(fra, admin(data), "", now -> assertThat(now).isEqualTo(told));
            assertThat(queries(fra, admin(data))).isEqualTo(queries);
            assertThat(skerry.log()).doesNotContain(REPORTED);
            insert(fra, token, 3);
            Await.until(() -> assertThat(skerry.log()).contains(REPORTED));
            before = usage(fra, admin(data), "", now -> {
                assertThat(now.at("/usage/rows_written").asLong()).isEqualTo(8);
                assertThat(now.at("/instances/1/usage/storage_bytes").asLong()).isPositive();
            });
            skerry.kill();
        }
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr")) {
            URI fra = skerry.node("fra");
            JsonNode told = before;
            usage(fra, admin(data), "", now -> assertThat(now).isEqualTo(told));
            usage(
                    fra,
                    admin(data),
                    "?to=2026-01-01T00:00:00Z",
                    now -> assertThat(now.at("/usage/rows_written").asLong()).isZero());
            assertThat(client.call("DELETE", URI.create(fra + "/v1/groups/default/locations/lhr"), admin(data), "")
                            .status())
                    .isEqualTo(200);
            usage(fra, admin(data), "", now -> assertThat(now.path("usage")).isEqualTo(told.path("usage")));
        }
    }

    @Test
    void whatALocationCountedIsThereOnceWhenItGoesAndComesBackAndWhenTheProcessIsKilled() throws Exception {
        Path data = files.resolve("data");
        JsonNode before;
        String token;
        // Nothing is reported before the end.
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr", "usage.report-time=1h", "stop-time=1m")) {
            URI fra = skerry.node("fra");
            token = client.createShop(fra, admin(data));
            addLhr(fra, data);
            insert(fra, token, 5);
            read(skerry.node("lhr"), token, 5);
            before = usage(fra, admin(data), "", now -> {
                assertThat(now.at("/usage/rows_written").asLong()).isEqualTo(5);
                assertThat(rowsRead(now, 1)).isGreaterThanOrEqualTo(5);
            });
            // It goes before it reported.
            assertThat(client.call("DELETE", URI.create(fra + "/v1/groups/default/locations/lhr"), admin(data), "")
                            .status())
                    .isEqualTo(200);
            skerry.terminate();
            skerry.awaitEnd();
        }
        JsonNode told = before;
        try (SkerryProcess skerry =
                SkerryProcess.dev(files, data, "fra,lhr", "usage.report-time=1h", "log.level=debug")) {
            URI fra = skerry.node("fra");
            usage(fra, admin(data), "", now -> {
                assertThat(now.path("instances")).hasSize(1);
                assertThat(now.path("usage")).isEqualTo(told.path("usage"));
            });
            addLhr(fra, data);
            usage(fra, admin(data), "", now -> assertSame(now, told));
            read(skerry.node("lhr"), token, 5);
            before = usage(
                    fra,
                    admin(data),
                    "",
                    now -> assertThat(rowsRead(now, 1)).isGreaterThanOrEqualTo(rowsRead(told, 1) + 5));
            skerry.kill();
            if (!skerry.log().contains(REPORTED)) { // as it would be where an hour ended just then
                before = told;
            }
        }
        JsonNode kept = before;
        try (SkerryProcess skerry =
                SkerryProcess.dev(files, data, "fra,lhr", "usage.report-time=100ms", "log.level=debug")) {
            URI fra = skerry.node("fra");
            // What was not reported is lost, and nothing else.
            usage(fra, admin(data), "", now -> assertSame(now, kept));
            awaitLhr(fra, data);
            // Once: after the first report nothing waits.
            assertThat(rows(skerry.node("lhr"), token)).isEqualTo(5);
            Await.until(() -> assertThat(skerry.log()).contains(REPORTED));
            before = usage(
                    fra,
                    admin(data),
                    "",
                    now -> assertThat(rowsRead(now, 1)).isGreaterThanOrEqualTo(rowsRead(kept, 1) + 5));
            skerry.kill();
        }
        JsonNode reported = before;
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr")) {
            usage(skerry.node("fra"), admin(data), "", now -> assertSame(now, reported));
        }
    }

    private void addLhr(URI fra, Path data) throws Exception {
        assertThat(client.call("POST", URI.create(fra + "/v1/groups/default/locations/lhr"), admin(data), "")
                        .status())
                .isEqualTo(200);
        awaitLhr(fra, data);
    }

    private void awaitLhr(URI fra, Path data) throws Exception {
        assertThat(client.call("GET", URI.create(fra + "/v1/databases/shop/instances/lhr/wait"), admin(data), "")
                        .status())
                .isEqualTo(200);
    }

    /// Every row, once the node has so many.
    private void read(URI node, String token, int rows) throws Exception {
        Await.until(() -> assertThat(rows(node, token)).isEqualTo(rows));
    }

    private int rows(URI node, String token) throws Exception {
        return client.sql(node, token, "SELECT x FROM t")
                .body()
                .at("/results/0/response/result/rows")
                .size();
    }

    /// An instance that comes back is another one, with the counts of its location.
    private static void assertSame(JsonNode now, JsonNode before) {
        assertThat(now.path("usage")).isEqualTo(before.path("usage"));
        assertThat(now.path("instances")).hasSize(2);
        for (int i = 0; i < 2; i++) {
            assertThat(now.at("/instances/" + i + "/usage")).isEqualTo(before.at("/instances/" + i + "/usage"));
        }
    }

    private static long rowsRead(JsonNode usage, int instance) {
        return usage.at("/instances/" + instance + "/usage/rows_read").asLong();
    }

    private static final String INSERT_SHAPE = "INSERT INTO t VALUES (?), (?), (?), (?), (?)";

    private void insert(URI node, String token, int rows) throws Exception {
        assertThat(Client.ok(client.sql(node, token, "INSERT INTO t VALUES (1)" + ", (1)".repeat(rows - 1))))
                .isTrue();
    }

    private static String admin(Path data) throws Exception {
        return Files.readString(data.resolve("token")).strip();
    }

    /// The usage once it is as expected: of what a node does not tell in time there is less.
    private JsonNode usage(URI node, String admin, String query, Consumer<JsonNode> expected) throws Exception {
        JsonNode[] usage = new JsonNode[1];
        Await.until(() -> {
            usage[0] = client.call("GET", URI.create(node + "/v1/databases/shop/usage" + query), admin, "")
                    .body()
                    .path("database");
            expected.accept(usage[0]);
        });
        return usage[0];
    }

    private JsonNode queries(URI node, String admin) throws Exception {
        return client.call("GET", URI.create(node + "/v1/databases/shop/stats"), admin, "")
                .body()
                .path("top_queries");
    }
}
