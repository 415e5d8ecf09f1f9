package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.token.DatabaseTokens.Access;
import io.skerry.catalog.token.TokenException;
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
        assertThat(access("shop", jwt)).isEqualTo(Access.FULL);
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
            assertThat(access(name, jwt)).isEqualTo(Access.FULL);
        }
        assertThatThrownBy(() -> access("other", jwt)).isInstanceOf(TokenException.class);
    }

    @Test
    void aReadOnlyTokenIsReadOnly() {
        assertThat(access("shop", mint(SHOP + "/tokens?authorization=read-only")))
                .isEqualTo(Access.READ_ONLY);
        assertThat(access("shop", mint(GROUP + "/tokens?authorization=read-only")))
                .isEqualTo(Access.READ_ONLY);
        assertThat(access("shop", mint(SHOP + "/tokens?authorization=full-access")))
                .isEqualTo(Access.FULL);
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
        assertThat(access("crm", crm)).isEqualTo(Access.FULL);
        assertThat(access("shop", group)).isEqualTo(Access.FULL);
        assertThat(access("shop", mint(SHOP + "/tokens"))).isEqualTo(Access.FULL);
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
        assertThat(access("shop", mint(SHOP + "/tokens"))).isEqualTo(Access.FULL);
        assertThat(access("shop", mint(GROUP + "/tokens"))).isEqualTo(Access.FULL);
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
                "null",
                "{\"permissions\":{\"read_attach\":{\"databases\":[]}}}",
                "{\"permissions\":null,\"fine_grained_permissions\":[]}"
            })
    void noPermissionsAreNoPermissions(String body) {
        assertThat(api.post(SHOP + "/tokens", body).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"permissions\":{\"read_attach\":{\"databases\":[\"crm\"]}}}",
                "{\"Permissions\":{\"Read_Attach\":{\"Databases\":[\"crm\"]}}}",
                "{\"fine_grained_permissions\":[{\"t\":null,\"a\":[\"data_read\"]}]}",
                "{\"fine_grained_permissions\":{\"a\":1}}",
                "[]"
            })
    void neverIssuesAWiderTokenThanWasAskedFor(String body) {
        assertThat(api.post(SHOP + "/tokens", body).status()).isEqualTo(400);
        assertThat(api.post(GROUP + "/tokens", body).status()).isEqualTo(400);
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

    private Access access(String database, String jwt) {
        return api.tokens().verify(route(database), "Bearer " + jwt);
    }

    private DatabaseRoute route(String database) {
        return cluster.catalog().byName("acme", database).orElseThrow();
    }

    private static JsonNode claims(String jwt) throws IOException {
        return new ObjectMapper().readTree(Base64.getUrlDecoder().decode(jwt.split("\\.")[1]));
    }
}
