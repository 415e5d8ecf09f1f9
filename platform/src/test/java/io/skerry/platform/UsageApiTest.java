package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.usage.UsageRecords;
import io.skerry.catalog.usage.UsageReport;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.Meter.Reading;
import io.skerry.raft.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Every database of these nodes has 8192 bytes, and 10 rows read and 2 written were counted at each location
/// before the first report of its node.
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

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v1/organizations/acme"})
    void theUsageOfAGroupIsThatOfItsDatabases(String prefix) {
        api.post("/v1/groups", "{\"name\":\"eu\",\"location\":\"bos\"}");
        api.post("/v1/groups/eu/locations/lhr");
        api.post("/v1/databases", "{\"name\":\"crm\",\"group\":\"eu\"}");
        api.post("/v1/databases", "{\"name\":\"blog\",\"group\":\"eu\"}");
        Instant earlier = Instant.now().minus(Duration.ofDays(40));
        report("fra", earlier, 7, 0);
        report("fra", Instant.now(), 500, 50);
        JsonNode group = api.get(prefix + "/groups/eu/usage").json().path("group");
        assertThat(group.path("name").asText()).isEqualTo("eu");
        assertThat(group.path("uuid")).isEqualTo(api.get("/v1/groups/eu").json().at("/group/uuid"));
        assertThat(group.path("databases"))
                .containsExactlyInAnyOrder(
                        api.get("/v1/databases/crm/usage").json().path("database"),
                        api.get("/v1/databases/blog/usage").json().path("database"));
        assertThat(group.path("usage"))
                .hasToString("{\"rows_read\":40,\"rows_written\":8,\"storage_bytes\":16384,\"bytes_synced\":0,"
                        + "\"databases\":2,\"locations\":2}");
        String other = prefix + "/groups/default/usage";
        assertThat(api.get(other).json().at("/group/usage/rows_read")).hasToString("510");
        assertThat(api.get(other + "?from=" + earlier).json().at("/group/usage/rows_read"))
                .hasToString("517");
        assertThat(api.get(prefix + "/groups/nope/usage").status()).isEqualTo(404);
        assertThat(api.get(prefix + "/groups/eu/usage?from=yesterday").status()).isEqualTo(400);
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
    void aLocationThatDoesNotAnswerTellsWhatItHasReported() {
        cluster.node("lhr").reachable(false);
        assertThat(database("").at("/usage/rows_read").asLong()).isEqualTo(10);
        report("lhr", Instant.now(), 500, 50);
        JsonNode database = database("");
        assertThat(database.path("instances")).hasSize(2);
        assertThat(database.at("/instances/1/usage"))
                .hasToString("{\"rows_read\":500,\"rows_written\":50,\"storage_bytes\":0,\"bytes_synced\":0}");
        assertThat(database.at("/usage/rows_read").asLong()).isEqualTo(510);
    }

    @Test
    void aLocationThatHangsCostsItsOwnAnswerOnly() {
        cluster.node("lhr").hanging(true);
        try {
            JsonNode database = database("");
            assertThat(database.at("/instances/0/usage/rows_read").asLong()).isEqualTo(10);
            assertThat(database.at("/usage/rows_read").asLong()).isEqualTo(10);
        } finally {
            cluster.node("lhr").hanging(false);
        }
    }

    @Test
    void withoutATimeTheMonthCounts() {
        Instant month = Instant.now()
                .atOffset(ZoneOffset.UTC)
                .truncatedTo(ChronoUnit.DAYS)
                .withDayOfMonth(1)
                .toInstant();
        report("fra", month.minusSeconds(1), 1, 0);
        report("fra", month, 100, 0);
        report("lhr", Instant.now(), 1000, 0);
        assertThat(rowsRead("")).isEqualTo(1100);
        assertThat(rowsRead("?from=" + month)).isEqualTo(1100);
        assertThat(rowsRead("?from=" + month.minusSeconds(1))).isEqualTo(1101);
        assertThat(rowsRead("?to=" + month)).isEqualTo(0);
        assertThat(rowsRead("?to=" + month.minusSeconds(1))).isEqualTo(1);
        assertThat(rowsRead("?from=0000-01-01T00:00:00Z&to=9999-12-31T23:59:59Z"))
                .isEqualTo(1101);
    }

    @Test
    void whatALocationReportedStaysWhenItIsRemoved() {
        report("lhr", Instant.now(), 500, 50);
        api.delete("/v1/groups/default/locations/lhr");
        JsonNode database = database("");
        assertThat(database.path("instances")).hasSize(1);
        assertThat(database.at("/usage/rows_read").asLong()).isEqualTo(510);
        assertThat(database.at("/usage/storage_bytes").asLong()).isEqualTo(8192);
    }

    @Test
    void whatADatabaseUsedStaysWithTheOrganizationThatHadIt() {
        report("fra", Instant.now(), 500, 50);
        report("lhr", Instant.now(), 500, 50);
        assertThat(api.post("/v1/organizations", "{\"name\":\"team\"}").status())
                .isEqualTo(200);
        assertThat(api.post("/v1/organizations/acme/groups/default/transfer", "{\"organization\":\"team\"}")
                        .status())
                .isEqualTo(200);
        assertThat(api.get("/v1/organizations/acme/usage").json().at("/organization/usage"))
                .hasToString("{\"rows_read\":1000,\"rows_written\":100,\"storage_bytes\":0,\"bytes_synced\":0,"
                        + "\"databases\":0,\"locations\":0,\"groups\":0}");
        String path = "/v1/organizations/team/databases/shop/usage";
        assertThat(api.get(path).json().at("/total/rows_read").asLong()).isZero();
        assertThat(api.get(path).json().at("/total/storage_bytes").asLong()).isEqualTo(8192);
    }

    private JsonNode database(String query) {
        return api.get("/v1/databases/shop/usage" + query).json().path("database");
    }

    private long rowsRead(String query) {
        return database(query).at("/usage/rows_read").asLong();
    }

    /// The node's next report.
    private void report(String location, Instant since, long rowsRead, long rowsWritten) {
        NodeId node = new NodeId(location + "-1");
        DatabaseId shop = cluster.catalog()
                .byName("acme", "shop")
                .orElseThrow()
                .database()
                .id();
        cluster.catalog().write(sql -> {
            UsageReport report = new UsageReport(
                    UUID.randomUUID().toString(),
                    UsageRecords.lastReport(sql, node),
                    node,
                    new LocationCode(location),
                    since.toEpochMilli(),
                    List.of(new Reading(shop, rowsRead, rowsWritten, List.of())));
            return UsageRecords.record(sql, report, Instant.now());
        });
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
        assertThat(api.get("/v1/databases/shop/usage?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z")
                        .error())
                .isEqualTo("invalid from parameter: 2026-02-01T00:00:00Z is after 2026-01-01T00:00:00Z");
        assertThat(api.get("/v1/usage?to=%2B999999999-01-01T00:00:00Z").status())
                .isEqualTo(400);
        assertThat(api.get("/v1/databases/nope/usage").status()).isEqualTo(404);
    }
}
