package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import io.jsonwebtoken.Jwts;
import io.skerry.catalog.testing.TestIssuer;
import io.skerry.server.issuer.KeyServer;
import io.skerry.server.process.Client.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What tokens may do counts at every location of a real process, whoever issued them.
@Timeout(300)
class TokenRightsProcessTest {

    private static final List<String> LOCATIONS = List.of("fra", "lhr");
    private static final String DENIED = "SQL_PERMISSION_DENIED";

    @TempDir
    Path directory;

    private final TestIssuer issuer = new TestIssuer().publish("k1", Jwts.SIG.ES256);
    private final Client client = new Client();
    private String admin = "";

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void rightsAreTheSameEverywhere() throws Exception {
        Path data = directory.resolve("data");
        try (KeyServer keys = new KeyServer(directory, exchange -> KeyServer.send(exchange, 200, issuer.document()));
                SkerryProcess skerry = SkerryProcess.dev(
                        directory, data, "fra,lhr", "jwks.addresses=any", "jwks.certificates=" + keys.certificates())) {
            admin = Files.readString(data.resolve("token")).strip();
            URI fra = skerry.node("fra");
            String owner = client.createShop(fra, admin);
            String lhr = fra + "/v1/groups/default/locations/lhr";
            assertThat(client.call("POST", URI.create(lhr), admin, "").status()).isEqualTo(200);
            assertThat(client.call("GET", URI.create(lhr + "/wait"), admin, "").status())
                    .isEqualTo(200);
            assertThat(Client.ok(client.sql(fra, owner, "CREATE TABLE secret (s)", "INSERT INTO secret VALUES (1)")))
                    .isTrue();

            permissions(skerry);
            issuers(skerry, keys);
            assertThat(skerry.log()).doesNotContain("ERROR");
        }
    }

    private void permissions(SkerryProcess skerry) throws IOException, InterruptedException {
        String token = mint(skerry, "databases/shop", """
                {"fine_grained_permissions":[{"t":["t"],"a":["data_read","data_add"]}]}""");
        String ofGroup = mint(skerry, "groups/default", """
                {"fine_grained_permissions":[{"t":null,"a":["data_read"]}]}""");
        for (String location : LOCATIONS) {
            URI node = skerry.node(location);
            assertThat(Client.ok(client.sql(node, token, "INSERT INTO t VALUES (1)", "SELECT x FROM t")))
                    .as(location)
                    .isTrue();
            for (String sql : List.of("SELECT s FROM secret", "DELETE FROM t", "DROP TABLE t", "CREATE TABLE n (a)")) {
                assertThat(code(client.sql(node, token, sql)))
                        .as(location + ": " + sql)
                        .isEqualTo(DENIED);
            }
            assertThat(Client.value(client.sql(node, ofGroup, "SELECT count(*) FROM secret")))
                    .as(location)
                    .isEqualTo("1");
            assertThat(code(client.sql(node, ofGroup, "INSERT INTO t VALUES (1)")))
                    .as(location)
                    .isEqualTo(DENIED);
            transaction(node, token);
        }
    }

    /// A denied statement within a transaction leaves it; at lhr all of it runs at fra.
    private void transaction(URI node, String token) throws IOException, InterruptedException {
        Answer open = client.stream(node, token, null, "BEGIN IMMEDIATE", "INSERT INTO t VALUES (2)");
        assertThat(Client.ok(open)).isTrue();
        Answer denied = client.stream(node, token, baton(open), "DELETE FROM t");
        assertThat(code(denied)).isEqualTo(DENIED);
        assertThat(Client.ok(client.stream(node, token, baton(denied), "COMMIT")))
                .isTrue();
    }

    private void issuers(SkerryProcess skerry, KeyServer keys) throws IOException, InterruptedException {
        String token = issuer.token("k1", Jwts.SIG.ES256).claim("a", "rw").compact();
        String limited = issuer.token("k1", Jwts.SIG.ES256)
                .claims(Map.of("fgp", List.of(Map.of("t", List.of("t"), "a", List.of("data_read")))))
                .compact();
        URI jwks = URI.create(skerry.node("lhr") + "/v2/organizations/default/jwks/clerk");
        everywhereRefused(skerry, token);
        String body = "{\"jwks_url\":\"" + keys.uri("/keys") + "\"}";
        assertThat(client.call("PUT", jwks, admin, body).status()).isEqualTo(200);
        for (String location : LOCATIONS) {
            URI node = skerry.node(location);
            assertThat(Client.ok(client.sql(node, token, "INSERT INTO t VALUES (3)")))
                    .as(location)
                    .isTrue();
            assertThat(code(client.sql(node, limited, "INSERT INTO t VALUES (3)")))
                    .as(location)
                    .isEqualTo(DENIED);
        }
        assertThat(client.call("DELETE", jwks, admin, "").status()).isEqualTo(200);
        everywhereRefused(skerry, token);
        assertThat(client.call("PUT", jwks, admin, body.replace("/keys", "/").replace("localhost", "nobody.invalid"))
                        .status())
                .isEqualTo(200);
        Answer unknown = client.sql(skerry.node("fra"), token, "SELECT 1");
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.body().path("error").asText()).contains("cannot be had");
    }

    private void everywhereRefused(SkerryProcess skerry, String token) throws IOException, InterruptedException {
        for (String location : LOCATIONS) {
            assertThat(client.sql(skerry.node(location), token, "SELECT 1").status())
                    .as(location)
                    .isEqualTo(401);
        }
    }

    private String mint(SkerryProcess skerry, String of, String body) throws IOException, InterruptedException {
        URI tokens = URI.create(skerry.node("lhr") + "/v1/organizations/default/" + of + "/auth/tokens");
        Answer minted = client.call("POST", tokens, admin, body);
        assertThat(minted.status()).as("%s", minted.body()).isEqualTo(200);
        return minted.body().path("jwt").asText();
    }

    private static String baton(Answer answer) {
        return answer.body().path("baton").asText();
    }

    private static String code(Answer answer) {
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        return answer.body().at("/results/0/error/code").asText();
    }
}
