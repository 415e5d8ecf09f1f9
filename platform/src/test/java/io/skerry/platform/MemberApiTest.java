package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.organization.Role;
import io.skerry.catalog.organization.Users;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MemberApiTest extends ApiTestCase {

    private static final String MEMBERS = "/v1/organizations/acme/members";

    @Test
    void whoIsAddedMayDoWhatTheRoleSays() {
        String bob = People.user(cluster, "bob");
        assertThat(send("GET", "/v1/organizations/acme/groups", null, bob).status())
                .isEqualTo(403);
        assertThat(api.post(MEMBERS, "{\"username\":\"bob\",\"role\":\"viewer\"}")
                        .text())
                .isEqualTo("{\"member\":\"bob\",\"role\":\"viewer\"}");
        assertThat(send("GET", "/v1/organizations/acme/groups", null, bob).status())
                .isEqualTo(200);
        assertThat(send("POST", "/v1/organizations/acme/databases", "{\"name\":\"shop\"}", bob)
                        .status())
                .isEqualTo(403);
        assertThat(api.send("PATCH", MEMBERS + "/bob", "{\"role\":\"member\"}").text())
                .isEqualTo("{\"member\":{\"username\":\"bob\",\"email\":\"\",\"role\":\"member\"}}");
        assertThat(send("POST", "/v1/organizations/acme/databases", "{\"name\":\"shop\"}", bob)
                        .status())
                .isEqualTo(200);
        assertThat(api.get(MEMBERS + "/bob").json().at("/member/role").asText()).isEqualTo("member");
        assertThat(api.delete(MEMBERS + "/bob").text()).isEqualTo("{\"member\":\"bob\"}");
        assertThat(send("GET", "/v1/organizations/acme/groups", null, bob).status())
                .isEqualTo(403);
    }

    @Test
    void theUserMayStandInThePathAndTheRoleDefaultsToMember() {
        People.user(cluster, "bob");
        assertThat(api.post(MEMBERS + "/bob", "{\"member\":\"bob\",\"role\":\"admin\"}")
                        .text())
                .isEqualTo("{\"member\":\"bob\",\"role\":\"admin\"}");
        People.user(cluster, "eve");
        assertThat(api.post("/v1/organizations//members", "{\"Username\":\"eve\"}")
                        .text())
                .isEqualTo("{\"member\":\"eve\",\"role\":\"member\"}");
        assertThat(api.get(MEMBERS).json().path("members").findValuesAsText("username"))
                .containsExactly("acme", "bob", "eve");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            POST   | ''    | {"username":"nobody"}              | 404 | could not find user nobody
            POST   | ''    | {"username":"acme"}                | 409 | user acme is already a member of organization acme
            POST   | ''    | {"username":"bob","role":"owner"}  | 400 | invalid role
            POST   | ''    | {"username":"bob","role":"king"}   | 400 | invalid role
            POST   | ''    | {}                                 | 400 | invalid request body: username is missing
            GET    | /bob  | {}                                 | 404 | could not find member
            PATCH  | /bob  | {"role":"admin"}                   | 404 | could not find user bob
            PATCH  | /acme | {}                                 | 400 | invalid role
            PATCH  | /acme | {"role":"owner"}                   | 400 | invalid role
            PATCH  | /acme | {"role":"admin"}                   | 400 | user acme is the last owner of organization acme
            DELETE | /bob  | {}                                 | 404 | user bob is not a member of org acme
            DELETE | /acme | {}                                 | 400 | user acme is the last owner of organization acme
            """)
    void mistakesAreNamed(String method, String path, String body, int status, String text) {
        People.user(cluster, "bob");
        ApiServer.Reply reply = api.send(method, MEMBERS + path, body);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.error()).isEqualTo(text);
        assertThat(api.get(MEMBERS).json().path("members")).hasSize(1);
    }

    @Test
    void everybodyMayLeaveAndNobodyElseMayBeSentAwayByThose() {
        String vera = People.member(cluster, "vera", Role.VIEWER);
        String mia = People.member(cluster, "mia", Role.MEMBER);
        assertThat(send("DELETE", MEMBERS + "/mia", null, vera).status()).isEqualTo(403);
        assertThat(send("PATCH", MEMBERS + "/vera", "{\"role\":\"admin\"}", vera)
                        .error())
                .isEqualTo("updating member roles is only allowed for admin or owner");
        assertThat(send("DELETE", MEMBERS + "/vera", null, vera).text()).isEqualTo("{\"member\":\"vera\"}");
        assertThat(send("GET", MEMBERS, null, vera).status()).isEqualTo(403);
        assertThat(send("GET", MEMBERS, null, mia).status()).isEqualTo(200);
    }

    @Test
    void anOwnerIsTouchedByOwnersOnly() {
        String adam = People.member(cluster, "adam", Role.ADMIN);
        People.user(cluster, "olga");
        cluster.catalog().write(sql -> {
            Users.join(
                    sql,
                    cluster.acme(sql).id(),
                    Users.byUsername(sql, "olga").orElseThrow().id(),
                    Role.OWNER,
                    Instant.now());
            return true;
        });
        assertThat(send("DELETE", MEMBERS + "/olga", null, adam).status()).isEqualTo(403);
        assertThat(send("PATCH", MEMBERS + "/olga", "{\"role\":\"viewer\"}", adam)
                        .status())
                .isEqualTo(403);
        assertThat(api.send("PATCH", MEMBERS + "/olga", "{\"role\":\"viewer\"}").status())
                .isEqualTo(200);
    }

    @Test
    void whoComesBackDoesNotFindHisOldTokensAlive() {
        String mia = People.member(cluster, "mia", Role.MEMBER);
        String token = send("POST", "/v1/auth/api-tokens/ci", "{\"organization\":\"acme\"}", mia)
                .json()
                .path("token")
                .asText();
        assertThat(send("GET", MEMBERS, null, token).status()).isEqualTo(200);
        api.delete(MEMBERS + "/mia");
        api.post(MEMBERS, "{\"username\":\"mia\"}");
        assertThat(send("GET", MEMBERS, null, token).status()).isEqualTo(401);
        assertThat(send("GET", MEMBERS, null, mia).status()).isEqualTo(200);
    }

    @Test
    void twoWhoAddTheSameUserAtOnceAddHimOnce() throws InterruptedException {
        People.user(cluster, "bob");
        List<Integer> statuses = Concurrently.run(
                        4, i -> api.post(MEMBERS, "{\"username\":\"bob\"}").status())
                .stream()
                .sorted()
                .toList();
        assertThat(statuses).containsExactly(200, 409, 409, 409);
    }

    private ApiServer.Reply send(String method, String path, @Nullable String body, String token) {
        return api.send(method, path, body, "Authorization", "Bearer " + token);
    }
}
