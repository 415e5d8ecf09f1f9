package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/// Passwords and sessions by the API.
class SignInApiTest extends ApiTestCase {

    private static final String FIRST = "the first one";
    private static final String SECOND = "the second one";

    @Test
    void aPasswordOpensASession() {
        assertThat(signIn(api, "acme", FIRST).status()).isEqualTo(401);
        assertThat(set(api, "", FIRST).text()).isEqualTo("{\"user\":{\"username\":\"acme\"}}");
        ApiServer.Reply reply = signIn(api, "acme", FIRST);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.json().at("/user/username").asText()).isEqualTo("acme");
        assertThat(status(reply.json().path("token").asText())).isEqualTo(200);
        assertThat(signIn(api, "acme", SECOND).error()).isEqualTo("wrong username or password");
        assertThat(signIn(api, "nobody", FIRST).error()).isEqualTo("wrong username or password");
        assertThat(signIn(api, "acme", "").error()).isEqualTo("password is required");
        assertThat(signIn(api, "acme", "x".repeat(100)).status()).isEqualTo(401);
    }

    @Test
    void whoChangesItKnowsItAndEndsEverySession() {
        set(api, "", FIRST);
        String session = signIn(api, "acme", FIRST).json().path("token").asText();
        assertThat(set(api, "", SECOND).status()).isEqualTo(401);
        assertThat(set(api, SECOND, SECOND).error()).isEqualTo("wrong current password");
        assertThat(set(api, FIRST, "short").error()).startsWith("the password is too short");
        assertThat(set(api, FIRST, "x".repeat(73)).error()).startsWith("the password is too long");
        assertThat(status(session)).isEqualTo(200);
        assertThat(set(api, FIRST, SECOND).status()).isEqualTo(200);
        assertThat(status(session)).isEqualTo(401);
        assertThat(signIn(api, "acme", FIRST).status()).isEqualTo(401);
        assertThat(signIn(api, "acme", SECOND).status()).isEqualTo(200);
    }

    @Test
    void theAdministratorGivesWhoForgotHisAnotherOne() {
        String ana = signUp("ana");
        set(api, "", FIRST);
        api.send("PUT", "/v1/user/password", "{\"password\":\"" + FIRST + "\"}", "Authorization", "Bearer " + ana);
        String session = signIn(api, "ana", FIRST).json().path("token").asText();
        String path = "/v1/users/ana/password";
        for (String other : new String[] {ana, session}) {
            ApiServer.Reply refused = api.send("POST", path, "", "Authorization", "Bearer " + other);
            assertThat(refused.status()).isEqualTo(403);
            assertThat(refused.error()).isEqualTo("only the administrator of this server may do this");
        }
        ApiServer.Reply reset = api.post(path);
        assertThat(reset.json().at("/user/username").asText()).isEqualTo("ana");
        assertThat(reset.response().headers().firstValue("Cache-Control")).contains("no-store");
        String password = reset.json().path("password").asText();
        assertThat(password).hasSize(20);
        assertThat(status(session)).isEqualTo(401);
        assertThat(status(ana)).isEqualTo(200);
        assertThat(signIn(api, "ana", FIRST).status()).isEqualTo(401);
        assertThat(signIn(api, "ana", password).status()).isEqualTo(200);
        assertThat(signIn(api, "acme", FIRST).status()).isEqualTo(200);
        assertThat(api.send("GET", "/v1/organizations/ana/audit-logs", null, "Authorization", "Bearer " + ana)
                        .text())
                .contains("\"user-password-reset\"")
                .doesNotContain(password);
        assertThat(api.post("/v1/users/nobody/password").error()).isEqualTo("user not found");
    }

    private String signUp(String name) {
        String invite = api.post(
                        "/v2/organizations/acme/invites", "{\"email\":\"" + name + "@example.net\",\"role\":\"admin\"}")
                .json()
                .at("/invited/token")
                .asText();
        return api.post("/v1/invites/signup", "{\"token\":\"" + invite + "\",\"username\":\"" + name + "\"}")
                .json()
                .path("token")
                .asText();
    }

    @Test
    void onlyAHashIsKept() {
        set(api, "", FIRST);
        String stored = cluster.catalog()
                .read(sql -> sql.list("SELECT password_hash FROM users", row -> row.text(0)))
                .toString();
        assertThat(stored).startsWith("[$2b$").doesNotContain(FIRST);
    }

    @Test
    void aTokenDoesNotHelpToGuessThePassword() {
        set(api, "", FIRST);
        try (ApiServer strict = ApiServer.with(cluster, new RateLimits(1_000, 3))) {
            for (int i = 0; i < 3; i++) {
                assertThat(set(strict, "guess number " + i, SECOND).status()).isEqualTo(401);
            }
            assertThat(set(strict, FIRST, SECOND).status()).isEqualTo(429);
        }
    }

    @Test
    void anUnknownUserIsAGuessToo() {
        try (ApiServer strict = ApiServer.with(cluster, new RateLimits(1_000, 3))) {
            for (int i = 0; i < 3; i++) {
                assertThat(signIn(strict, "user-" + i, FIRST).status()).isEqualTo(401);
            }
            ApiServer.Reply refused = signIn(strict, "acme", FIRST);
            assertThat(refused.error()).isEqualTo("too many wrong tokens or passwords from this address");
            assertThat(refused.response().headers().firstValue("retry-after")).isPresent();
        }
    }

    @Test
    void anotherNodeHandsItOn() {
        try (ApiServer follower = ApiServer.following(cluster, api.url(), new RateLimits(1_000, 1_000))) {
            assertThat(set(follower, "", FIRST).status()).isEqualTo(200);
            assertThat(signIn(follower, "acme", FIRST).status()).isEqualTo(200);
        }
    }

    @Test
    void whoIsInvitedMayBringAPassword() {
        String invite = api.post("/v2/organizations/acme/invites", "{\"email\":\"ana@example.net\"}")
                .json()
                .at("/invited/token")
                .asText();
        String body = Views.object()
                .put("token", invite)
                .put("username", "ana")
                .put("password", FIRST)
                .toString();
        String token = api.send("POST", "/v1/invites/signup", body, new String[0])
                .json()
                .path("token")
                .asText();
        assertThat(status(token)).isEqualTo(200);
        assertThat(api.send("GET", "/v1/auth/validate", null, "Authorization", "Bearer " + token)
                        .json()
                        .path("exp")
                        .asLong())
                .isPositive();
        assertThat(signIn(api, "ana", FIRST).status()).isEqualTo(200);
    }

    @Test
    void sessionsOfOneUserAreSoMany() {
        set(api, "", FIRST);
        String first = signIn(api, "acme", FIRST).json().path("token").asText();
        // As many more as there may be, made at once.
        cluster.catalog().write(sql -> sql.update("""
                WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 99)
                INSERT INTO api_tokens (id, kind, hash, user, name, created_at, expires_at)
                SELECT 'more-' || i, 'session', randomblob(32), user, name, created_at + i, expires_at
                FROM api_tokens, n WHERE kind = 'session'
                """));
        assertThat(status(first)).isEqualTo(200);
        assertThat(signIn(api, "acme", FIRST).status()).isEqualTo(200);
        assertThat(status(first)).isEqualTo(401);
        long sessions = cluster.catalog()
                .read(sql -> sql.first("SELECT count(*) FROM api_tokens WHERE kind = 'session'", row -> row.integer(0)))
                .orElse(0L);
        assertThat(sessions).isEqualTo(100);
    }

    private ApiServer.Reply set(ApiServer server, String current, String password) {
        String body =
                Views.object().put("current", current).put("password", password).toString();
        return server.send("PUT", "/v1/user/password", body);
    }

    private static ApiServer.Reply signIn(ApiServer server, String username, String password) {
        String body = Views.object()
                .put("username", username)
                .put("password", password)
                .toString();
        return server.send("POST", "/v1/auth/sessions", body, new String[0]);
    }

    private int status(String token) {
        return api.send("GET", "/v1/current-user", null, "Authorization", "Bearer " + token)
                .status();
    }
}
