package io.skerry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// What a new user does in the first five minutes: curl in its documented forms, then the client from npm.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NewUserTest {

    @TempDir
    private static Path directory;

    private static DevProcess skerry;
    private static String jwt = "";

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        skerry = DevProcess.start(directory.resolve("data"));
    }

    @AfterAll
    static void stop() {
        skerry.close();
    }

    @Test
    @Order(1)
    void curlCreatesADatabaseAndAToken() throws IOException, InterruptedException {
        JsonNode created = curl(
                "-X",
                "POST",
                url(0, "/v1/organizations/default/databases"),
                "-H",
                bearer(),
                "-d",
                "{\"name\":\"shop\",\"group\":\"default\"}");
        assertThat(created.at("/database/Name").asText()).isEqualTo("shop");
        assertThat(created.at("/database/Hostname").asText()).endsWith("/db/shop-default");
        assertThat(created.at("/database/primaryRegion").asText()).isEqualTo("local");

        jwt = curl("-X", "POST", url(0, "/v1/organizations/default/databases/shop/auth/tokens"), "-H", bearer())
                .get("jwt")
                .asText();
        assertThat(jwt.split("\\.")).hasSize(3);
    }

    @Test
    @Order(2)
    void theClientFromNpmWorks() throws IOException, InterruptedException {
        npm("client.test.mjs", Map.of("SKERRY_URL", url(0, "/dev/shop"), "SKERRY_TOKEN", jwt));
    }

    @Test
    @Order(3)
    void curlAddsLocationsInBothForms() throws IOException, InterruptedException {
        JsonNode first = curl(
                "--location", "--request", "POST", url(0, "/v1/groups/default/locations/lhr"), "--header", bearer());
        assertThat(first.at("/group/locations")).map(JsonNode::asText).containsExactly("fra", "lhr");
        assertThat(first.at("/group/primary").asText()).isEqualTo("fra");

        JsonNode second = curl(
                "--location",
                "--request",
                "POST",
                url(0, "/v1/organizations/default/groups/default/locations/bos"),
                "--header",
                bearer());
        assertThat(second.at("/group/locations")).map(JsonNode::asText).containsExactly("fra", "lhr", "bos");
        for (String location : List.of("lhr", "bos")) {
            assertThat(curl(url(0, "/v1/groups/default/locations/" + location + "/wait"), "-H", bearer())
                            .isObject())
                    .isTrue();
        }
    }

    @Test
    @Order(4)
    void theClientFromNpmWorksAtTheNewLocation() throws IOException, InterruptedException {
        npm(
                "replica.test.mjs",
                Map.of(
                        "SKERRY_URL",
                        url(0, "/dev/shop"),
                        "SKERRY_REPLICA_URL",
                        url(1, "/dev/shop"),
                        "SKERRY_TOKEN",
                        jwt));
        npm("client.test.mjs", Map.of("SKERRY_URL", url(2, "/dev/shop"), "SKERRY_TOKEN", jwt));
    }

    @Test
    @Order(5)
    void theClientOfThePlatformApiWorks() throws IOException, InterruptedException {
        npm(
                "api.test.mjs",
                Map.of("SKERRY_API", url(0, "/v1/"), "SKERRY_TOKEN", skerry.token(), "SKERRY_ORGANIZATION", "default"));
    }

    private static String bearer() throws IOException {
        return "Authorization: Bearer " + skerry.token();
    }

    private static String url(int node, String path) {
        return skerry.uri(node, path).toString().replace("127.0.0.1", "localhost");
    }

    private static JsonNode curl(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("curl", "-sS", "--fail-with-body", "--max-time", "60"));
        command.addAll(List.of(arguments));
        return DevProcess.JSON.readTree(run(new ProcessBuilder(command)));
    }

    private static void npm(String script, Map<String, String> environment) throws IOException, InterruptedException {
        ProcessBuilder node = new ProcessBuilder("node", "--test", script)
                .directory(Path.of("npm").toFile());
        node.environment().putAll(environment);
        assertThat(run(node)).contains("# fail 0").doesNotContain("# pass 0");
    }

    private static String run(ProcessBuilder command) throws IOException, InterruptedException {
        Process process = command.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s: %s", command.command(), output).isZero();
        return output;
    }
}
