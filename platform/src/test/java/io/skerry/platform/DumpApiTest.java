package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.testing.TestCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Dumps are uploaded, and become databases.
class DumpApiTest {

    private static final String GOOD = "PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\nCREATE TABLE t (a);\nCOMMIT;\n";
    private static final String BOUNDARY = "the-boundary";

    private final TestCluster cluster = new TestCluster();
    private final ApiServer api = new ApiServer(cluster);

    @AfterEach
    void close() {
        api.close();
        cluster.close();
    }

    private ApiServer.Reply upload(String path, String body, String type) {
        return api.send("POST", path, body, "Authorization", "Bearer " + cluster.token(), "Content-Type", type);
    }

    private ApiServer.Reply upload(String dump) {
        return upload(
                "/v1/organizations/acme/databases/dumps",
                part("name=\"file\"; filename=\"dump.sql\"", dump) + "--" + BOUNDARY + "--\r\n",
                "multipart/form-data; boundary=" + BOUNDARY);
    }

    private static String part(String disposition, String content) {
        return "--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + disposition
                + "\r\nContent-Type: application/octet-stream\r\n\r\n" + content + "\r\n";
    }

    private ApiServer.Reply create(String name, String url) {
        return api.post(
                "/v1/databases", "{\"name\":\"" + name + "\",\"seed\":{\"type\":\"dump\",\"url\":\"" + url + "\"}}");
    }

    private String url(ApiServer.Reply uploaded) {
        assertThat(uploaded.status()).as(uploaded.text()).isEqualTo(200);
        return uploaded.json().path("dump_url").asText();
    }

    @Test
    void aDatabaseIsMadeOfADumpOnce() {
        String url = url(upload(GOOD));
        assertThat(url).startsWith("http://localhost:8080/v1/dumps/fra-1/");
        assertThat(create("crm", url).status()).isEqualTo(200);
        assertThat(api.get("/v1/databases/crm")
                        .json()
                        .at("/database/parent/name")
                        .asText())
                .isEmpty();
        ApiServer.Reply again = create("erp", url);
        assertThat(again.status()).isEqualTo(400);
        assertThat(again.error()).startsWith("invalid seed: there is no such upload");
        assertThat(api.get("/v1/databases/erp").status()).isEqualTo(404);
    }

    @Test
    void theAuditLogTellsOfWhichDumpADatabaseIs() {
        String url = url(upload(GOOD));
        String id = url.substring(url.lastIndexOf('/') + 1);
        assertThat(create("crm", url).status()).isEqualTo(200);
        assertThat(api.post("/v1/databases", "{\"name\":\"erp\",\"seed\":{\"type\":\"database\",\"name\":\"crm\"}}")
                        .status())
                .isEqualTo(200);
        JsonNode log = api.get("/v1/organizations/acme/audit-logs").json().path("audit_logs");
        assertThat(log.at("/0/message").asText()).isEqualTo("default, from database crm");
        assertThat(log.at("/1/message").asText()).isEqualTo("default, from dump " + id);
        assertThat(log.at("/2/code").asText()).isEqualTo("dump-upload");
        assertThat(log.at("/2/message").asText()).isEqualTo(GOOD.length() + " bytes, at node fra-1");
        assertThat(log.at("/2/data/target").asText()).isEqualTo(id);
    }

    @Test
    void aNameThatIsTakenLeavesTheDump() {
        api.post("/v1/databases", "{\"name\":\"crm\"}");
        String url = url(upload(GOOD));
        assertThat(create("crm", url).status()).isEqualTo(409);
        assertThat(create("erp", url).status()).isEqualTo(200);
    }

    @Test
    void anotherOrganizationsAttemptLeavesTheDump() {
        api.post("/v1/organizations", "{\"name\":\"other\"}");
        api.post("/v1/organizations/other/groups", "{\"name\":\"default\",\"location\":\"fra\"}");
        String url = url(upload(GOOD));
        ApiServer.Reply foreign = api.post(
                "/v1/organizations/other/databases",
                "{\"name\":\"crm\",\"seed\":{\"type\":\"dump\",\"url\":\"" + url + "\"}}");
        assertThat(foreign.status()).isEqualTo(400);
        assertThat(foreign.error()).startsWith("invalid seed: there is no such upload");
        assertThat(create("crm", url).status()).isEqualTo(200);
    }

