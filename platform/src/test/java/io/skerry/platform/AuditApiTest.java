package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skerry.catalog.audit.Audit;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditApiTest extends ApiTestCase {

    private static final String LOG = "/v1/organizations/acme/audit-logs";

    @Test
    void aChangeIsThereWithWhoAndWhence() {
        api.send(
                "POST",
                "/v1/databases",
                "{\"name\":\"shop\"}",
                "Authorization",
                "Bearer " + cluster.token(),
                "User-Agent",
                "turso-cli/1.0.20 (linux/amd64)",
                "X-Request-Id",
                "req-9");
        JsonNode entry = api.get(LOG).json().at("/audit_logs/0");
        assertThat(entry.path("code").asText()).isEqualTo("db-create");
        assertThat(entry.path("author").asText()).isEqualTo("acme");
        assertThat(entry.path("origin").asText()).isEqualTo("cli");
        assertThat(entry.path("ip").asText()).isNotEmpty();
        assertThat(entry.at("/data/target").asText()).isEqualTo("shop");
        assertThat(entry.at("/data/result").asText()).isEqualTo("ok");
        assertThat(entry.at("/data/request_id").asText()).isEqualTo("req-9");
    }

    @Test
    void aConfigurationNamesAllThatChanged() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        api.send(
                "PATCH",
                "/v1/databases/shop/configuration",
                "{\"delete_protection\":true,\"block_writes\":true,\"size_limit\":\"1gb\",\"block_reads\":false}");
        JsonNode log = api.get(LOG).json().path("audit_logs");
        assertThat(log.at("/0/code").asText()).isEqualTo("db-configure");
        assertThat(log.at("/0/message").asText()).contains("size_limit=1gb, block_writes=true");
        assertThat(log.at("/1/code").asText()).isEqualTo("db-protect");
    }

    @Test
    void anOrganizationThatIsGoneIsInTheLogOfItsOwner() {
        api.post("/v1/organizations", "{\"name\":\"team\"}");
        assertThat(api.delete("/v1/organizations/team").status()).isEqualTo(200);
        JsonNode log = api.get(LOG).json().path("audit_logs");
        assertThat(log.at("/0/code").asText()).isEqualTo("org-delete");
        assertThat(log.at("/0/data/target").asText()).isEqualTo("team");
        assertThat(log.at("/1/code").asText()).isEqualTo("org-create");
    }

    @Test
    void pagesFollowOneAnotherNewestFirst() {
        for (int i = 0; i < 7; i++) {
            api.post("/v1/auth/api-tokens/t-" + i);
        }
        long rows = total();
        List<String> seen = new ArrayList<>();
        for (int page = 1; page <= (rows + 2) / 3; page++) {
            JsonNode answer = api.get(LOG + "?page=" + page + "&page_size=3").json();
            assertThat(answer.at("/pagination/page").asInt()).isEqualTo(page);
            assertThat(answer.at("/pagination/page_size").asInt()).isEqualTo(3);
            assertThat(answer.at("/pagination/total_pages").asLong()).isEqualTo((rows + 2) / 3);
            for (JsonNode entry : answer.path("audit_logs")) {
                seen.add(entry.at("/data/target").asText());
            }
        }
        assertThat(seen).hasSize((int) rows).startsWith("t-6", "t-5", "t-4", "t-3", "t-2", "t-1", "t-0");
        assertThat(api.get(LOG + "?page=1000000").json().path("audit_logs")).isEmpty();
    }

    @Test
    void theWholeLogComesInLinesOldestFirstEachEntryOnce() throws IOException {
        List<String> targets = new ArrayList<>();
        for (int i = 0; i < 7; i++) {
            api.post("/v1/auth/api-tokens/t-" + i);
            targets.add("t-" + i);
        }
        long rows = total();
        List<String> seen = new ArrayList<>();
        long after = 0;
        ApiServer.Reply reply = api.get(LOG + "?format=jsonl&page_size=4");
        assertThat(reply.response().headers().firstValue("content-type")).contains("application/x-ndjson");
        while (!reply.text().isEmpty() && seen.size() <= rows) {
            for (String line : reply.text().lines().toList()) {
                JsonNode entry = new ObjectMapper().readTree(line);
                seen.add(entry.at("/data/target").asText());
                after = entry.path("id").asLong();
            }
            reply = api.get(LOG + "?format=jsonl&page_size=4&after=" + after);
        }
        assertThat(seen).hasSize((int) rows).endsWith(targets.toArray(String[]::new));
        assertThat(api.get(LOG + "?format=csv").status()).isEqualTo(400);
        assertThat(api.get(LOG + "?format=jsonl&after=x").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"page=0", "page=-1", "page=x", "page_size=0", "page_size=1001", "page=99999999999"})
    void aPageThatCannotBeIsRefused(String query) {
        ApiServer.Reply reply = api.get(LOG + "?" + query);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).startsWith("invalid page");
    }

    private long total() {
        return cluster.catalog().read(sql -> Audit.count(sql, cluster.acme(sql).id()));
    }
}
