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

class OrganizationApiTest extends ApiTestCase {

    @Test
    void aNewOrganizationHasItsCreatorForOwner() {
        JsonNode organization = create("Blue Shop").json().path("org");
        assertThat(organization.path("name").asText()).isEqualTo("Blue Shop");
        assertThat(organization.path("slug").asText()).isEqualTo("blue-shop");
        assertThat(organization.path("type").asText()).isEqualTo("team");
        assertThat(api.get("/v1/organizations/blue-shop/members").text())
                .isEqualTo("{\"members\":[{\"username\":\"acme\",\"email\":\"\",\"role\":\"owner\"}]}");
        JsonNode read = api.get("/v1/organizations/blue-shop").json().path("organization");
        assertThat(read).isEqualTo(organization);
        assertThat(slugs(cluster.token())).containsExactly("acme", "blue-shop");
        assertThat(api.post("/v1/organizations/blue-shop/groups", "{\"name\":\"default\"}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void aDryRunSaysWhatWouldBeAndChangesNothing() {
        ApiServer.Reply reply = api.post("/v1/organizations?dry_run=true", "{\"name\":\"shop\"}");
        assertThat(reply.json().at("/org/slug").asText()).isEqualTo("shop");
        assertThat(slugs(cluster.token())).containsExactly("acme");
        assertThat(api.post("/v1/organizations?dry_run=true", "{\"name\":\"acme\"}")
                        .status())
                .isEqualTo(409);
        assertThat(api.post("/v1/organizations?dry_run=false", "{\"name\":\"shop\"}")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            acme            | 409 | organization acme already exists
            ACME            | 409 | organization acme already exists
            stripe-customer | 422 | organization name stripe-customer is reserved
            Stripe Customer | 422 | organization name stripe-customer is reserved
            b1a5f0de-2c55-4f5e-9a8c-0b4a7c1d2e3f | 422 | organization name b1a5f0de-2c55-4f5e-9a8c-0b4a7c1d2e3f is reserved
            ''              | 400 | invalid organization name:
            !!!             | 400 | invalid organization name: !!!
            日本            | 400 | invalid organization name: 日本
            0123456789-0123456789-0123456789-0123456789-0123 | 400 | invalid organization name: 0123456789-0123456789-0123456789-0123456789-0123
            """)
    void aNameThatCannotBeHadIsRefused(String name, int status, String text) {
        ApiServer.Reply reply = create(name);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.error().strip()).isEqualTo(text);
    }

    @Test
    void theSameNameAtTheSameMomentIsGivenOnce() throws InterruptedException {
        List<Integer> statuses = Concurrently.run(8, i -> create("shop").status()).stream()
                .sorted()
                .toList();
        assertThat(statuses).containsExactly(200, 409, 409, 409, 409, 409, 409, 409);
    }

    @Test
    void aUserOwnsSoManyAndNoMore() {
        try (ApiServer small = ApiServer.with(cluster, new PeopleLimits(2, 3, 2, 1))) {
            assertThat(small.post("/v1/organizations", "{\"name\":\"b\"}").status())
                    .isEqualTo(200);
            assertThat(small.post("/v1/organizations", "{\"name\":\"c\"}").status())
                    .isEqualTo(200);
            assertThat(small.post("/v1/organizations", "{\"name\":\"d\"}").error())
                    .isEqualTo("you own 3 organizations, and may not own more");
            assertThat(small.post("/v1/auth/api-tokens/one").status()).isEqualTo(200);
            assertThat(small.post("/v1/auth/api-tokens/two").error())
                    .isEqualTo("you have 2 tokens, and may not have more");
            People.user(cluster, "bob");
            People.user(cluster, "eve");
            String members = "/v1/organizations/acme/members";
            assertThat(small.post(members, "{\"username\":\"bob\"}").status()).isEqualTo(200);
            assertThat(small.post(members, "{\"username\":\"eve\"}").error())
                    .isEqualTo("organization acme has 2 members, and may not have more");
        }
    }

    @Test
    void overagesCanBeSetAndASecondFactorCannot() {
        String path = "/v1/organizations/acme";
        assertThat(patch(path, "{\"overages\":true}")
                        .json()
                        .at("/organization/overages")
                        .asBoolean())
                .isTrue();
        assertThat(api.get(path).json().at("/organization/overages").asBoolean())
                .isTrue();
        assertThat(patch(path, "{\"require_mfa\":false}")
                        .json()
                        .at("/organization/overages")
                        .asBoolean())
                .isTrue();
        assertThat(patch(path, "{\"require_mfa\":true}").status()).isEqualTo(400);
        assertThat(patch(path, "{\"overages\":\"yes\"}").error())
                .isEqualTo("invalid request body: overages must be true or false");
        assertThat(patch(path, "{\"overages\":null}").status()).isEqualTo(200);
    }

    @Test
    void anOrganizationIsDeletedWithItsTokensOnceItIsEmpty() {
        create("shop");
        String path = "/v1/organizations/shop";
        String token = api.post("/v1/auth/api-tokens/ci", "{\"organization\":\"shop\"}")
                .json()
                .path("token")
                .asText();
        api.post(path + "/groups", "{\"name\":\"default\"}");
        assertThat(api.delete(path).error()).contains("has groups");
        api.delete(path + "/groups/default");
        assertThat(api.delete(path).text()).isEqualTo("{}");
        assertThat(api.get(path).error()).isEqualTo("organization not found");
        assertThat(send("GET", "/v1/auth/validate", null, token).status()).isEqualTo(401);
        assertThat(api.delete("/v1/organizations/acme").error()).isEqualTo("a personal organization cannot be deleted");
        assertThat(create("shop").status()).isEqualTo(200);
    }

    @Test
    void anotherUsersPersonalOrganizationIsATeamToItsMembers() {
        String vera = People.member(cluster, "vera", Role.VIEWER);
        JsonNode list = send("GET", "/v2/organizations", null, vera).json().path("organizations");
        assertThat(list.findValuesAsText("slug")).containsExactly("acme", "vera");
        assertThat(list.findValuesAsText("type")).containsExactly("team", "personal");
        assertThat(send("GET", "/v1/organizations//members", null, vera)
                        .json()
                        .at("/members/0/username")
                        .asText())
                .isEqualTo("vera");
    }

    private ApiServer.Reply create(String name) {
        return api.post("/v1/organizations", "{\"name\":\"" + name + "\"}");
    }

    private ApiServer.Reply patch(String path, String body) {
        return api.send("PATCH", path, body);
    }

    private List<String> slugs(String token) {
        return send("GET", "/v1/organizations", null, token)
                .json()
                .path("organizations")
                .findValuesAsText("slug");
    }

    private ApiServer.Reply send(String method, String path, @Nullable String body, String token) {
        return api.send(method, path, body, "Authorization", "Bearer " + token);
    }
}
