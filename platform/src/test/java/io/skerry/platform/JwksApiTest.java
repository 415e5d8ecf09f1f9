package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.testing.TestCluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JwksApiTest {

    private static final String JWKS = "/v2/organizations/acme/jwks";

    private final TestCluster cluster = new TestCluster();
    private final ApiServer api = new ApiServer(cluster);

    @AfterEach
    void close() {
        api.close();
        cluster.close();
    }

    @Test
    void anIssuerIsNamedChangedAndForgotten() {
        assertThat(put("clerk", "https://clerk.example/keys").text()).isEqualTo("{}");
        put("clerk", "https://clerk.example/other");
        assertThat(api.get(JWKS).text())
                .isEqualTo("{\"jwks\":[{\"jwks_name\":\"clerk\",\"jwks_url\":\"https://clerk.example/other\"}]}");
        assertThat(api.send("DELETE", JWKS + "/clerk", "{\"region\":\"\"}").text())
                .isEqualTo("{}");
        assertThat(api.delete(JWKS + "/clerk").error()).isEqualTo("could not find jwks clerk");
        assertThat(api.get(JWKS).text()).isEqualTo("{\"jwks\":[]}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "http://clerk.example", "https://", "file:///etc/passwd", "https://u:p@clerk.example", "a b"
            })
    void anAddressThatIsNotHttpsIsRefused(String url) {
        assertThat(put("clerk", url).error()).isEqualTo("invalid jwks_url: must be an https URL");
    }

    @Test
    void thereAreTwentyAtTheMost() {
        for (int i = 0; i < 20; i++) {
            assertThat(put("i-" + i, "https://clerk.example").status()).isEqualTo(200);
        }
        assertThat(put("i-20", "https://clerk.example").error()).contains("may not have more");
        assertThat(put("i-19", "https://clerk.example/new").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"database":"shop","group":null,"scope":"read-only"} | 200 | {"template":{"a":"ro","id":"DATABASE"}}
            {"group":"default","scope":"full-access"}            | 200 | {"template":{"a":"rw","gid":"GROUP"}}
            {"permissions":[]}                                   | 200 | {"template":{"a":"rw"}}
            {"database":"nope"}                                  | 404 | {"error":"could not find database with name nope: record not found"}
            {"database":"shop","group":"default"}                | 200 | {"template":{"a":"rw","id":"DATABASE"}}
            {"database":"shop","group":"eu"}                     | 400 | {"error":"database shop is not in group eu"}
            {"database":"shop","group":"nope"}                   | 404 | {"error":"group not found"}
            {"group":"nope"}                                     | 404 | {"error":"group not found"}
            {"scope":"all"}                                      | 400 | {"error":"invalid scope: all, must be full-access or read-only"}
            {"permissions":[{"t":null,"a":["data_read"]}]}       | 200 | {"template":{"a":"rw","fgp":[{"a":["data_read"]}]}}
            {"permissions":[{"t":["x"],"a":["data_insert"]}]}    | 400 | {"error":"unknown action: data_insert, must be one of data_read, data_add, data_update, data_delete, schema_add, schema_update, schema_delete"}
            """)
    void aTemplateIsWhatATokenHasToClaim(String body, int status, String answer) {
        api.post("/v1/groups", "{\"name\":\"eu\",\"location\":\"lhr\"}");
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        String database =
                api.get("/v1/databases/shop").json().at("/database/DbId").asText();
        String group = api.get("/v1/groups/default").json().at("/group/uuid").asText();
        ApiServer.Reply reply = api.send("GET", "/v2/organizations/acme/jwks-template", body);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.text()).isEqualTo(answer.replace("DATABASE", database).replace("GROUP", group));
    }

    private ApiServer.Reply put(String name, String url) {
        return api.send("PUT", JWKS + "/" + name, "{\"jwks_url\":\"" + url + "\",\"region\":\"\"}");
    }
}
