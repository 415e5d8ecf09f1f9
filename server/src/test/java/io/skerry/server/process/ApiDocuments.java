package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/// The document that a node serves, and the published one: what each says of a route, and whether an answer, and
/// what was sent for it, is as they say.
final class ApiDocuments {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path PUBLISHED = Path.of("..", "platform", "src", "test", "resources", "platform-api.json");

    /// The published document has a bare array there; every known client reads what we answer.
    private static final String DELIBERATE = "GET /v1/organizations";

    /// @param path one form of it, with parameters in braces
    record Route(String method, String path, JsonNode operation) {

        boolean inOrganization() {
            return path.contains("{organization}")
                    || operation.path("parameters").toString().contains("$ref");
        }

        /// Whether it never does anything.
        boolean isRefused() {
            return operation.path("responses").properties().stream()
                    .noneMatch(response -> response.getKey().compareTo("400") < 0);
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private final JsonNode own;
    private final JsonNode published;
    private final List<Route> routes = new ArrayList<>();

    ApiDocuments(JsonNode own) throws IOException {
        this.own = own;
        this.published = JSON.readTree(PUBLISHED.toFile());
        own.path("paths")
                .properties()
                .forEach(path -> path.getValue()
                        .properties()
                        .forEach(method -> routes.add(new Route(
                                method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue()))));
    }

    List<Route> routes() {
        return routes;
    }

    /// The route that a request took: of several that fit, the one with the fewest parameters.
    Route route(String method, String path) {
        return routes.stream()
                .filter(route -> route.method().equals(method) && fits(route.path(), path.replaceFirst("\\?.*", "")))
                .min(Comparator.comparingInt(route -> route.path().split("\\{", -1).length))
                .orElseThrow(() -> new AssertionError("no route for " + method + " " + path));
    }

    private static boolean fits(String template, String path) {
        String pattern = Pattern.quote(template).replaceAll("\\{\\w+}", "\\\\E[^/]*\\\\Q");
        return path.matches(pattern);
    }

    /// Fails unless the route may answer so.
    void check(Route route, String what, int status, JsonNode answer) {
        JsonNode response = route.operation().path("responses").path(Integer.toString(status));
        assertThat(response.isMissingNode())
                .as("%s: status %s is documented; %s", what, status, answer)
                .isFalse();
        assertThat(AnswerCheck.own(own, content(response), answer)).as(what).isEmpty();
        JsonNode there = publishedOperation(route).path("responses").path(Integer.toString(status));
        JsonNode schema = content(AnswerCheck.resolve(published, there));
        if (!schema.isMissingNode() && !(status == 200 && route.toString().equals(DELIBERATE))) {
            assertThat(AnswerCheck.published(published, schema, answer))
                    .as(what + " against the published document")
                    .isEmpty();
        }
    }

    /// Fails unless our own document describes a body that the route took, member by member. Where it describes none,
    /// none is read.
    void checkTaken(Route route, String what, String body) throws IOException {
        JsonNode schema = content(route.operation().path("requestBody"));
        if (!schema.isMissingNode()) {
            assertThat(AnswerCheck.own(own, schema, asRead(JSON.readTree(body))))
                    .as("%s: what was sent is documented", what)
                    .isEmpty();
        }
    }

    /// Keys count in any case, and null is as good as nothing.
    private static JsonNode asRead(JsonNode value) {
        if (value.isObject()) {
            ObjectNode object = JSON.createObjectNode();
            value.properties().stream()
                    .filter(member -> !member.getValue().isNull())
                    .forEach(member -> object.set(member.getKey().toLowerCase(Locale.ROOT), asRead(member.getValue())));
            return object;
        }
        if (value.isArray()) {
            ArrayNode array = JSON.createArrayNode();
            value.forEach(item -> array.add(asRead(item)));
            return array;
        }
        return value;
    }

    private JsonNode publishedOperation(Route route) {
        String path = nameless(route.path());
        return published.path("paths").properties().stream()
                .filter(entry -> nameless(entry.getKey()).equals(path)
                        || nameless(entry.getKey())
                                .replaceFirst("/organizations/\\{}", "")
                                .equals(path))
                .map(Map.Entry::getValue)
                .map(operations -> operations.path(route.method().toLowerCase(Locale.ROOT)))
                .filter(operation -> !operation.isMissingNode())
                .findFirst()
                .orElse(published.path("nothing"));
    }

    private static String nameless(String path) {
        return path.replaceAll("\\{\\w+}", "{}");
    }

    private static JsonNode content(JsonNode response) {
        return response.path("content").path("application/json").path("schema");
    }
}
