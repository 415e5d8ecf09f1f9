package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.catalog.testing.TestCluster;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every database of these nodes has 8192 bytes and says 10 rows read and 2 written, at each location.
class UsageApiTest {

    private final TestCluster cluster = new TestCluster();
    private final ApiServer api = new ApiServer(cluster);

    @BeforeEach
    void createShop() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        api.post("/v1/groups/default/locations/lhr");
    }

    @AfterEach
    void close() {
        api.close();
        cluster.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v1/organizations/acme"})
    void theUsageOfADatabaseIsThatOfItsInstances(String prefix) {
        JsonNode usage = api.get(prefix + "/databases/shop/usage?from=2026-01-01T00:00:00Z")
                .json();
        JsonNode database = usage.path("database");
        assertThat(database.path("uuid"))
                .isEqualTo(api.get("/v1/databases/shop").json().at("/database/DbId"));
        JsonNode instances = api.get("/v1/databases/shop/instances").json().path("instances");
        for (int i = 0; i < 2; i++) {
            JsonNode uuid = instances.get(i).path("uuid");
            assertThat(database.at("/instances/" + i + "/uuid")).isEqualTo(uuid);
            assertThat(database.at("/instances/" + i + "/usage"))
                    .isEqualTo(usage.path("instances").path(uuid.asText()))
                    .hasToString("{\"rows_read\":10,\"rows_written\":2,\"storage_bytes\":8192,\"bytes_synced\":0}");
        }
        for (JsonNode total : List.of(database.path("usage"), database.path("total"), usage.path("total"))) {
            assertThat(total)
                    .hasToString("{\"rows_read\":20,\"rows_written\":4,\"storage_bytes\":8192,\"bytes_synced\":0}");
        }
    }

    @Test
    void theUsageOfAnOrganizationIsThatOfItsDatabases() {
        api.post("/v1/groups", "{\"name\":\"eu\",\"location\":\"bos\"}");
        api.post("/v1/databases", "{\"name\":\"crm\",\"group\":\"eu\"}");
        JsonNode organization = api.get("/v1/usage").json().path("organization");
        assertThat(organization.path("uuid").asText())
                .isEqualTo(cluster.acme().id().toString());
        assertThat(organization.path("databases")).hasSize(2);
        assertThat(organization.path("usage"))
                .hasToString("{\"rows_read\":30,\"rows_written\":6,\"storage_bytes\":16384,\"bytes_synced\":0,"
                        + "\"databases\":2,\"locations\":3,\"groups\":2}");
        assertThat(api.get("/v1/organizations/acme/usage").json().path("organization"))
                .isEqualTo(organization);
    }

    @Test
    void queriesOfAllLocationsAreListedThoseWithTheMostRowsFirst() {
        JsonNode queries = api.get("/v1/databases/shop/usage/queries?from=2026-01-01T00:00:00Z")
                .json();
        assertThat(queries.isArray()).isTrue();
        assertThat(queries).hasSize(3);
        assertThat(queries.get(0).path("query").asText()).startsWith("INSERT at ");
        assertThat(queries.get(2)).hasToString("{\"query\":\"SELECT 1\",\"rows_read\":2,\"rows_written\":0}");
        assertThat(api.get("/v1/databases/shop/stats").json().path("top_queries"))
                .isEqualTo(queries);
        cluster.node("fra").reachable(false);
        cluster.node("lhr").reachable(false);
        assertThat(api.get("/v1/databases/shop/stats").text()).isEqualTo("{\"top_queries\":null}");
        assertThat(api.get("/v1/databases/nope/usage/queries").status()).isEqualTo(404);
    }

    @Test
    void aLocationThatDoesNotAnswerTellsNothing() {
        cluster.node("lhr").reachable(false);
        JsonNode database = api.get("/v1/databases/shop/usage").json().path("database");
        assertThat(database.path("instances")).hasSize(2);
        assertThat(database.at("/instances/1/usage/storage_bytes").asLong()).isZero();
        assertThat(database.at("/usage/rows_read").asLong()).isEqualTo(10);
    }

    @Test
    void timesThatAreNoneAreRefused() {
        for (String path : List.of("/v1/databases/shop/usage", "/v1/usage")) {
            assertThat(api.get(path + "?from=yesterday").error())
                    .startsWith("invalid from parameter: parsing time \"yesterday\" as");
            assertThat(api.get(path + "?to=2026-01-01T00:00:00").status()).isEqualTo(400);
            assertThat(api.get(path + "?to=2026-01-01T00:00:00%2B02:00").status())
                    .isEqualTo(200);
        }
        assertThat(api.get("/v1/databases/nope/usage").status()).isEqualTo(404);
    }
}
