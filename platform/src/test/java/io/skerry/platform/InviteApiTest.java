package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.catalog.organization.PeopleLimits;
import io.skerry.catalog.organization.Role;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InviteApiTest extends ApiTestCase {

    private static final String FIRST = "/v1/organizations/acme/invites";
    private static final String SECOND = "/v2/organizations/acme/invites";
    private static final String ANA = "{\"email\":\"ana@example.net\",\"role\":\"viewer\"}";

    @Test
    void theFirstFormIsCapitalisedAndTheSecondIsNot() {
        JsonNode first = api.post(FIRST, "{\"Email\":\"Ana@Example.net\",\"Role\":\"admin\"}")
                .json()
                .path("invited");
        assertThat(first.path("Email").asText()).isEqualTo("ana@example.net");
        assertThat(first.path("Role").asText()).isEqualTo("admin");
        assertThat(first.path("Accepted").asBoolean()).isFalse();
        assertThat(api.post("/v1/organizations/acme/invite", "{\"email\":\"b@example.net\"}")
                        .status())
                .isEqualTo(200);
        JsonNode second =
                api.post(SECOND, "{\"email\":\"c@example.net\"}").json().path("invited");
        assertThat(second.path("role").asText()).isEqualTo("member");
        assertThat(second.path("organization").asText()).isEqualTo("acme");
        JsonNode listed = api.get(SECOND).json().path("invites");
        assertThat(listed.findValuesAsText("email"))
                .containsExactly("ana@example.net", "b@example.net", "c@example.net");
        assertThat(listed.at("/0/id").isIntegralNumber()).isTrue();
        assertThat(api.get(FIRST).json().path("invites").findValuesAsText("Email"))
                .isEqualTo(listed.findValuesAsText("email"));
    }

    @Test
    void theSecretOfALinkIsShownOnceAndKeptNowhere() {
        String secret = secret(api.post(SECOND, ANA));
        assertThat(api.get(FIRST).text()).doesNotContain(secret);
        assertThat(api.get(SECOND).text()).doesNotContain(secret);
        String stored = cluster.catalog()
                .read(sql -> sql.list("SELECT quote(link_hash) || email FROM invites", row -> row.text(0)))
                .toString();
        assertThat(stored).doesNotContain(secret);
    }

    @Test
    void whoeverHoldsTheLinkComesInOnce() {
        String secret = secret(api.post(SECOND, ANA));
        String bob = People.user(cluster, "bob");
        String eve = People.user(cluster, "eve");
        assertThat(accept("nonsense", bob).error()).isEqualTo("invite not found");
        JsonNode organization = accept(secret, bob).json().path("organization");
        assertThat(organization.path("slug").asText()).isEqualTo("acme");
        assertThat(api.get("/v1/organizations/acme/members/bob")
                        .json()
                        .at("/member/role")
                        .asText())
                .isEqualTo("viewer");
        assertThat(accept(secret, eve).status()).isEqualTo(404);
        assertThat(api.get(SECOND).json().path("invites")).isEmpty();
        assertThat(api.get(FIRST).json().at("/invites/0/Accepted").asBoolean()).isTrue();
    }

    @Test
    void aLinkUsedByManyAtOnceLetsOneIn() throws InterruptedException {
        String secret = secret(api.post(SECOND, ANA));
        List<String> tokens = List.of(
                People.user(cluster, "u-1"),
                People.user(cluster, "u-2"),
                People.user(cluster, "u-3"),
                People.user(cluster, "u-4"));
        List<Integer> statuses = Concurrently.run(
                        4, i -> accept(secret, tokens.get(i)).status())
                .stream()
                .sorted()
                .toList();
        assertThat(statuses).containsExactly(200, 404, 404, 404);
        assertThat(api.get("/v1/organizations/acme/members").json().path("members"))
                .hasSize(2);
    }

    @Test
    void anInvitationByNameIsForThatUserOnly() {
        String bob = People.user(cluster, "bob");
        String eve = People.user(cluster, "eve");
        String secret = secret(api.post(SECOND, "{\"username\":\"bob\"}"));
        assertThat(pending(bob)).isTrue();
        assertThat(pending(eve)).isFalse();
        assertThat(accept(secret, eve).status()).isEqualTo(404);
        assertThat(accept(secret, bob).status()).isEqualTo(200);
        assertThat(pending(bob)).isFalse();
    }

    @Test
    void anInvitationThatIsTakenBackOrTooOldIsDead() {
        String bob = People.user(cluster, "bob");
        String withdrawn = secret(api.post(SECOND, ANA));
        assertThat(api.delete(SECOND + "/ana%40example.net").text()).isEqualTo("{}");
        assertThat(accept(withdrawn, bob).status()).isEqualTo(404);
        assertThat(api.delete(FIRST + "/ana@example.net").error()).isEqualTo("invite not found");
        String old = secret(api.post(SECOND, ANA));
        cluster.catalog().write(sql -> sql.update("UPDATE invites SET expires_at = 1"));
        assertThat(accept(old, bob).status()).isEqualTo(404);
        assertThat(api.get(SECOND).json().path("invites")).isEmpty();
        assertThat(api.post(SECOND, ANA).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {}                                             | 400 | exactly one of email or username must be provided
            {"email":"a@example.net","username":"acme"}    | 400 | exactly one of email or username must be provided
            {"email":"nonsense"}                           | 400 | invalid email
            {"email":"a b@example.net"}                    | 400 | invalid email
            {"email":"a@example.net","role":"owner"}       | 400 | invalid role
            {"username":"nobody"}                          | 404 | could not find user nobody
            {"username":"acme"}                            | 409 | user acme is already a member of organization acme
            """)
    void mistakesAreNamed(String body, int status, String text) {
        api.post(SECOND, ANA);
        for (String path : List.of(FIRST, SECOND, "/v1/organizations/acme/invite")) {
            ApiServer.Reply reply = api.post(path, body);
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.error()).isEqualTo(text);
        }
        assertThat(api.get(SECOND).json().path("invites")).hasSize(1);
    }

    @Test
    void theFirstFormKeepsTheInvitationThatWaitsAndTheSecondReplacesIt() {
        String first = secret(api.post(SECOND, ANA));
        ApiServer.Reply kept = api.post(FIRST, "{\"email\":\"ANA@example.net\"}");
        assertThat(kept.status()).isEqualTo(409);
        assertThat(kept.error()).isEqualTo("ana@example.net is already invited to organization acme");
        String second = secret(api.post(SECOND, "{\"email\":\"ANA@example.net\",\"role\":\"admin\"}"));
        assertThat(api.get(SECOND).json().path("invites").findValuesAsText("role"))
                .containsExactly("admin");
        String bob = People.user(cluster, "bob");
        assertThat(accept(first, bob).status()).isEqualTo(404);
        assertThat(accept(second, bob).status()).isEqualTo(200);
    }

    @Test
    void theAddressOfAMemberIsNotInvited() {
        assertThat(signUp(api, secret(api.post(SECOND, ANA)), "ana").status()).isEqualTo(200);
        for (String path : List.of(FIRST, SECOND)) {
            ApiServer.Reply reply = api.post(path, ANA);
            assertThat(reply.status()).isEqualTo(409);
            assertThat(reply.error()).isEqualTo("ana@example.net is already a member of organization acme");
        }
    }

    @Test
    void anOrganizationHasSoManyInvitationsAndNoMore() {
        try (ApiServer small = ApiServer.with(cluster, new PeopleLimits(9, 9, 9, 1))) {
            assertThat(small.post(SECOND, ANA).status()).isEqualTo(200);
            assertThat(small.post(SECOND, "{\"email\":\"b@example.net\"}").error())
                    .isEqualTo("organization acme has 1 invitations, and may not have more: take some back");
            small.delete(SECOND + "/ana@example.net");
            for (String name : List.of("bob", "eve", "mia")) {
                String secret = secret(small.post(SECOND, "{\"email\":\"" + name + "@example.net\"}"));
                assertThat(accept(secret, People.user(cluster, name)).status()).isEqualTo(200);
            }
            small.post(SECOND, ANA);
            assertThat(small.get(FIRST).json().path("invites").findValuesAsText("Email"))
                    .containsExactly("mia@example.net", "ana@example.net");
        }
    }

    @Test
    void whoIsInAlreadyKeepsTheLinkForSomebodyElse() {
        String mia = People.member(cluster, "mia", Role.MEMBER);
        String secret = secret(api.post(SECOND, ANA));
        assertThat(accept(secret, mia).status()).isEqualTo(409);
        assertThat(accept(secret, People.user(cluster, "bob")).status()).isEqualTo(200);
    }

    @Test
    void whoHasNoAccountGetsOneByTheLinkOnce() {
        String secret = secret(api.post(SECOND, ANA));
        ApiServer.Reply reply = signUp(api, secret, "ana");
        assertThat(reply.json().at("/user/email").asText()).isEqualTo("ana@example.net");
        assertThat(reply.json().path("organization").asText()).isEqualTo("acme");
        String token = reply.json().path("token").asText();
        JsonNode list = send("GET", "/v1/organizations", null, token).json().path("organizations");
        assertThat(list.findValuesAsText("slug")).containsExactly("acme", "ana");
        assertThat(list.findValuesAsText("type")).containsExactly("team", "personal");
        assertThat(send("GET", "/v1/organizations/acme/groups", null, token).status())
                .isEqualTo(200);
        assertThat(send("POST", "/v1/organizations/acme/databases", "{}", token).status())
                .isEqualTo(403);
        assertThat(signUp(api, secret, "eve").error()).isEqualTo("invite not found");
        JsonNode log = api.get("/v1/organizations/acme/audit-logs").json().path("audit_logs");
        assertThat(log.findValuesAsText("code")).startsWith("org-member-add", "user-signup");
        assertThat(log.at("/1/author").asText()).isEqualTo("ana");
    }

    @ParameterizedTest
    @CsvSource({
        "acme,409,user acme already exists",
        "Ana,400,'invalid user name: only lowercase letters, numbers, and hyphens between them'",
        "system,422,user name system is reserved",
        "'',400,'invalid user name: '"
    })
    void aUsernameThatCannotBeHadLeavesTheLinkAsItWas(String username, int status, String text) {
        String secret = secret(api.post(SECOND, ANA));
        ApiServer.Reply reply = signUp(api, secret, username);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.error()).isEqualTo(text);
        assertThat(signUp(api, secret, "ana").status()).isEqualTo(200);
    }

    @Test
    void anInvitationForAUserMakesNoOtherAndGuessesAreCounted() {
        People.user(cluster, "bob");
        String secret = secret(api.post(SECOND, "{\"username\":\"bob\"}"));
        assertThat(signUp(api, secret, "ana").status()).isEqualTo(404);
        try (ApiServer strict = ApiServer.with(cluster, new RateLimits(1_000, 3))) {
            for (int i = 0; i < 3; i++) {
                assertThat(signUp(strict, "guess-" + i, "ana").status()).isEqualTo(404);
            }
            assertThat(signUp(strict, "guess-3", "ana").status()).isEqualTo(429);
        }
    }

    private static ApiServer.Reply signUp(ApiServer server, String secret, String username) {
        return server.send(
                "POST",
                "/v1/invites/signup",
                "{\"token\":\"" + secret + "\",\"username\":\"" + username + "\"}",
                new String[0]);
    }

    private boolean pending(String token) {
        return send("GET", "/v1/user", null, token)
                .json()
                .at("/user/has_pending_invites")
                .asBoolean();
    }

    private ApiServer.Reply accept(String secret, String token) {
        return send("POST", "/v1/invites/accept", "{\"token\":\"" + secret + "\"}", token);
    }

    private static String secret(ApiServer.Reply reply) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json().at("/invited/token").asText();
    }

    private ApiServer.Reply send(String method, String path, @Nullable String body, String token) {
        return api.send(method, path, body, "Authorization", "Bearer " + token);
    }
}