    @Test
    void whatIsWrongIsToldAndNothingIsLeft() {
        ApiServer.Reply reply = create("crm", url(upload("BEGIN;\n\nCREATE TABEL t (a);\nCOMMIT;\n")));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo("invalid seed: line 3: near \"TABEL\": syntax error");
        assertThat(api.get("/v1/databases").json().path("databases")).isEmpty();
        assertThat(cluster.node("fra").groups())
                .allSatisfy(group ->
                        assertThat(cluster.node("fra").databases(group)).isEmpty());
        assertThat(create("crm", url(upload(GOOD))).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://example.com/dump.sql",
                "file:///etc/passwd",
                "http://localhost:8080/v1/dumps/fra-1/not-an-id-but-as-long-as-one-is-here",
                "http://169.254.169.254/v1/dumps/fra-1/../../x"
            })
    void onlyUrlsOfThisServerAreTaken(String url) {
        ApiServer.Reply reply = create("crm", url);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).startsWith("invalid seed: url is not one that POST databases/dumps answered");
    }

    @Test
    void aDumpThatIsUnknownIsRefused() {
        String id = "00000000-0000-4000-8000-000000000000";
        for (String node : new String[] {"fra-1", "nowhere-1"}) {
            ApiServer.Reply reply = create("crm", "http://localhost:8080/v1/dumps/" + node + "/" + id);
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.error()).startsWith("invalid seed: ");
        }
    }

    @Test
    void oneThatIsTooLargeIsRefused() {
        ApiServer.Reply reply = upload("-- " + "x".repeat(17_000));
        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.error()).isEqualTo("the dump is larger than 16384 bytes");
    }

    @Test
    void otherPartsAreSkippedAndTheContentIsTakenAsItIs() {
        String tricky = GOOD + "-- \r\n--the-boundar\r\n-- \r";
        String body = "preamble\r\n" + part("name=\"note\"", "hello") + part("filename=\"a;b\"; name=file", tricky)
                + part("name=\"after\"", "bye") + "--" + BOUNDARY + "--";
        ApiServer.Reply reply = upload(
                "/v1/databases/dumps", body, "Multipart/Form-Data; charset=utf-8; Boundary=\"" + BOUNDARY + "\"");
        assertThat(create("crm", url(reply)).status()).isEqualTo(200);
    }

    @Test
    void bodiesThatAreNoneAreRefused() {
        String type = "multipart/form-data; boundary=" + BOUNDARY;
        String whole = part("name=\"file\"", GOOD);
        for (String[] bad : new String[][] {
            {"", type},
            {"{}", "application/json"},
            {whole + "--" + BOUNDARY + "--", "multipart/form-data"},
            {whole, type},
            {whole.substring(0, 40), type},
            {part("name=\"files\"", GOOD) + "--" + BOUNDARY + "--", type},
            {"--" + BOUNDARY + "--", type},
            {"x".repeat(70_000) + whole + "--" + BOUNDARY + "--", type},
            {"--" + BOUNDARY + "\r\nX: " + "y".repeat(10_000), type}
        }) {
            ApiServer.Reply reply = upload("/v1/databases/dumps", bad[0], bad[1]);
            assertThat(reply.status()).as(reply.text()).isEqualTo(400);
            assertThat(reply.error()).startsWith("invalid request body: ");
        }
    }

    @Test
    void whoMayNotCreateMayNotUpload() {
        String viewer = People.member(cluster, "vic", Role.VIEWER);
        ApiServer.Reply reply =
                api.send("POST", "/v1/organizations/acme/databases/dumps", "", "Authorization", "Bearer " + viewer);
        assertThat(reply.status()).isEqualTo(403);
        assertThat(api.send("POST", "/v1/databases/dumps", "", "X-Nothing", "x").status())
                .isEqualTo(401);
    }
}
