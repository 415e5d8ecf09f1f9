package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Compares our document with the published one, field by field: whoever wrote a client for that one is served
/// here. What a request may have there it may have here, and what an answer has there it has here.
class PublishedDocumentTest {

    /// Where we differ on purpose. One that is no difference any more fails the test.
    private static final Map<String, String> DELIBERATE = Map.of(
            "GET /v1/organizations 200: [object] instead of [array]",
            "every known client reads it wrapped in an object",
            "GET /v1/organizations/{}/audit-logs 200 audit_logs[].code: any text instead of certain ones",
            "more is written down here than there are codes for there",
            "POST /v1/organizations/{}/members takes username: is required here only",
            "the published document requires `email`, which it does not have",
            "POST /v1/organizations/{}/groups/{}/transfer takes organization: is required here only",
            "nowhere is no place to transfer a group to",
            "POST /v1/organizations/{}/databases takes seed.type: is required here only",
            "content without a type would have to be guessed");

    private final JsonNode published = published();
    private final JsonNode own = Documentation.describe(OperationsFixture.all());

    @Test
    void whateverThePublishedDocumentHasIsHereButForWhatIsDeliberate() {
        assertThat(differences(own)).containsExactlyInAnyOrderElementsOf(DELIBERATE.keySet());
    }

    @Test
    void theComparisonFindsWhatIsMissing() {
        ObjectNode broken = own.deepCopy();
        ObjectNode group = (ObjectNode) broken.at("/components/schemas/Group");
        group.withObject("/properties").remove("primary");
        group.withObject("/properties/uuid").put("type", "integer");
        ObjectNode configuration = (ObjectNode) broken.at("/components/schemas/Configuration");
        configuration.withArray("required").remove(0);
        ObjectNode databases = (ObjectNode) broken.at("/paths/~1v1~1organizations~1{organization}~1databases");
        databases
                .withObject("/post/requestBody/content/application~1json/schema/properties")
                .remove("size_limit");
        databases.withObject("/post/responses").remove("409");
        databases.withArray("/get/parameters").remove(1);
        ((ObjectNode) broken.path("paths")).remove("/v1/user");
        String postDatabases = "POST /v1/organizations/{}/databases";
        assertThat(differences(broken))
                .contains(
                        "GET /v1/organizations/{}/groups/{} 200 group.primary: is missing",
                        "GET /v1/organizations/{}/groups/{} 200 group.uuid: [integer] instead of [string]",
                        "GET /v1/organizations/{}/databases/{}/configuration 200 size_limit: may be absent",
                        postDatabases + " takes size_limit: is missing",
                        postDatabases + " 409: is missing",
                        "GET /v1/organizations/{}/databases asks group: is missing",
                        "GET /v1/user: is missing");
    }

