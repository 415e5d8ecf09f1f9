package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What holds for every operation: who may call, what a request may look like, what an answer looks like.
class RequestApiTest extends ApiTestCase {

    @Test
    void validatesALiveToken() {
        assertThat(api.get("/v1/auth/validate").text()).isEqualTo("{\"exp\":-1}");
    }

    @Test
    void listsTheCallersOrganizationsWrapped() {
        for (String version : List.of("/v1", "/v2")) {
            ApiServer.Reply reply = api.get(version + "/organizations");
            assertThat(reply.json().path("organizations")).hasSize(1);
            assertThat(reply.json().at("/organizations/0/slug").asText()).isEqualTo("acme");
            assertThat(reply.json().at("/organizations/0/type").asText()).isEqualTo("personal");
            assertThat(reply.json().at("/organizations/0/id").asText())
                    .isEqualTo(cluster.acme().id().toString());
        }
    }

    @Test
    void listsTheLocationsThatNodesServe() {
        assertThat(api.get("/v1/locations").text())
                .isEqualTo("{\"locations\":{\"fra\":\"Frankfurt, Germany\",\"lhr\":\"London, United Kingdom\","
                        + "\"bos\":\"Boston, Massachusetts (US)\"}}");
        for (String path : List.of("/v2/locations", "/v2/organizations/acme/locations")) {
            assertThat(api.get(path).json().at("/locations/self-hosted"))
                    .isEqualTo(api.get("/v1/locations").json().path("locations"));
        }
        ApiServer.Reply one = api.get("/v1/locations/fra");
        assertThat(one.json().at("/location/code").asText()).isEqualTo("fra");
        assertThat(one.json().at("/location/closest")).hasSize(2);
        assertThat(one.json().at("/location/closest/0/code").asText()).isEqualTo("lhr");
        assertThat(api.get("/v1/locations/ams").status()).isEqualTo(404);
    }

