package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.token.TokenException;
import io.skerry.engine.query.SessionOptions;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenApiTest {

    private static final String SHOP = "/v1/databases/shop/auth";
    private static final String GROUP = "/v1/organizations/acme/groups/default/auth";

    private final TestCluster cluster = new TestCluster();
    private final ApiServer api = new ApiServer(cluster);

    @BeforeEach
    void createDatabases() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        api.post("/v1/databases", "{\"name\":\"crm\"}");
    }

    @AfterEach
    void close() {
        api.close();
        cluster.close();
    }

    @Test
    void aDatabaseTokenOpensItsDatabaseOnly() throws IOException {
        String jwt = mint(SHOP + "/tokens");
        assertThat(access("shop", jwt)).isEqualTo(SessionOptions.FULL);
        assertThatThrownBy(() -> access("crm", jwt))
                .isInstanceOfSatisfying(
                        TokenException.class, e -> assertThat(e.status()).isEqualTo(404));
        JsonNode claims = claims(jwt);
        assertThat(claims.path("id").asText())
                .isEqualTo(route("shop").database().id().toString());
        assertThat(claims.path("a").asText()).isEqualTo("rw");
        assertThat(claims.path("rid").asLong()).isEqualTo(1);
        assertThat(claims.has("exp")).isFalse();
        assertThat(claims.has("aud")).isFalse();
    }

    @Test
    void aGroupTokenOpensEveryDatabaseOfItsGroupLaterOnesToo() {
        String jwt = mint(GROUP + "/tokens");
        api.post("/v1/databases", "{\"name\":\"later\"}");
        api.post("/v1/groups", "{\"name\":\"eu\",\"location\":\"lhr\"}");
        api.post("/v1/databases", "{\"name\":\"other\",\"group\":\"eu\"}");
        for (String name : List.of("shop", "crm", "later")) {
            assertThat(access(name, jwt)).isEqualTo(SessionOptions.FULL);
        }
        assertThatThrownBy(() -> access("other", jwt)).isInstanceOf(TokenException.class);
    }

    @Test
    void aReadOnlyTokenIsReadOnly() {
        assertThat(access("shop", mint(SHOP + "/tokens?authorization=read-only")))
                .isEqualTo(SessionOptions.READ_ONLY);
        assertThat(access("shop", mint(GROUP + "/tokens?authorization=read-only")))
                .isEqualTo(SessionOptions.READ_ONLY);
        assertThat(access("shop", mint(SHOP + "/tokens?authorization=full-access")))
                .isEqualTo(SessionOptions.FULL);
    }

    @Test
    void rotatingADatabaseKillsItsTokensAndNoOthers() {
        String shop = mint(SHOP + "/tokens");
        String crm = mint("/v1/databases/crm/auth/tokens");
        String group = mint(GROUP + "/tokens");
        access("shop", shop);
        ApiServer.Reply rotated = api.post(SHOP + "/rotate");
        assertThat(rotated.status()).isEqualTo(200);
        assertThat(rotated.text()).isEqualTo("{}");
        assertThatThrownBy(() -> access("shop", shop))
                .isInstanceOf(TokenException.class)
                .hasMessage("Unauthorized: `The JWT is invalid`");
        assertThat(access("crm", crm)).isEqualTo(SessionOptions.FULL);
        assertThat(access("shop", group)).isEqualTo(SessionOptions.FULL);
        assertThat(access("shop", mint(SHOP + "/tokens"))).isEqualTo(SessionOptions.FULL);
    }

    @Test
    void rotatingAGroupKillsItsTokensAndThoseOfItsDatabases() {
        String shop = mint(SHOP + "/tokens");
        String group = mint(GROUP + "/tokens");
        access("shop", shop);
        access("shop", group);
        assertThat(api.post(GROUP + "/rotate").text()).isEqualTo("{}");
        for (String dead : List.of(shop, group)) {
            assertThatThrownBy(() -> access("shop", dead)).isInstanceOf(TokenException.class);
        }
        assertThat(access("shop", mint(SHOP + "/tokens"))).isEqualTo(SessionOptions.FULL);
        assertThat(access("shop", mint(GROUP + "/tokens"))).isEqualTo(SessionOptions.FULL);
    }

    @ParameterizedTest
    @CsvSource({"7d,604800", "2w1d30m,1297800", "1w2d6h3ns,799200", "1h,3600", "90s,90", "1500ms,1"})
    void aTokenLivesAsLongAsWasAskedFor(String expiration, long seconds) throws IOException {
        JsonNode claims = claims(mint(SHOP + "/tokens?expiration=" + expiration));
        assertThat(claims.path("exp").asLong() - claims.path("iat").asLong()).isBetween(seconds, seconds + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"never", "none", "default", ""})
    void someTokensNeverDie(String expiration) throws IOException {
        assertThat(claims(mint(GROUP + "/tokens?expiration=" + expiration)).has("exp"))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"abc", "-1d", "7", "1.5d", "d", "7d%20", "7D", "1d-1h", "0s", "999999999999999999w", "7d;drop"})
    void refusesWhatIsNoDuration(String expiration) {
        for (String path : List.of(SHOP, GROUP)) {
            ApiServer.Reply reply = api.post(path + "/tokens?expiration=" + expiration);
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.error()).isEqualTo("Invalid expiration format");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "",
                "{\"permissions\":{\"read_attach\":{\"databases\":[]}}}",
                "{\"permissions\":null,\"fine_grained_permissions\":[]}"
            })
    void noPermissionsAreNoPermissions(String body) {
        assertThat(api.post(SHOP + "/tokens", body).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"permissions\":{\"read_attach\":{\"databases\":\"crm\"}}}",
                "{\"permissions\":{\"read_attach\":{\"databases\":[7]}}}",
                "{\"permissions\":{\"read_attach\":{\"databases\":[\"crm\"]}},"
                        + "\"fine_grained_permissions\":[{\"a\":[\"data_read\"]}]}",
                "{\"fine_grained_permissions\":{\"a\":1}}",
                "{\"fine_grained_permissions\":{}}",
                "{\"fine_grained_permissions\":false}",
                "[]",
                "null"
            })
    void neverIssuesAWiderTokenThanWasAskedFor(String body) {
        assertThat(api.post(SHOP + "/tokens", body).status()).isEqualTo(400);
        assertThat(api.post(GROUP + "/tokens", body).status()).isEqualTo(400);
    }

    @Test
    void whatMayBeAttachedIsInTheToken() throws IOException {
        String crm = route("crm").database().id().toString();
        String body = "{\"Permissions\":{\"Read_Attach\":{\"Databases\":[\"crm\",\"crm\"]}}}";
        String jwt = api.post(SHOP + "/tokens?authorization=read-only", body)
                .json()
                .path("jwt")
                .asText();
        assertThat(claims(jwt).path("p").toString())
                .isEqualTo("{\"ro\":{\"ns\":[\"" + route("shop").database().id() + "\"]},\"roa\":{\"ns\":[\"" + crm
                        + "\"]}}");
        assertThat(access("shop", jwt).readOnly()).isTrue();
        assertThat(access("shop", jwt).attach().include(route("crm").database().id(), 1))
                .isTrue();
        assertThat(access("shop", jwt).attach().include(route("crm").database().id(), 2))
                .isFalse();
        assertThatThrownBy(() -> access("crm", jwt)).isInstanceOf(TokenException.class);
        String group = api.post(GROUP + "/tokens", body).json().path("jwt").asText();
        assertThat(claims(group).path("p").path("rw").path("tags").path(0).asText())
                .isEqualTo(route("shop").group().id().toString());
        assertThat(access("crm", group).readOnly()).isFalse();
        assertThat(access("shop", group).attach().databases()).hasSize(1);
        assertThat(access("shop", mint(SHOP + "/tokens")).attach().none()).isTrue();
    }

    @Test
    void whatCannotBeAttachedIsNotGranted() {
        api.post("/v1/groups", "{\"name\":\"eu\",\"location\":\"lhr\"}");
        api.post("/v1/databases", "{\"name\":\"other\",\"group\":\"eu\"}");
        for (String path : List.of(SHOP, GROUP)) {
            ApiServer.Reply far =
                    api.post(path + "/tokens", "{\"permissions\":{\"read_attach\":{\"databases\":[\"other\"]}}}");
            assertThat(far.status()).isEqualTo(400);
            assertThat(far.error()).startsWith("database other is not in group default");
            ApiServer.Reply none =
                    api.post(path + "/tokens", "{\"permissions\":{\"read_attach\":{\"databases\":[\"nope\"]}}}");
            assertThat(none.status()).isEqualTo(404);
            assertThat(none.error()).isEqualTo("could not find database with name nope: record not found");
        }
        String many = String.join(",", java.util.Collections.nCopies(33, "\"crm\""));
        assertThat(api.post(SHOP + "/tokens", "{\"permissions\":{\"read_attach\":{\"databases\":[" + many + "]}}}")
                        .error())
                .isEqualTo("too many databases in read_attach: at most 32");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [{"t":null,"a":["data_read"]}]                              | [{"a":["data_read"]}]
            [{"T":["Orders"],"A":["data_update","data_add"]}]           | [{"t":["orders"],"a":["data_add","data_update"]}]
            [{"t":["a"],"a":["data_read"]},{"t":["b"],"a":["data_read"]},{"a":["schema_add"]}] \
            | [{"a":["schema_add"]},{"t":["a","b"],"a":["data_read"]}]
            """)
    void permissionsAreInTheTokenInAsFewWordsAsCanBe(String asked, String claimed) throws IOException {
        String body = "{\"fine_grained_permissions\":" + asked + "}";
        for (String path : List.of(SHOP, GROUP)) {
            String jwt = api.post(path + "/tokens?authorization=read-only", body)
                    .json()
                    .path("jwt")
                    .asText();
            assertThat(claims(jwt).path("fgp").toString()).isEqualTo(claimed);
            assertThat(claims(jwt).path("a").asText()).isEqualTo("ro");
            assertThat(access("shop", jwt).readOnly()).isTrue();
            assertThat(access("shop", jwt).permissions().limit()).isTrue();
        }
    }

    @Test
    void everythingOnEverythingIsNoLimit() throws IOException {
        String all = "[\"data_read\",\"data_add\",\"data_update\",\"data_delete\","
                + "\"schema_add\",\"schema_update\",\"schema_delete\"]";
        String jwt = api.post(SHOP + "/tokens", "{\"fine_grained_permissions\":[{\"a\":" + all + "}]}")
                .json()
                .path("jwt")
                .asText();
        assertThat(claims(jwt).has("fgp")).isFalse();
        assertThat(access("shop", jwt)).isEqualTo(SessionOptions.FULL);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            [{"t":["a"],"a":["data_insert"]}] | unknown action: data_insert, must be one of data_read, data_add, \
            data_update, data_delete, schema_add, schema_update, schema_delete
            [{"t":["a"],"a":[7]}]             | unknown action: 7, must be one of data_read, data_add, data_update, \
            data_delete, schema_add, schema_update, schema_delete
            [{"t":["a"],"a":[]}]              | a must name an action
            [{"t":["a"]}]                     | a must be a list
            [{"t":[],"a":["data_read"]}]      | t must name a table, or be left out for all of them
            [{"t":[""],"a":["data_read"]}]    | t must be a list of names of tables
            [{"t":"a","a":["data_read"]}]     | t must be a list
            [{"t":[7],"a":["data_read"]}]     | t must be a list of names of tables
            ["data_read"]                     | each fine-grained permission must be an object with t and a
            {"t":["a"],"a":["data_read"]}     | fine-grained permissions must be a list
            "data_read"                       | fine-grained permissions must be a list
            7                                 | fine-grained permissions must be a list
            true                              | fine-grained permissions must be a list
            """)
    void saysWhatIsWrongWithPermissions(String permissions, String error) {
        ApiServer.Reply reply = api.post(SHOP + "/tokens", "{\"fine_grained_permissions\":" + permissions + "}");
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo(error);
    }

    @Test
    void aTokenDoesNotGrowWithoutBound() {
        String entry = "{\"t\":[\"a\"],\"a\":[\"data_read\"]}";
        assertThat(permissions(String.join(",", java.util.Collections.nCopies(100, entry)))
                        .status())
                .isEqualTo(200);
        assertThat(permissions(String.join(",", java.util.Collections.nCopies(101, entry)))
                        .error())
                .isEqualTo("too many fine-grained permissions: at most 100");
        assertThat(permissions(entry.replace("[\"a\"]", "[\"" + "ä".repeat(1024) + "\"]"))
                        .status())
                .isEqualTo(200);
        assertThat(permissions(entry.replace("[\"a\"]", "[\"" + "ä".repeat(1024) + "\",\"b\"]"))
                        .error())
                .contains("2049 bytes, at most 2048 are possible");
    }

    private ApiServer.Reply permissions(String entries) {
        return api.post(SHOP + "/tokens", "{\"fine_grained_permissions\":[" + entries + "]}");
    }

    @Test
    void refusesAnUnknownAuthorization() {
        assertThat(api.post(SHOP + "/tokens?authorization=admin").status()).isEqualTo(400);
    }

    private String mint(String path) {
        ApiServer.Reply reply = api.post(path, "{}");
        assertThat(reply.status()).isEqualTo(200);
        return reply.json().path("jwt").asText();
    }

    private SessionOptions access(String database, String jwt) {
        return api.tokens().verify(route(database), "Bearer " + jwt);
    }

    private DatabaseRoute route(String database) {
        return cluster.catalog().byName("acme", database).orElseThrow();
    }

    private static JsonNode claims(String jwt) throws IOException {
        return new ObjectMapper().readTree(Base64.getUrlDecoder().decode(jwt.split("\\.")[1]));
    }
}
