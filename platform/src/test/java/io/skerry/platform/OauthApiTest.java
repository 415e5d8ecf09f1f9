package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OauthApiTest extends ApiTestCase {

    private static final String CALLBACK = "https://a.example/in";

    /// RFC 7636, appendix B.
    private static final String VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    private static final String PROOF = "&code_challenge_method=S256&code_challenge=" + CHALLENGE;

    private String id = "";
    private String secret = "";

    @BeforeEach
    void register() {
        JsonNode client = api.post(
                        "/v1/oauth/clients",
                        "{\"name\":\"ledger\",\"redirect_uris\":[\"" + CALLBACK + "\",\"http://127.0.0.1/in?a=b\"]}")
                .json()
                .path("client");
        id = client.path("id").asText();
        secret = client.path("secret").asText();
    }

    @Test
    void aUserLetsAProgramInWhichThenDoesWhatHeMay() {
        ApiServer.Reply sent = authorize("&state=a%20b%26c");
        assertThat(sent.status()).isEqualTo(302);
        assertThat(sent.text()).isEqualTo("{}");
        assertThat(sent.response().headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(location(sent)).matches("https://a\\.example/in\\?code=[A-Za-z0-9_-]{43}&state=a\\+b%26c");
        ApiServer.Reply reply = exchange(codeOf(sent));
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.response().headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(reply.json().path("token_type").asText()).isEqualTo("Bearer");
        String token = reply.json().path("access_token").asText();
        assertThat(status("GET", "/v1/organizations/acme/groups", token)).isEqualTo(200);
        assertThat(status("POST", "/v1/databases", token)).isEqualTo(400);
        assertThat(api.send("GET", "/v1/auth/validate", null, "Authorization", "Bearer " + token)
                        .text())
                .isEqualTo("{\"exp\":-1}");
        assertThat(api.get("/v1/auth/api-tokens").json().path("tokens")).hasSize(1);
        JsonNode grants = api.get("/v1/oauth/grants").json().path("grants");
        assertThat(grants).hasSize(1);
        assertThat(grants.at("/0/name").asText()).isEqualTo("ledger");
        assertThat(grants.at("/0/owner").asText()).isEqualTo("acme");
        assertThat(api.delete("/v1/oauth/grants/" + id).text()).isEqualTo("{\"client\":\"" + id + "\"}");
        assertThat(status("GET", "/v1/groups", token)).isEqualTo(401);
        assertThat(api.delete("/v1/oauth/grants/" + id).status()).isEqualTo(404);
    }

    /// RFC 6749, sections 3.1 and 3.2.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "client_id=other",
                "redirect_uri=https://b.example/in",
                "state=1&state=2",
                "response_type=code",
                "response_type=",
                "code_challenge_method=S256"
            })
    void noParameterIsGivenTwice(String more) {
        ApiServer.Reply reply = authorize("&" + more);
        String problem = reply.status() == 302
                ? location(reply)
                : reply.status() + " " + reply.json().path("error").asText();
        assertThat(problem).containsAnyOf("400 invalid_request", "error=invalid_request");
        assertThat(problem).doesNotContain("b.example");
    }

    @Test
    void noParameterIsGivenTwiceForATokenEither() {
        String code = code();
        ApiServer.Reply reply = exchange(code + "&code=" + code);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").asText()).isEqualTo("invalid_request");
        assertThat(exchange(code).status()).isEqualTo(200);
    }

    @Test
    void aProgramCannotOutliveItsEndByTheAccountOfWhoLetItIn() {
        String token = exchange(code()).json().path("access_token").asText();
        for (String call : new String[] {
            "POST /v1/auth/api-tokens/ci",
            "GET /v1/auth/api-tokens",
            "POST /v1/auth/invalidate",
            "PUT /v1/user/password",
            "POST /v1/organizations",
            "POST /v1/oauth/clients",
            "GET /v1/oauth/grants",
            "POST /v1/oauth/authorize?client_id=" + id
        }) {
            String[] words = call.split(" ");
            assertThat(status(words[0], words[1], token)).as(call).isEqualTo(403);
        }
    }

    @Test
    void signingOutEverywhereLeavesItIn() {
        String token = exchange(code()).json().path("access_token").asText();
        api.post("/v1/auth/invalidate");
        assertThat(status("GET", "/v1/groups", token)).isEqualTo(200);
    }

    @Test
    void aSecondUseOfACodeEndsTheTokenOfTheFirst() {
        String code = code();
        String token = exchange(code).json().path("access_token").asText();
        assertError(exchange(code), 400, "invalid_grant");
        assertThat(status("GET", "/v1/groups", token)).isEqualTo(401);
    }

    @Test
    void theParametersMayBeAForm() {
        ApiServer.Reply reply = api.send(
                "POST",
                "/v1/oauth/token",
                tokenQuery(code(), CALLBACK, VERIFIER).substring(1),
                "Authorization",
                basic(id, secret),
                "Content-Type",
                "application/x-www-form-urlencoded");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }

    @Test
    void aNodeThatDoesNotLeadHandsAllOfItOn() {
        try (ApiServer follower = ApiServer.following(cluster, api.url(), RateLimits.DEFAULT)) {
            ApiServer.Reply sent = follower.post("/v1/oauth/authorize" + query(CALLBACK, ""));
            assertThat(sent.status()).isEqualTo(302);
            assertThat(sent.response().headers().firstValue("Cache-Control")).contains("no-store");
            ApiServer.Reply wrong = follower.send(
                    "POST",
                    "/v1/oauth/token" + tokenQuery(codeOf(sent), CALLBACK, VERIFIER),
                    null,
                    "Authorization",
                    basic(id, "wrong"));
            assertError(wrong, 401, "invalid_client");
            assertThat(wrong.response().headers().firstValue("WWW-Authenticate"))
                    .isPresent();
            ApiServer.Reply reply = follower.send(
                    "POST",
                    "/v1/oauth/token",
                    tokenQuery(codeOf(sent), CALLBACK, VERIFIER).substring(1),
                    "Authorization",
                    basic(id, secret),
                    "Content-Type",
                    "application/x-www-form-urlencoded");
            assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        }
    }

    @Test
    void onTheOwnMachineThePortMayBeAnother() {
        String there = "http://127.0.0.1:49152/in?a=b";
        ApiServer.Reply sent = api.post("/v1/oauth/authorize" + query(there, ""));
        assertThat(location(sent)).startsWith(there + "&code=");
        assertThat(exchange(id, secret, codeOf(sent), there, VERIFIER).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            &response_type=token                                                    | unsupported_response_type
            &response_type=code                                                     | invalid_request
            &response_type=code&code_challenge=%s                                   | invalid_request
            &response_type=code&code_challenge_method=plain&code_challenge=%s       | invalid_request
            &response_type=code&code_challenge_method=S256                          | invalid_request
            &response_type=code&code_challenge_method=S256&code_challenge=short     | invalid_request
            &code_challenge_method=S256&code_challenge=%s                           | invalid_request
            """)
    void whatIsWrongWithTheRequestIsToldToTheProgram(String rest, String error) {
        ApiServer.Reply sent = api.post("/v1/oauth/authorize?state=s&client_id=" + id + "&redirect_uri=" + CALLBACK
                + rest.formatted(CHALLENGE));
        assertThat(sent.status()).isEqualTo(302);
        assertThat(location(sent))
                .startsWith(CALLBACK + "?error=" + error + "&error_description=")
                .endsWith("&state=s");
    }

    @Test
    void nobodyIsSentToAnAddressThatIsNotTheProgramsOwn() {
        for (String there : new String[] {"https://a.example/out", "https://b.example/in", "http://127.0.0.1/in"}) {
            ApiServer.Reply reply = api.post("/v1/oauth/authorize" + query(there, ""));
            assertError(reply, 400, "invalid_request");
            assertThat(reply.response().headers().firstValue("Location")).isEmpty();
        }
        assertError(
                api.post("/v1/oauth/authorize?response_type=code&client_id=nobody&redirect_uri=" + CALLBACK + PROOF),
                400,
                "invalid_request");
        assertError(api.post("/v1/oauth/authorize"), 400, "invalid_request");
    }

    @Test
    void whatIsWrongWithAnExchangeHasAWordForPrograms() {
        assertError(exchange(id, "wrong", code(), CALLBACK, VERIFIER), 401, "invalid_client");
        assertError(exchange("nobody", secret, code(), CALLBACK, VERIFIER), 401, "invalid_client");
        assertError(token(tokenQuery(code(), CALLBACK, VERIFIER), "Basic ***"), 401, "invalid_client");
        assertError(token(tokenQuery(code(), CALLBACK, VERIFIER), null), 401, "invalid_client");
        assertError(
                token(tokenQuery(code(), CALLBACK, VERIFIER) + "&client_id=x", basic(id, secret)),
                400,
                "invalid_request");
        assertError(exchange(id, secret, "nothing", CALLBACK, VERIFIER), 400, "invalid_grant");
        assertError(exchange(id, secret, code(), CALLBACK, VERIFIER.replace('d', 'e')), 400, "invalid_grant");
        assertError(exchange(id, secret, code(), "http://127.0.0.1/in?a=b", VERIFIER), 400, "invalid_grant");
        assertError(exchange(id, secret, code(), CALLBACK, "short"), 400, "invalid_request");
        assertError(token("?grant_type=password&username=acme", basic(id, secret)), 400, "unsupported_grant_type");
        assertError(token("", basic(id, secret)), 400, "invalid_request");
        assertThat(api.get("/v1/oauth/grants").json().path("grants")).isEmpty();
    }

    @Test
    void whoGuessesSecretsIsSlowed() {
        try (ApiServer strict = ApiServer.with(cluster, new RateLimits(1_000, 3))) {
            String code = code();
            for (int i = 0; i < 3; i++) {
                assertThat(tokenAt(strict, code, "wrong").status()).isEqualTo(401);
            }
            ApiServer.Reply reply = tokenAt(strict, code, secret);
            assertThat(reply.status()).isEqualTo(429);
            assertThat(reply.response().headers().firstValue("Retry-After")).isPresent();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"name":"ledger","redirect_uris":["https://a.example/in"]}    | 409
            {"name":"x","redirect_uris":["http://a.example/in"]}          | 400
            {"name":"x","redirect_uris":["https://a.example/in#x"]}       | 400
            {"name":"x","redirect_uris":[]}                               | 400
            {"name":"x","redirect_uris":"https://a.example/in"}           | 400
            {"name":"x"}                                                  | 400
            {"redirect_uris":["https://a.example/in"]}                    | 400
            {"name":7,"redirect_uris":["https://a.example/in"]}           | 400
            """)
    void aProgramThatMakesNoSenseIsNotRegistered(String body, int status) {
        assertThat(api.post("/v1/oauth/clients", body).status()).isEqualTo(status);
        assertThat(api.get("/v1/oauth/clients").json().path("clients")).hasSize(1);
    }

    @Test
    void aProgramIsItsOwnersToEndAndAnybodysToLetIn() {
        String eve = "Bearer " + People.user(cluster, "eve");
        assertThat(api.send("GET", "/v1/oauth/clients", null, "Authorization", eve)
                        .json()
                        .path("clients"))
                .isEmpty();
        assertThat(api.send("DELETE", "/v1/oauth/clients/" + id, null, "Authorization", eve)
                        .status())
                .isEqualTo(404);
        ApiServer.Reply sent =
                api.send("POST", "/v1/oauth/authorize" + query(CALLBACK, ""), null, "Authorization", eve);
        String token = exchange(codeOf(sent)).json().path("access_token").asText();
        assertThat(api.send("GET", "/v1/user", null, "Authorization", "Bearer " + token)
                        .json()
                        .at("/user/username")
                        .asText())
                .isEqualTo("eve");
        assertThat(api.delete("/v1/oauth/clients/" + id).status()).isEqualTo(200);
        assertThat(status("GET", "/v1/user", token)).isEqualTo(401);
        assertThat(api.delete("/v1/oauth/clients/" + id).status()).isEqualTo(404);
    }

    private ApiServer.Reply authorize(String more) {
        return api.post("/v1/oauth/authorize" + query(CALLBACK, more));
    }

    private String query(String redirectUri, String more) {
        return "?response_type=code&client_id=" + id + "&redirect_uri="
                + URLEncoder.encode(redirectUri, StandardCharsets.UTF_8) + PROOF + more;
    }

    private String code() {
        return codeOf(authorize(""));
    }

    private static String location(ApiServer.Reply reply) {
        return reply.response().headers().firstValue("Location").orElse("");
    }

    private static String codeOf(ApiServer.Reply reply) {
        return location(reply).replaceFirst(".*[?&]code=", "").replaceFirst("&.*", "");
    }

    private ApiServer.Reply exchange(String code) {
        return exchange(id, secret, code, CALLBACK, VERIFIER);
    }

    private ApiServer.Reply exchange(
            String client, String secretOfIt, String code, String redirectUri, String verifier) {
        return token(tokenQuery(code, redirectUri, verifier), basic(client, secretOfIt));
    }

    private static String tokenQuery(String code, String redirectUri, String verifier) {
        return "?grant_type=authorization_code&code=" + code + "&redirect_uri="
                + URLEncoder.encode(redirectUri, StandardCharsets.UTF_8) + "&code_verifier=" + verifier;
    }

    private ApiServer.Reply token(String query, @Nullable String authorization) {
        return authorization == null
                ? api.send("POST", "/v1/oauth/token" + query, null, new String[0])
                : api.send("POST", "/v1/oauth/token" + query, null, "Authorization", authorization);
    }

    private ApiServer.Reply tokenAt(ApiServer server, String code, String secretOfIt) {
        return server.send(
                "POST",
                "/v1/oauth/token" + tokenQuery(code, CALLBACK, VERIFIER),
                null,
                "Authorization",
                basic(id, secretOfIt));
    }

    private static String basic(String client, String secretOfIt) {
        byte[] pair = (client + ":" + secretOfIt).getBytes(StandardCharsets.UTF_8);
        return "Basic " + Base64.getEncoder().encodeToString(pair);
    }

    private int status(String method, String path, String token) {
        return api.send(method, path, "GET".equals(method) ? null : "{}", "Authorization", "Bearer " + token)
                .status();
    }

    private static void assertError(ApiServer.Reply reply, int status, String error) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.error()).isEqualTo(error);
        assertThat(reply.json().path("error_description").asText()).isNotEmpty();
    }
}
