package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.platform.openapi.ApiDocument;
import io.skerry.platform.openapi.Served;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The document describes what is served: no more, no less, and well-formed.
class OpenApiTest {

    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");

    private final List<Operation> operations = OperationsFixture.all();
    private final JsonNode document = Documentation.describe(operations);

    @Test
    void everyFormOfEveryOperationIsInIt() {
        List<String> served = operations.stream()
                .flatMap(operation -> operation.forms().stream().map(form -> operation.method() + " " + form))
                .toList();
        assertThat(described()).containsExactlyInAnyOrderElementsOf(served);
    }

    @Test
    void whatIsServedAndNotDescribedIsADefect() {
        Served undescribed = new Served("GET", "/v1/secret", List.of("/v1/secret"), "TOKEN", true, true, false, false);
        assertThatThrownBy(() -> ApiDocument.of(List.of(undescribed)))
                .hasMessage("served, but not described: GET /v1/secret");
        assertThatThrownBy(() -> ApiDocument.of(List.of()))
                .hasMessageStartingWith("described, but not served: ")
                .hasMessageContaining("GET P/groups");
    }

    @Test
    void everyParameterOfAPathIsDescribed() {
        each((route, operation) -> {
            Set<String> inPath = new TreeSet<>();
            PARAMETER.matcher(route).results().forEach(found -> inPath.add(found.group(1)));
            Set<String> described = new TreeSet<>();
            for (JsonNode parameter : operation.path("parameters")) {
                if (parameter.path("in").asText().equals("path")) {
                    assertThat(parameter.path("required").asBoolean()).as(route).isTrue();
                    described.add(parameter.path("name").asText());
                }
            }
            assertThat(described).as(route).isEqualTo(inPath);
        });
    }

    @Test
    void operationsHaveIdsOfTheirOwnAndSaySomething() {
        Set<String> ids = new HashSet<>();
        each((route, operation) -> {
            assertThat(ids.add(operation.path("operationId").asText()))
                    .as(route)
                    .isTrue();
            assertThat(operation.path("summary").asText()).as(route).isNotBlank();
            boolean refused = operation.path("summary").asText().equals("Is refused");
            assertThat(operation.at("/responses/200/content").has("application/json"))
                    .as(route)
                    .isNotEqualTo(refused || operation.at("/responses").has("302"));
        });
        assertThat(ids).hasSizeGreaterThan(150).contains("getV1GroupsByGroup");
    }

    @Test
    void whatNeedsNoTokenSaysSo() {
        each((route, operation) -> {
            boolean open = operation.path("x-skerry-right").asText().equals("NOTHING");
            assertThat(operation.path("security").isEmpty()).as(route).isEqualTo(open);
            assertThat(open || operation.path("responses").has("401")).as(route).isTrue();
        });
    }

    @Test
    void whatComesWithTheRequestAndWithTheAnswerIsSaid() {
        List<String> bodies = new ArrayList<>();
        List<String> limited = new ArrayList<>();
        List<String> passing = new ArrayList<>();
        each((route, operation) -> {
            JsonNode responses = operation.path("responses");
            assertThat(responses.has("304")).as(route).isEqualTo(route.startsWith("GET "));
            if (responses.has("429")) {
                limited.add(route);
                assertThat(responses.at("/429/headers").has("Retry-After"))
                        .as(route)
                        .isTrue();
            }
            if (responses.has("503")) {
                passing.add(route);
                assertThat(responses.at("/503/headers").has("Retry-After"))
                        .as(route)
                        .isTrue();
            }
            if (operation.has("requestBody")) {
                JsonNode schema =
                        operation.at("/requestBody/content").iterator().next().path("schema");
                boolean needed = operation.at("/requestBody/required").asBoolean();
                assertThat(needed).as(route).isEqualTo(schema.has("required"));
                if (needed) {
                    bodies.add(route);
                }
            }
        });
        assertThat(bodies).contains("POST /v1/groups");
        assertThat(limited).contains("GET /v1/groups");
        assertThat(passing).contains("POST /v1/groups");
    }

    @Test
    void everyReferenceLeadsSomewhereAndEverySchemaIsUsed() {
        Set<String> used = new TreeSet<>();
        document.findValuesAsText("$ref").forEach(reference -> {
            assertThat(document.at(reference.substring(1)).isMissingNode())
                    .as(reference)
                    .isFalse();
            used.add(reference.substring(reference.lastIndexOf('/') + 1));
        });
        Set<String> named = new TreeSet<>();
        document.at("/components/schemas").fieldNames().forEachRemaining(named::add);
        document.at("/components/parameters").fieldNames().forEachRemaining(named::add);
        assertThat(named).isEqualTo(used);
    }

    private List<String> described() {
        List<String> routes = new ArrayList<>();
        each((route, operation) -> routes.add(route));
        return routes;
    }

    private interface Look {
        void at(String route, JsonNode operation);
    }

    private void each(Look look) {
        document.path("paths")
                .properties()
                .forEach(path -> Stream.of("get", "put", "post", "patch", "delete")
                        .filter(path.getValue()::has)
                        .forEach(method -> look.at(
                                method.toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                path.getValue().path(method))));
    }
}
