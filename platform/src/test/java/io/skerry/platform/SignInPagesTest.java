package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The sign-in as a browser sees it.
class SignInPagesTest extends ApiTestCase {

    private static final String PASSWORD = "correct <horse> & \"battery\"";
    private static final String COMMAND = "/?port=43210&redirect=true&state=Ab3&type=cli";

    private final Browser browser = new Browser(api);

    @Test
    void aCommandGetsASessionThatIsGoodAtTheApiAndEndsWithAllOthers() {
        setPassword();
        browser.open(COMMAND);
        ApiServer.Reply reply = browser.submit("acme", PASSWORD);
        assertThat(reply.status()).isEqualTo(303);
        String token = tokenOf(reply, "http://localhost:43210/?jwt=", "&state=Ab3");
        assertThat(reply.response().headers().firstValue("cache-control")).contains("no-store");
        assertThat(reply.response().headers().firstValue("referrer-policy")).contains("no-referrer");
        assertThat(with(token, "GET", "/v1/current-user")
                        .json()
                        .at("/user/username")
                        .asText())
                .isEqualTo("acme");
        long days = (with(token, "GET", "/v1/auth/validate").json().path("exp").asLong() * 1_000
                        - System.currentTimeMillis())
                / 86_400_000;
        assertThat(days).isBetween(6L, 7L);
        assertThat(with(token, "GET", "/v1/databases").status()).isEqualTo(200);
        assertThat(stored()).doesNotContain(token);
        assertThat(with(token, "POST", "/v1/auth/invalidate").status()).isEqualTo(200);
        assertThat(with(token, "GET", "/v1/current-user").status()).isEqualTo(401);
        assertThat(api.get("/v1/current-user").status()).isEqualTo(200);
    }

