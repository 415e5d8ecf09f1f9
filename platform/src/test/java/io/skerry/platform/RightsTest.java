package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.group.Group;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.organization.User;
import io.skerry.catalog.organization.Users;
import io.skerry.catalog.token.ApiToken;
import io.skerry.catalog.token.ApiTokens;
import io.skerry.catalog.token.Scope;
import io.skerry.engine.GroupId;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What tokens that are wrong, restricted or expired may not. Every operation with every kind of token:
/// RightsProcessTest.
class RightsTest extends ApiTestCase {

    @BeforeEach
    void createDatabase() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
    }

    @Test
    void everyOperationNeedsATokenButThoseThatSayOtherwise() {
        for (Operation operation : OperationsFixture.all()) {
            for (String prefix : new String[] {"/v1", "/v1/organizations/acme"}) {
                int status = send(operation, prefix, "not.a.token").status();
                assertThat(status == 401)
                        .as(operation.path())
                        .isEqualTo(operation.right().needsToken());
            }
        }
    }

    @Test
    void aTokenForOneOrganizationMeansItInTheUserForm() {
        cluster.catalog().bootstrap("rival", "rivals.own.token");
        OrganizationId acme = cluster.acme().id();
        String token =
                put("acme", new ApiToken(id(), ApiToken.Kind.API, user("acme").id(), "ci", acme, null, Set.of(), null));
        assertThat(get("/v1/databases", token).json().at("/databases/0/Name").asText())
                .isEqualTo("shop");
        assertThat(get("/v1/organizations", token).json().path("organizations")).hasSize(1);
        assertThat(get("/v1/organizations/rival/groups", token).status()).isEqualTo(403);
    }

    @Test
    void aTokenForOneGroupSeesThatGroupOnlyAndDoesWhatItsScopesSay() {
        api.post("/v1/groups", "{\"name\":\"eu\",\"location\":\"lhr\"}");
        api.post("/v1/databases", "{\"name\":\"crm\",\"group\":\"eu\"}");
        String token = put("acme", scoped(group("eu").id(), Scope.READ, Scope.GROUP_CONFIGURE));
        assertThat(get("/v1/groups", token).json().path("groups")).hasSize(1);
        assertThat(get("/v1/databases", token).json().at("/databases/0/Name").asText())
                .isEqualTo("crm");
        assertThat(get("/v1/groups/default", token).status()).isEqualTo(403);
        assertThat(get("/v1/databases/shop", token).status()).isEqualTo(403);
        assertThat(get("/v1/databases?group=default", token).status()).isEqualTo(403);
        assertThat(get("/v1/auth/validate", token).status()).isEqualTo(200);
        assertThat(send("POST", "/v1/groups/eu/locations/bos", null, token).status())
                .isEqualTo(200);
        assertThat(send("POST", "/v1/groups/default/locations/bos", null, token).status())
                .isEqualTo(403);
        assertThat(send("POST", "/v1/databases", "{\"name\":\"new\",\"group\":\"eu\"}", token)
                        .status())
                .isEqualTo(403);
        assertThat(send("DELETE", "/v1/groups/eu", null, token).status()).isEqualTo(403);
        api.delete("/v1/groups/eu");
        api.post("/v1/groups", "{\"name\":\"eu\",\"location\":\"lhr\"}");
        assertThat(get("/v1/auth/validate", token).status()).isEqualTo(401);
    }

    @Test
    void anExpiredTokenIsDead() {
        Instant past = Instant.now().minusSeconds(1);
        String token = put(
                "acme", new ApiToken(id(), ApiToken.Kind.API, user("acme").id(), "old", null, null, Set.of(), past));
        assertThat(get("/v1/groups", token).status()).isEqualTo(401);
        Instant future = Instant.ofEpochSecond(4_000_000_000L);
        String other = put(
                "acme", new ApiToken(id(), ApiToken.Kind.API, user("acme").id(), "new", null, null, Set.of(), future));
        assertThat(get("/v1/auth/validate", other).text()).isEqualTo("{\"exp\":4000000000}");
    }

    private ApiToken scoped(GroupId group, Scope... scopes) {
        return new ApiToken(
                id(),
                ApiToken.Kind.API,
                user("acme").id(),
                "scoped",
                cluster.acme().id(),
                group,
                Set.of(scopes),
                null);
    }

    private String put(String username, ApiToken token) {
        String secret = ApiTokens.generate();
        cluster.catalog().write(sql -> {
            ApiTokens.put(sql, token, secret, Instant.now());
            return username;
        });
        return secret;
    }

    private User user(String name) {
        return cluster.catalog().read(sql -> Users.byUsername(sql, name)).orElseThrow();
    }

    private Group group(String name) {
        return cluster.group(name);
    }

    private ApiServer.Reply send(Operation operation, String prefix, String token) {
        String path = OperationsFixture.path(
                operation,
                prefix,
                Map.of(
                        "organization", "acme",
                        "group", "default",
                        "database", "shop",
                        "location", "lhr",
                        "instance", "fra",
                        "databaseId", new UUID(0, 0).toString(),
                        "groupId", new UUID(0, 0).toString(),
                        "username", "acme"));
        return send(operation.method(), path, "{\"name\":\"new\"}", token);
    }

    private ApiServer.Reply get(String path, String token) {
        return send("GET", path, null, token);
    }

    private ApiServer.Reply send(String method, String path, @Nullable String body, String token) {
        return api.send(method, path, body, "Authorization", "Bearer " + token);
    }

    private static String id() {
        return UUID.randomUUID().toString();
    }
}
