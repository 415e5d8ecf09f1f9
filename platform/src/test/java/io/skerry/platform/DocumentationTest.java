package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The document and the page that shows it, as a server has them.
class DocumentationTest extends ApiTestCase {

    private static final Pattern LOADED = Pattern.compile("(?:src|href)=\"([^\"]*)\"");

    @Test
    void theDocumentIsServedWithoutAToken() {
        ApiServer.Reply reply = get("/openapi.json");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(header(reply, "content-type")).isEqualTo("application/json");
        JsonNode document = reply.json();
        assertThat(document.path("openapi").asText()).isEqualTo("3.1.0");
        assertThat(document.path("paths").has("/v1/groups/{group}/locations/{location}"))
                .isTrue();
        assertThat(document).isEqualTo(Documentation.describe(OperationsFixture.all()));
    }

    @Test
    void thePageLoadsEverythingFromHere() {
        ApiServer.Reply page = get("/docs");
        assertThat(page.status()).isEqualTo(200);
        assertThat(header(page, "content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(header(page, "content-security-policy"))
                .startsWith("default-src 'none'; script-src 'self'; style-src 'self';")
                .doesNotContain("unsafe", "http", "*");
        Matcher loaded = LOADED.matcher(page.text());
        int parts = 0;
        while (loaded.find()) {
            String address = "/" + loaded.group(1).replaceFirst("^/", "");
            assertThat(get(address).status()).as(address).isEqualTo(200);
            parts++;
        }
        assertThat(parts).isEqualTo(5);
        // A script or a style in the page itself would be refused by its own policy.
        assertThat(page.text()).doesNotContainPattern("<style|style=|<script>| on[a-z]+=");
        assertThat(get("/docs/start.js").text()).contains("\"/openapi.json\"").doesNotContain("http");
        assertThat(get("/docs/swagger-ui-bundle.js").text()).contains("SwaggerUIBundle");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/openapi.json", "/docs", "/docs/swagger-ui-bundle.js"})
    void whatDidNotChangeIsNotSentAgain(String path) {
        String tag = header(get(path), "etag");
        ApiServer.Reply again = api.send("GET", path, null, "If-None-Match", tag);
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.text()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/openapi.json", "/docs", "/docs/swagger-ui-bundle.js"})
    void whoAsksForTheHeadersGetsThoseOfTheWhole(String path) throws IOException {
        ApiServer.Reply whole = get(path);
        ApiServer.Reply head = api.send("HEAD", path, null);
        assertThat(head.status()).isEqualTo(200);
        assertThat(head.text()).isEmpty();
        for (String name : new String[] {"content-length", "content-type", "etag", "content-security-policy"}) {
            assertThat(header(head, name)).as(name).isEqualTo(header(whole, name));
        }
        assertThat(Integer.parseInt(header(whole, "content-length")))
                .isEqualTo(whole.text().getBytes(StandardCharsets.UTF_8).length);
        String two = api.raw("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "GET /v1/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertThat(two).contains("\r\n\r\nHTTP/1.1 404");
    }

    @Test
    void nothingElseOfTheLibraryIsServed() {
        assertThat(get("/docs/index.html").status()).isEqualTo(404);
        assertThat(get("/docs/../openapi.json").status()).isEqualTo(404);
        assertThat(get("/docs/swagger-ui.js").status()).isEqualTo(404);
        assertThat(api.send("POST", "/openapi.json", "{}").status()).isEqualTo(405);
    }

    private ApiServer.Reply get(String path) {
        return api.send("GET", path, null);
    }

    private static String header(ApiServer.Reply reply, String name) {
        return reply.response().headers().firstValue(name).orElse("");
    }
}
