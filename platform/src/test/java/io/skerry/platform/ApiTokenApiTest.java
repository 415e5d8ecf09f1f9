package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.token.ApiToken;
import io.skerry.catalog.token.ApiTokens;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiTokenApiTest extends ApiTestCase {

    private static final String GROUP_TOKEN = """
            {"organization":"acme","group":"default","scopes":["read","db:create"]}""";

    @Test
    void aMintedTokenWorksUntilItIsRevoked() {
        JsonNode minted = api.post("/v1/auth/api-tokens/ci").json();
        String secret = minted.path("token").asText();
        assertThat(minted.path("name").asText()).isEqualTo("ci");
        assertThat(minted.path("id").asText()).hasSize(22);
        assertThat(get("/v1/groups", secret).status()).isEqualTo(200);
        assertThat(get("/v1/auth/api-tokens/validate", secret).text()).isEqualTo("{\"exp\":-1}");
        assertThat(api.delete("/v1/auth/api-tokens/ci").text()).isEqualTo("{\"token\":\"ci\"}");
        assertThat(get("/v1/groups", secret).status()).isEqualTo(401);
        assertThat(api.delete("/v1/auth/api-tokens/ci").status()).isEqualTo(404);
    }

    @Test
    void theSecondFormOfTheAnswerHasTheSecretAsAValue() {
        JsonNode token = api.post("/v2/auth/api-tokens/ci", "").json().path("token");
        assertThat(token.path("name").asText()).isEqualTo("ci");
        assertThat(get("/v1/groups", token.path("value").asText()).status()).isEqualTo(200);
    }

    @Test
    void nothingButAHashIsStored() {
        String secret = mint("ci", null);
        String signature = secret.substring(secret.lastIndexOf('.') + 1);
        long kept = cluster
                .catalog()
                .read(sql -> sql.list("SELECT quote(hash) || id || name FROM api_tokens", row -> row.text(0)))
                .stream()
                .filter(text -> text.contains(signature) || text.contains(secret))
                .count();
        assertThat(kept).isZero();
    }

    @Test
    void theListShowsWhatATokenIsGoodFor() {
        mint("full", null);
        mint("org", "{\"Organization\":\"acme\"}");
        mint("grp", "{\"organization\":\"acme\",\"group\":\"default\",\"scopes\":[\"full-access\"]}");
        JsonNode tokens = api.get("/v1/auth/api-tokens").json().path("tokens");
        assertThat(names(tokens)).containsExactly("administrator", "full", "grp", "org");
        assertThat(tokens.at("/1").has("organization")).isFalse();
        assertThat(tokens.at("/2/organization").asText()).isEqualTo("acme");
        assertThat(tokens.at("/2/group").asText()).isEqualTo("default");
        assertThat(tokens.at("/2/scopes")).hasSize(9);
        assertThat(tokens.at("/2/scopes/0").asText()).isEqualTo("read");
        assertThat(tokens.at("/3/organization").asText()).isEqualTo("acme");
        assertThat(tokens.at("/3").has("group")).isFalse();
        assertThat(tokens.at("/3/created_at").asText()).matches("\\d{4}-\\d\\d-\\d\\d");
        JsonNode ofOrganization =
                api.get("/v1/organizations/acme/api-tokens").json().path("tokens");
        assertThat(names(ofOrganization)).containsExactly("grp", "org");
        assertThat(ofOrganization.at("/0/owner/username").asText()).isEqualTo("acme");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ci      | {"organization":"nope"}                                              | 404 | organization not found
            ci      | {"organization":"acme","group":"nope","scopes":["read"]}             | 404 | group not found
            ci      | {"organization":"acme","group":"default"}                            | 400 | group needs an organization and scopes
            ci      | {"organization":"acme","group":"default","scopes":[]}                | 400 | group needs an organization and scopes
            ci      | {"group":"default","scopes":["read"]}                                | 400 | group needs an organization and scopes
            ci      | {"scopes":["read"]}                                                  | 400 | scopes need a group
            ci      | {"organization":"acme","group":"default","scopes":["db:destroy"]}    | 400 | unknown scope: db:destroy
            ci      | {"organization":"acme","group":"default","scopes":"read"}            | 400 | invalid request body: scopes must be a list
            ci      | {"organization":7}                                                   | 400 | invalid request body: organization must be a string
            ci      | {"expiration":"soon"}                                                | 400 | Invalid expiration format
            ci      | [                                                                    | 400 | invalid request body: not JSON
            Ci      | {}                                                                   | 400 | invalid token name: name can only contain lowercase letters, numbers, and hyphens
            -ci     | {}                                                                   | 400 | invalid token name: name cannot start or end with a hyphen
            administrator | {}                                                             | 409 | token with name administrator already exists
            """)
    void aTokenThatMakesNoSenseIsNotMinted(String name, String body, int status, String text) {
        for (String version : List.of("/v1", "/v2")) {
            ApiServer.Reply reply = api.post(version + "/auth/api-tokens/" + name, body);
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.error()).isEqualTo(text);
        }
        assertThat(api.get("/v1/auth/api-tokens").json().path("tokens")).hasSize(1);
    }

    @Test
    void aTokenOfAGroupDiesWithIt() {
        String secret = mint("ci", GROUP_TOKEN);
        assertThat(get("/v1/groups/default", secret).status()).isEqualTo(200);
        api.delete("/v1/groups/default");
        api.post("/v1/groups", "{\"name\":\"default\"}");
        assertThat(get("/v1/groups/default", secret).status()).isEqualTo(401);
    }

    @Test
    void aTokenThatExpiresSaysWhen() {
        for (String how : List.of("?expiration=2d", "")) {
            String body = how.isEmpty() ? "{\"expiration\":\"2d\"}" : "";
            String name = how.isEmpty() ? "body" : "query";
            String secret = api.post("/v1/auth/api-tokens/" + name + how, body)
                    .json()
                    .path("token")
                    .asText();
            long expiresAt = get("/v1/auth/validate", secret).json().path("exp").asLong();
            assertThat(Instant.ofEpochSecond(expiresAt))
                    .isBetween(Instant.now().plusSeconds(172_700), Instant.now().plusSeconds(172_900));
        }
    }

    @Test
    void aTokenThatExpiredKeepsNoName() {
        api.post("/v1/auth/api-tokens/ci?expiration=2d");
        assertThat(api.post("/v1/auth/api-tokens/ci").status()).isEqualTo(409);
        cluster.catalog().write(sql -> sql.update("UPDATE api_tokens SET expires_at = 1 WHERE name = 'ci'"));
        assertThat(api.post("/v1/auth/api-tokens/ci").status()).isEqualTo(200);
        assertThat(api.post("/v1/auth/api-tokens/ci").status()).isEqualTo(409);
    }

    @Test
    void signingOutEverywhereEndsSessionsAndNoTokens() {
        String session = session(Instant.now().minusSeconds(5));
        String token = mint("ci", null);
        assertThat(get("/v1/current-user", session).status()).isEqualTo(200);
        long before = Instant.now().getEpochSecond();
        ApiServer.Reply reply = api.send("POST", "/v1/auth/invalidate", null, "Authorization", "Bearer " + session);
        assertThat(reply.json().path("validFrom").asLong()).isGreaterThanOrEqualTo(before);
        assertThat(get("/v1/current-user", session).status()).isEqualTo(401);
        assertThat(get("/v1/current-user", token).status()).isEqualTo(200);
        assertThat(get("/v1/current-user", session(Instant.now().plusSeconds(5)))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void membersSeeAndEndTheirOwnTokensOfTheOrganizationOnly() {
        String member = People.member(cluster, "vera", Role.VIEWER);
        send("POST", "/v1/auth/api-tokens/hers", "{\"organization\":\"acme\"}", member);
        mint("his", "{\"organization\":\"acme\"}");
        String path = "/v1/organizations/acme/api-tokens";
        assertThat(names(get(path, member).json().path("tokens"))).containsExactly("hers");
        JsonNode all = api.get(path).json().path("tokens");
        assertThat(names(all)).containsExactly("his", "hers");
        String his = all.at("/0/id").asText();
        String hers = all.at("/1/id").asText();
        assertThat(send("DELETE", path + "/" + his, null, member).status()).isEqualTo(404);
        assertThat(api.delete("/v1/organizations/vera/api-tokens/" + hers).status())
                .isEqualTo(403);
        assertThat(send("DELETE", "/v1/organizations/vera/api-tokens/" + hers, null, member)
                        .status())
                .isEqualTo(404);
        assertThat(api.delete(path + "/" + hers).text()).isEqualTo("{\"token\":\"" + hers + "\"}");
        assertThat(names(api.get(path).json().path("tokens"))).containsExactly("his");
    }

    @Test
    void aTokenForAGroupIsMintedByOwnersAndAdminsOnly() {
        assertThat(send("POST", "/v1/auth/api-tokens/ci", GROUP_TOKEN, People.member(cluster, "mia", Role.MEMBER))
                        .status())
                .isEqualTo(403);
        assertThat(send("POST", "/v1/auth/api-tokens/ci", GROUP_TOKEN, People.member(cluster, "adam", Role.ADMIN))
                        .status())
                .isEqualTo(200);
        String rival = People.user(cluster, "rival");
        assertThat(send("POST", "/v1/auth/api-tokens/ci", "{\"organization\":\"acme\"}", rival)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void theUserIsShownInBothPlaces() {
        JsonNode user = api.get("/v1/user").json();
        assertThat(user.at("/user/username").asText()).isEqualTo("acme");
        assertThat(user.at("/user/plan").asText()).isEqualTo("starter");
        assertThat(user.at("/user/has_pending_invites").isBoolean()).isTrue();
        assertThat(api.get("/v1/current-user").json()).isEqualTo(user);
    }

    @ParameterizedTest
    @CsvSource({"v1.0.20,v1.0.20", "dev,v0.0.0", "'',v0.0.0", "v1.0.20<script>,v0.0.0"})
    void theNewestReleaseIsTheOneThatAsks(String sent, String latest) {
        ApiServer.Reply reply = api.send("GET", "/releases/latest", null, "TursoCliVersion", sent);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo("{\"latest\":\"" + latest + "\"}");
    }

    private String mint(String name, @Nullable String body) {
        ApiServer.Reply reply = api.send("POST", "/v1/auth/api-tokens/" + name, body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json().path("token").asText();
    }

    private String session(Instant issued) {
        String secret = ApiTokens.generate();
        cluster.catalog().write(sql -> {
            ApiTokens.put(
                    sql,
                    new ApiToken(
                            UUID.randomUUID().toString(),
                            ApiToken.Kind.SESSION,
                            Users.byUsername(sql, "acme").orElseThrow().id(),
                            "",
                            null,
                            null,
                            Set.of(),
                            null),
                    secret,
                    issued);
            return secret;
        });
        return secret;
    }

    private static List<String> names(JsonNode tokens) {
        return tokens.findValuesAsText("name");
    }

    private ApiServer.Reply get(String path, String token) {
        return send("GET", path, null, token);
    }

    private ApiServer.Reply send(String method, String path, @Nullable String body, String token) {
        return api.send(method, path, body, "Authorization", "Bearer " + token);
    }
}
