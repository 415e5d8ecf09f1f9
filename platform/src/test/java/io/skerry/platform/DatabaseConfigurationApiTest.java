package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.engine.query.Restrictions;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseConfigurationApiTest extends ApiTestCase {

    private static final String PATH = "/v1/databases/shop/configuration";

    @BeforeEach
    void createShop() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
    }

    @Test
    void aNewDatabaseHasNoRestriction() {
        assertThat(api.get(PATH).text())
                .isEqualTo("{\"size_limit\":\"0\",\"allow_attach\":false,\"block_reads\":false,"
                        + "\"block_writes\":false,\"delete_protection\":false,\"allowed_ips\":[],"
                        + "\"allowed_aws_vpc_ids\":[]}");
        assertThat(route().restrictions()).isEqualTo(Restrictions.NONE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1", "/v1/organizations/acme"})
    void whatIsSetIsAnsweredKeptAndCounts(String prefix) {
        String path = prefix + "/databases/shop/configuration";
        ApiServer.Reply changed = patch(path, """
                {"size_limit":"256mb","allow_attach":true,"block_reads":true,"block_writes":true,
                 "delete_protection":true,"allowed_ips":["10.0.0.0/8","::1"],"allowed_aws_vpc_ids":[]}
                """);
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.json().path("size_limit").asText()).isEqualTo("256mb");
        assertThat(GroupApiTest.texts(changed.json().path("allowed_ips"))).containsExactly("10.0.0.0/8", "::1");
        assertThat(api.get(path).json()).isEqualTo(changed.json());
        JsonNode database = api.get(prefix + "/databases/shop").json().path("database");
        for (String flag : List.of("allow_attach", "block_reads", "block_writes", "delete_protection")) {
            assertThat(changed.json().path(flag).asBoolean()).as(flag).isTrue();
            assertThat(database.path(flag).asBoolean()).as(flag).isTrue();
        }
        assertThat(route().restrictions()).isEqualTo(new Restrictions(true, true, 256 << 20));
        assertThat(route().database().allowedIps().allows(InetAddress.ofLiteral("10.9.9.9")))
                .isTrue();
        assertThat(route().database().allowedIps().allows(InetAddress.ofLiteral("11.9.9.9")))
                .isFalse();
    }

    @Test
    void whatIsAbsentStaysAndNullMeansSomethingForListsOnly() {
        patch(PATH, "{\"size_limit\":\"1gb\",\"block_reads\":true,\"allowed_ips\":[\"::1\"]}");
        JsonNode before = api.get(PATH).json();
        for (String body : List.of(
                "",
                "{}",
                "{\"unheard_of\":1}",
                "{\"allow_attach\":null,\"delete_protection\":null,\"block_reads\":null,\"size_limit\":null}",
                "{\"size_limit\":\"\"}")) {
            long frame = cluster.catalog().frame().value();
            assertThat(patch(PATH, body).json()).as(body).isEqualTo(before);
            assertThat(cluster.catalog().frame().value()).as(body).isEqualTo(frame);
        }
        assertThat(patch(PATH, "{\"Block_Reads\":false}")
                        .json()
                        .path("block_reads")
                        .asBoolean())
                .isFalse();
        assertThat(patch(PATH, "{\"allowed_ips\":null}").json().path("allowed_ips"))
                .isEmpty();
        patch(PATH, "{\"allowed_ips\":[\"::1\",\"::2\"]}");
        assertThat(patch(PATH, "{\"allowed_ips\":[]}").json().path("allowed_ips"))
                .isEmpty();
        assertThat(patch(PATH, "{\"size_limit\":\"0\"}")
                        .json()
                        .path("size_limit")
                        .asText())
                .isEqualTo("0");
        assertThat(route().restrictions()).isEqualTo(Restrictions.NONE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"size_limit":"big"}                     | invalid size_limit: big
            {"size_limit":5}                         | invalid request body: size_limit must be a string
            {"block_reads":"yes"}                    | invalid request body: block_reads must be true or false
            {"allowed_ips":"::1"}                    | invalid request body: allowed_ips must be a list of strings
            {"allowed_ips":[1]}                      | invalid request body: allowed_ips must be a list of strings
            {"block_reads":true,"allowed_ips":["x"]} | invalid allowed_ips: "x" is no IPv4 or IPv6 address and no network in CIDR notation
            {"allowed_aws_vpc_ids":"vpce-1"}         | invalid request body: allowed_aws_vpc_ids must be a list of strings
            {"block_reads":true,"allowed_aws_vpc_ids":["vpce-1","vpce-"]} | invalid allowed_aws_vpc_ids: "vpce-" is no id of a VPC endpoint, such as vpce-0123
            {"allowed_aws_vpc_ids":["vpc-1"]}        | invalid allowed_aws_vpc_ids: "vpc-1" is no id of a VPC endpoint, such as vpce-0123
            """)
    void refusesWhatMakesNoSenseAndChangesNothing(String body, String text) {
        ApiServer.Reply reply = patch(PATH, body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo(text);
        assertThat(route().restrictions()).isEqualTo(Restrictions.NONE);
    }

    @Test
    void endpointsAreKeptAndCleared() {
        JsonNode changed = patch(PATH, "{\"allowed_aws_vpc_ids\":[\"vpce-1\",\"vpce-0fe6c8807461bba49\"]}")
                .json();
        assertThat(GroupApiTest.texts(changed.path("allowed_aws_vpc_ids")))
                .containsExactly("vpce-1", "vpce-0fe6c8807461bba49");
        assertThat(patch(PATH, "{\"allow_attach\":true}").json().path("allowed_aws_vpc_ids"))
                .hasSize(2);
        assertThat(route().database().allowedVpcs().ids()).hasSize(2);
        for (String none : List.of("null", "[]")) {
            patch(PATH, "{\"allowed_aws_vpc_ids\":[\"vpce-1\"]}");
            assertThat(patch(PATH, "{\"allowed_aws_vpc_ids\":" + none + "}")
                            .json()
                            .path("allowed_aws_vpc_ids"))
                    .isEmpty();
        }
    }

    @Test
    void aDatabaseThatIsNotThereHasNoConfiguration() {
        for (String method : List.of("GET", "PATCH")) {
            ApiServer.Reply reply = api.send(method, "/v1/databases/nope/configuration", null);
            assertThat(reply.status()).isEqualTo(404);
            assertThat(reply.error()).isEqualTo("could not find database with name nope: record not found");
        }
    }

    @Test
    void aProtectedDatabaseIsNotDeletedUntilTheProtectionIsLifted() {
        patch(PATH, "{\"delete_protection\":true}");
        ApiServer.Reply refused = api.delete("/v1/databases/shop");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("database shop is protected from deletion: lift the protection first");
        patch(PATH, "{\"delete_protection\":false}");
        assertThat(api.delete("/v1/databases/shop").status()).isEqualTo(200);
    }

    @Test
    void everyChangeIsInTheAuditLog() {
        patch(PATH, "{\"delete_protection\":true}");
        patch(PATH, "{\"delete_protection\":false}");
        patch(PATH, "{\"block_writes\":true}");
        patch(PATH, "{\"block_writes\":true}");
        List<Audit.Entry> log = cluster.catalog()
                .read(sql -> Audit.newest(sql, cluster.acme(sql).id(), 3));
        assertThat(log).extracting(Audit.Entry::action).containsExactly("db-configure", "db-unprotect", "db-protect");
    }

    @Test
    void anOrganizationThatIsBlockedBlocksItsDatabases() {
        cluster.catalog().write(sql -> sql.update("UPDATE organizations SET blocked_writes = 1"));
        assertThat(route().restrictions()).isEqualTo(new Restrictions(false, true, Long.MAX_VALUE));
    }

    private ApiServer.Reply patch(String path, String body) {
        return api.send("PATCH", path, body);
    }

    private DatabaseRoute route() {
        return cluster.catalog().byName("acme", "shop").orElseThrow();
    }
}