    @Test
    void refusesARequestWithoutAToken() {
        ApiServer.Reply reply = api.send("GET", "/v1/groups", null, new String[0]);
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.error()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Bearer nonsense        | token contains an invalid number of segments
            Bearer a.b             | token contains an invalid number of segments
            Bearer a.b.c.d         | token contains an invalid number of segments
            Bearer a.b.c           | could not parse jwt id
            Bearer e30.e30.c2ln    | could not parse jwt id
            Bearer e30.eyJqdGkiOiJhIn0.c2ln | token is invalid or was revoked
            Basic YWNtZTpzZWNyZXQ= | an authorization header with a bearer token is required
            Bearer                 | an authorization header with a bearer token is required
            """)
    void refusesABadToken(String authorization, String text) {
        for (String path : List.of("/v1/auth/validate", "/v1/groups", "/v1/organizations/nope/groups")) {
            ApiServer.Reply reply = api.send("GET", path, null, "Authorization", authorization);
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.error()).isEqualTo(text);
            assertThat(reply.text()).doesNotContain("nonsense");
        }
    }

    @Test
    void refusesTheTokenOfADatabase() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        String jwt =
                api.post("/v1/databases/shop/auth/tokens").json().path("jwt").asText();
        ApiServer.Reply reply = api.send("GET", "/v1/groups", null, "Authorization", "Bearer " + jwt);
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.error()).contains("could not parse jwt id");
    }

    @Test
    void aSecondTokenReplacesTheAdministrators() {
        String old = cluster.token();
        cluster.catalog().bootstrap("acme", "another.secret.token");
        assertThat(api.send("GET", "/v1/groups", null, "Authorization", "Bearer " + old)
                        .status())
                .isEqualTo(401);
        assertThat(api.send("GET", "/v1/groups", null, "Authorization", "bearer another.secret.token")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/v1",
                "/v1/",
                "/v1/nothing",
                "/v1/organizations/acme/nothing",
                "/v3/groups",
                "/v2/groups",
                "/v1/groups/default/locations",
                "/v1/groups/default/locations/lhr/wait/more",
                "//v1/groups"
            })
    void anUnknownRouteIsNotFound(String path) {
        ApiServer.Reply reply = api.get(path);
        assertThat(reply.status()).isEqualTo(404);
        if (path.startsWith("/v")) {
            assertThat(reply.text()).isEqualTo("{\"error\":\"not found\"}");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "PUT,/v1/groups",
        "PATCH,/v1/groups/default",
        "DELETE,/v1/databases",
        "POST,/v1/auth/validate",
        "GET,/v1/groups/default/auth/rotate",
        "PROPFIND,/v1/groups"
    })
    void aWrongMethodIsNotAllowed(String method, String path) {
        ApiServer.Reply reply = api.send(method, path, null);
        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.error()).contains("not allowed");
        assertThat(reply.response().headers().firstValue("Allow"))
                .hasValueSatisfying(allowed -> assertThat(reply.error()).endsWith(", only " + allowed));
    }

    @ParameterizedTest
    @CsvSource({"nope,404,organization not found", "%20,404,organization not found", "a%00b,404,organization not found"
    })
    void anUnknownOrganizationIsNotFound(String slug, int status, String text) {
        for (String path : List.of("/groups", "/databases", "/groups/default", "/databases/shop")) {
            ApiServer.Reply reply = api.get("/v1/organizations/" + slug + path);
            assertThat(reply.status()).isEqualTo(status);
            assertThat(reply.error()).isEqualTo(text);
        }
    }

    @Test
    void aMalformedPathIsRefused() {
        assertThat(api.get("/v1/groups/%ff%fe").status()).isEqualTo(400);
        assertThat(api.get("/v1/groups/%c3%28/locations/fra/wait").error()).isEqualTo("invalid path");
    }

    @Test
    void theHeaderNamesTheOrganizationOfTheUserForm() {
        String bearer = "Bearer " + cluster.token();
        assertThat(api.send("GET", "/v1/groups", null, "Authorization", bearer, "x-turso-organization", "acme")
                        .status())
                .isEqualTo(200);
        assertThat(api.send("GET", "/v1/groups", null, "Authorization", bearer, "x-turso-organization", "nope")
                        .status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "application/json", "x"})
    void theContentTypeDoesNotMatter(String type) {
        ApiServer.Reply reply = api.send(
                "POST",
                "/v1/databases",
                "{\"name\":\"shop\"}",
                "Authorization",
                "Bearer " + cluster.token(),
                "Content-Type",
                type);
        assertThat(reply.status()).isEqualTo(200);
    }

    @Test
    void aBodyWhereNoneIsExpectedIsIgnored() {
        assertThat(api.send("GET", "/v1/groups", "{\"a\":").status()).isEqualTo(200);
        assertThat(api.send("POST", "/v1/groups/default/locations/lhr", "garbage")
                        .status())
                .isEqualTo(200);
        assertThat(api.send("DELETE", "/v1/groups/default/locations/lhr", "{}").status())
                .isEqualTo(200);
    }

    @Test
    void aBodyThatIsTooLargeIsRefused() {
        String large = "{\"name\":\"shop\",\"x\":\"" + "a".repeat(1 << 20) + "\"}";
        assertThat(api.post("/v1/databases", large).status()).isEqualTo(413);
        assertThat(api.get("/v1/databases").json().path("databases")).isEmpty();
    }

    @Test
    void aBodyThatIsNotFramedAsItSaysIsTheSendersMistake() throws IOException {
        for (String rest : List.of("Transfer-Encoding: chunked\r\n\r\nzz\r\n", "Content-Length: 50\r\n\r\n{\"na")) {
            String answer = api.raw("POST /v1/databases HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer "
                    + cluster.token() + "\r\n" + rest);
            assertThat(answer).startsWith("HTTP/1.1 400 ").contains("{\"error\":\"invalid request body");
        }
    }

    @Test
    void aDeeplyNestedBodyIsRefused() {
        ApiServer.Reply reply = api.post("/v1/databases", "[".repeat(100_000));
        assertThat(reply.status()).isEqualTo(400);
    }

    @Test
    void halfOfAPairOfUtf16IsNoText() {
        long frame = cluster.catalog().frame().value();
        for (String body : List.of("{\"name\":\"a\\ud800\"}", "{\"name\":\"\\udc00\\ud800\"}")) {
            ApiServer.Reply reply = api.post("/v1/organizations", body);
            assertThat(reply.status()).isEqualTo(400);
            assertThat(reply.error()).isEqualTo("invalid request body: name has half of a surrogate pair");
        }
        assertThat(cluster.catalog().frame().value()).isEqualTo(frame);
        ApiServer.Reply whole = api.post("/v1/organizations", "{\"name\":\"Sails \\ud83d\\udea2\"}");
        assertThat(whole.status()).as(whole.text()).isEqualTo(200);
        assertThat(api.get("/v1/organizations")
                        .json()
                        .at("/organizations/1/name")
                        .asText())
                .isEqualTo("Sails \ud83d\udea2");
    }

    @Test
    void onlyNodesAreToldHowFarTheCatalogIs() {
        for (String path : List.of("/v1/groups", "/v1/nothing", "/docs")) {
            assertThat(api.get(path).response().headers().firstValue(Forwarder.FRAME))
                    .as(path)
                    .isEmpty();
        }
        assertThat(api.send("GET", "/v1/groups", null, Forwarder.MARKER, ApiServer.MARK)
                        .response()
                        .headers()
                        .firstValue(Forwarder.FRAME))
                .isPresent();
    }

    @Test
    void whoAsksAgainIsToldThatNothingChanged() {
        api.post("/v1/databases", "{\"name\":\"shop\"}");
        String path = "/v1/databases";
        String tag = api.get(path).response().headers().firstValue("etag").orElseThrow();
        for (String header : List.of(tag, "\"x\", " + tag, "*", tag.substring("W/".length()))) {
            ApiServer.Reply same = conditional(path, header);
            assertThat(same.status()).isEqualTo(304);
            assertThat(same.text()).isEmpty();
            assertThat(same.response().headers().firstValue("etag")).contains(tag);
        }
        api.post("/v1/databases", "{\"name\":\"crm\"}");
        ApiServer.Reply changed = conditional(path, tag);
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.json().path("databases")).hasSize(2);
        String groups =
                api.get("/v1/groups").response().headers().firstValue("etag").orElseThrow();
        api.post("/v1/groups/default/rename", "{\"name\":\"another\"}"); // as long as before
        assertThat(conditional("/v1/groups", groups).status()).isEqualTo(200);
        assertThat(conditional("/v1/nothing", "*").status()).isEqualTo(404);
        assertThat(api.send(
                                "POST",
                                "/v1/databases/shop/auth/tokens",
                                null,
                                "Authorization",
                                "Bearer " + cluster.token(),
                                "If-None-Match",
                                "*")
                        .status())
                .isEqualTo(200);
    }

    private ApiServer.Reply conditional(String path, String tag) {
        return api.send("GET", path, null, "Authorization", "Bearer " + cluster.token(), "If-None-Match", tag);
    }

    @Test
    void everyAnswerIsJsonAndCarriesARequestId() {
        for (String path : List.of("/v1/groups", "/v1/groups/nope", "/v1/nothing")) {
            ApiServer.Reply reply = api.get(path);
            assertThat(reply.response().headers().firstValue("content-type")).contains("application/json");
            assertThat(reply.response().headers().firstValue("x-request-id")).isPresent();
            assertThat(reply.json().isObject()).isTrue();
        }
        String bearer = "Bearer " + cluster.token();
        ApiServer.Reply named = api.send("GET", "/v1/groups", null, "Authorization", bearer, "X-Request-Id", "req-1");
        assertThat(named.response().headers().firstValue("x-request-id")).contains("req-1");
        ApiServer.Reply odd = api.send("GET", "/v1/groups", null, "Authorization", bearer, "X-Request-Id", "a b");
        assertThat(odd.response().headers().firstValue("x-request-id").orElse(""))
                .isNotEqualTo("a b");
    }
}