    private Set<String> differences(JsonNode document) {
        Set<String> differences = new TreeSet<>();
        published
                .path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    String route = method.getKey().toUpperCase(Locale.ROOT) + " " + nameless(path.getKey());
                    JsonNode here = operation(document, route);
                    if (here.isMissingNode()) {
                        differences.add(route + ": is missing");
                    } else {
                        new Comparison(document, differences).operation(route, here, method.getValue());
                    }
                }));
        return differences;
    }

    private static JsonNode operation(JsonNode document, String route) {
        List<JsonNode> found = new ArrayList<>();
        document.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(method -> {
                    if (route.equals(method.getKey().toUpperCase(Locale.ROOT) + " " + nameless(path.getKey()))) {
                        found.add(method.getValue());
                    }
                }));
        return found.isEmpty() ? document.path("nothing") : found.getFirst();
    }

    /// Parameters of paths go by other names there.
    private static String nameless(String path) {
        return path.replaceAll("\\{\\w+}", "{}");
    }

    private final class Comparison {

        private final JsonNode document;
        private final Set<String> differences;

        Comparison(JsonNode document, Set<String> differences) {
            this.document = document;
            this.differences = differences;
        }

        void operation(String route, JsonNode here, JsonNode there) {
            for (JsonNode reference : there.path("parameters")) {
                JsonNode parameter = Shape.resolve(published, reference);
                if (parameter.path("in").asText().equals("query")) {
                    String where = route + " asks " + parameter.path("name").asText();
                    taken(where, parameter(here, parameter.path("name").asText()), parameter.path("schema"));
                }
            }
            JsonNode body = content(there.path("requestBody"));
            if (!body.isMissingNode()) {
                taken(route + " takes", content(here.path("requestBody")), body);
            }
            there.path("responses").properties().forEach(response -> {
                String where = route + " " + response.getKey();
                JsonNode answer = here.path("responses").path(response.getKey());
                JsonNode schema = content(Shape.resolve(published, response.getValue()));
                if (answer.isMissingNode()) {
                    differences.add(where + ": is missing");
                } else if (!schema.isMissingNode()) {
                    answered(where, content(answer), schema);
                }
            });
        }

        private JsonNode parameter(JsonNode operation, String name) {
            for (JsonNode parameter : operation.path("parameters")) {
                if (parameter.path("name").asText().equals(name)) {
                    return parameter.path("schema");
                }
            }
            return operation.path("nothing");
        }

        /// Whatever may be sent there may be sent here.
        private void taken(String where, JsonNode hereSchema, JsonNode thereSchema) {
            Shape there = Shape.of(published, thereSchema);
            Shape here = Shape.of(document, hereSchema);
            if (hereSchema.isMissingNode()) {
                differences.add(where + ": is missing");
                return;
            }
            types(where, there.types(), here.types());
            there.values().stream()
                    .filter(value -> !here.values().isEmpty() && !here.values().contains(value))
                    .forEach(value -> differences.add(where + ": " + value + " is refused"));
            here.required().stream()
                    .filter(name -> !there.required().contains(name))
                    .forEach(name -> differences.add(member(where, name) + ": is required here only"));
            there.properties()
                    .forEach((name, schema) -> taken(
                            member(where, name),
                            here.properties().getOrDefault(name, document.path("nothing")),
                            schema));
            if (there.items() != null && here.items() != null) {
                taken(where + "[]", here.items(), there.items());
            }
        }

        /// Whatever is answered there is answered here, and nothing that could not be there.
        private void answered(String where, JsonNode hereSchema, JsonNode thereSchema) {
            Shape there = Shape.of(published, thereSchema);
            Shape here = Shape.of(document, hereSchema);
            types(where, here.types(), there.types());
            if (here.values().isEmpty()
                    && !there.values().isEmpty()
                    && !here.types().contains("object")) {
                differences.add(where + ": any text instead of certain ones");
            }
            here.values().stream()
                    .filter(value ->
                            !there.values().isEmpty() && !there.values().contains(value))
                    .forEach(value -> differences.add(where + ": " + value + " is unknown there"));
            if (!here.types().contains("object") && there.types().contains("object")) {
                return;
            }
            there.properties().forEach((name, schema) -> {
                JsonNode member = here.properties().get(name);
                if (member == null) {
                    differences.add(member(where, name) + ": is missing");
                    return;
                }
                if (!here.required().contains(name) && !isOptional(schema)) {
                    differences.add(member(where, name) + ": may be absent");
                }
                answered(member(where, name), member, schema);
            });
            if (there.items() != null && here.items() != null) {
                answered(where + "[]", here.items(), there.items());
            }
            if (there.others() != null && there.others().isObject() && here.others() != null) {
                answered(where + "{}", here.others(), there.others());
            }
        }

        private void types(String where, Set<String> narrow, Set<String> wide) {
            if (!wide.containsAll(narrow) && !wide.isEmpty()) {
                differences.add(where + ": " + narrow + " instead of " + wide);
            }
        }

        private static String member(String where, String name) {
            return where + (where.matches(".*( takes| \\d{3})") ? " " : ".") + name;
        }
    }

    private static JsonNode content(JsonNode node) {
        return node.path("content").path("application/json").path("schema");
    }

    /// The document says it in words.
    private static boolean isOptional(JsonNode property) {
        String description = property.path("description").asText();
        return description.contains("Omitted if") || description.contains("Present only");
    }

    private static JsonNode published() {
        try (InputStream in = PublishedDocumentTest.class.getResourceAsStream("/platform-api.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