    @Test
    void withoutACommandThePageShowsTheToken() {
        setPassword();
        assertThat(browser.open("/?redirect=false").status()).isEqualTo(200);
        ApiServer.Reply reply = browser.submit("acme", PASSWORD);
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.response().headers().firstValue("cache-control")).contains("no-store");
        Matcher shown = Pattern.compile("turso config set token (\\S+)</pre>").matcher(reply.text());
        assertThat(shown.find()).isTrue();
        assertThat(with(shown.group(1), "GET", "/v1/auth/validate").status()).isEqualTo(200);
    }

    @Test
    void thePageNeedsNothingFromElsewhereAndIsNotFramed() {
        ApiServer.Reply reply = browser.open(COMMAND);
        assertThat(reply.response().headers().firstValue("content-type")).contains("text/html; charset=utf-8");
        assertThat(reply.response().headers().firstValue("x-frame-options")).contains("DENY");
        assertThat(reply.response().headers().firstValue("cache-control")).contains("no-store");
        assertThat(reply.response()
                        .headers()
                        .firstValue("content-security-policy")
                        .orElse(""))
                .startsWith("default-src 'none'; style-src 'sha256-")
                .endsWith("'; form-action 'self' http://localhost:43210; frame-ancestors 'none'; base-uri 'none'");
        assertThat(reply.text())
                .contains(
                        "<html lang=\"en\">",
                        "name=\"viewport\"",
                        "<label for=\"username\">",
                        "<label for=\"password\">")
                .doesNotContain("<script", "src=", "href=");
    }

    @Test
    void whereNobodyHasAPasswordItSaysHowToSetOne() {
        assertThat(browser.open("/").text()).contains("./skerry user password");
        assertThat(browser.submit("acme", "").status()).isEqualTo(400);
        assertThat(browser.submit("acme", PASSWORD).status()).isEqualTo(401);
        setPassword();
        assertThat(browser.open("/").text()).doesNotContain("./skerry user password");
    }

    @Test
    void whoIsWrongIsToldSoAndMayTryAgain() {
        setPassword();
        browser.open(COMMAND);
        String wrongPassword = browser.submit("acme", "not the password").text();
        ApiServer.Reply unknown = browser.submit("\"><b>", PASSWORD);
        assertThat(unknown.status()).isEqualTo(401);
        assertThat(unknown.text())
                .contains("role=\"alert\">wrong username or password<", "value=\"&quot;&gt;&lt;b&gt;\"")
                .doesNotContain("<b>", "horse");
        assertThat(wrongPassword).contains("role=\"alert\">wrong username or password<", "value=\"acme\"");
        assertThat(browser.submit("acme", PASSWORD).status()).isEqualTo(303);
    }

    @Test
    void aFormFromAnotherSiteIsRefused() {
        setPassword();
        browser.open(COMMAND);
        ApiServer.Reply reply = browser.withoutCookie().submit("acme", PASSWORD);
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.text()).contains("your browser keeps no cookies");
        assertThat(stored()).doesNotContain("session");
        assertThat(browser.set("seal", "").submit("acme", PASSWORD).status()).isEqualTo(403);
        browser.open(COMMAND);
        String seal = new FormSeal(ApiServer.MARK, Clock.systemUTC()).seal("login", FormSeal.newBrowser());
        assertThat(browser.set("seal", seal).submit("acme", PASSWORD).status()).isEqualTo(403);
        assertThat(browser.submit("acme", PASSWORD).status()).isEqualTo(303);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "port=0&redirect=true&state=s",
                "port=70000&redirect=true&state=s",
                "port=80%40evil&redirect=true&state=s",
                "port=80&redirect=true&state=a%26jwt%3Db",
                "port=80&redirect=true&state=a%0d%0ab",
                "redirect=true&state=s",
                "redirect=https%3A%2F%2Fevil.example%2F&state=s"
            })
    void nobodyElseIsEverSentAToken(String query) {
        setPassword();
        assertThat(browser.open("/?" + query).status()).isEqualTo(400);
        browser.open(COMMAND);
        for (String pair : query.split("&", -1)) {
            String[] field = pair.split("=", 2);
            browser.set(field[0], URLDecoder.decode(field[1], StandardCharsets.UTF_8));
        }
        if (!query.contains("port=")) {
            browser.set("port", "");
        }
        ApiServer.Reply reply = browser.submit("acme", PASSWORD);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.response().headers().firstValue("location")).isEmpty();
        assertThat(stored()).doesNotContain("session");
    }

    @Test
    void whoGuessesIsSlowedAlsoIfThePasswordIsRightThen() {
        setPassword();
        try (ApiServer strict = ApiServer.with(cluster, new RateLimits(1_000, 3))) {
            Browser guessing = new Browser(strict);
            guessing.open(COMMAND);
            for (int i = 0; i < 3; i++) {
                assertThat(guessing.submit("acme", "guess number " + i).status())
                        .isEqualTo(401);
            }
            ApiServer.Reply reply = guessing.submit("acme", PASSWORD);
            assertThat(reply.status()).isEqualTo(429);
            assertThat(reply.response()
                            .headers()
                            .firstValueAsLong("retry-after")
                            .orElse(0))
                    .isBetween(1L, 60L);
        }
    }

    @Test
    void anyNodeSignsInAndTakesTheFormOfAnother() {
        setPassword();
        try (ApiServer follower = ApiServer.following(cluster, api.url(), new RateLimits(1_000, 1_000))) {
            Browser elsewhere = new Browser(follower);
            elsewhere.open(COMMAND);
            String token = tokenOf(elsewhere.submit("acme", PASSWORD), "http://localhost:43210/?jwt=", "&state=Ab3");
            assertThat(follower.send("GET", "/v1/current-user", null, "Authorization", "Bearer " + token)
                            .status())
                    .isEqualTo(200);
            browser.open(COMMAND);
            browser.set("username", "acme").set("password", PASSWORD);
            assertThat(browser.submitTo(follower).status()).isEqualTo(303);
        }
    }

    @Test
    void whoIsInvitedMakesAnAccountAndIsSignedIn() {
        String invite = api.post("/v2/organizations/acme/invites", "{\"email\":\"ana@example.net\"}")
                .json()
                .at("/invited/token")
                .asText();
        assertThat(browser.open("/signup?port=43210&redirect=true&state=Ab3&type=cli")
                        .text())
                .contains("Accounts are made by invitation");
        browser.open("/signup?port=43210&redirect=true&state=Ab3&invite=" + invite);
        assertThat(browser.submit("ana", "short").text()).contains("the password is too short");
        assertThat(browser.submit("acme", PASSWORD).text()).contains("user acme already exists");
        String token = tokenOf(browser.submit("ana", PASSWORD), "http://localhost:43210/?jwt=", "&state=Ab3");
        assertThat(with(token, "GET", "/v1/organizations/acme/groups").status()).isEqualTo(200);
        assertThat(with(token, "GET", "/v1/auth/api-tokens").json().path("tokens"))
                .isEmpty();
        browser.open(COMMAND);
        assertThat(browser.submit("ana", PASSWORD).status()).isEqualTo(303);
        browser.open("/signup?invite=" + invite);
        assertThat(browser.submit("eve", PASSWORD).status()).isEqualTo(404);
        assertThat(browser.withoutCookie().submit("eve", PASSWORD).status()).isEqualTo(403);
    }

    @Test
    void otherMethodsAndUnreadableFormsAreRefused() {
        assertThat(allowed("DELETE", "/login")).isEqualTo("405 POST");
        assertThat(allowed("GET", "/login")).isEqualTo("405 POST");
        assertThat(allowed("PUT", "/signup")).isEqualTo("405 GET, POST");
        assertThat(allowed("POST", "/")).isEqualTo("405 GET");
        for (String twice : List.of("/?port=1&port=2", "/signup?invite=a&invite=b")) {
            assertThat(api.send("GET", twice, null, new String[0]).text()).contains("is given more than once");
        }
        ApiServer.Reply twoNames = api.send("POST", "/login", "username=ana&username=bob", new String[0]);
        assertThat(twoNames.status()).isEqualTo(400);
        assertThat(twoNames.text()).contains("username is given more than once");
        ApiServer.Reply reply = api.send("POST", "/login", "password=%zz", new String[0]);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.text()).doesNotContain("zz");
        assertThat(api.send("POST", "/login", null, new String[0]).status()).isEqualTo(403);
    }

    private String allowed(String method, String path) {
        ApiServer.Reply reply = api.send(method, path, null, new String[0]);
        return reply.status() + " "
                + reply.response().headers().firstValue("Allow").orElse("nothing");
    }

    private void setPassword() {
        String body = Views.object().put("password", PASSWORD).toString();
        assertThat(api.send("PUT", "/v1/user/password", body).status()).isEqualTo(200);
    }

    private String stored() {
        return cluster.catalog()
                .read(sql -> sql.list("SELECT kind || name || quote(hash) || id FROM api_tokens", row -> row.text(0)))
                .toString();
    }

    private ApiServer.Reply with(String token, String method, String path) {
        return api.send(method, path, null, "Authorization", "Bearer " + token);
    }

    private static String tokenOf(ApiServer.Reply reply, String before, String after) {
        String location = reply.response().headers().firstValue("location").orElse("nowhere: " + reply.text());
        assertThat(location).startsWith(before).endsWith(after);
        return location.substring(before.length(), location.length() - after.length());
    }
}
