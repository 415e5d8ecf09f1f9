package io.skerry.platform;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skerry.catalog.organization.Role;
import io.skerry.catalog.testing.TestCluster;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Holds answers against the published OpenAPI document, field by field: what it names is there and of its type.
class PublishedDocumentTest {

    private static final String ORGANIZATION = "/v1/organizations/{organizationSlug}";

    private final TestCluster cluster = new TestCluster();
    private final ApiServer api = new ApiServer(cluster);
    private final JsonNode document = document();
    private String tokenId = "";

    @BeforeEach
    void createDatabase() {
        api.post("/v1/databases", "{\"name\":\"shop\",\"group\":\"default\"}");
        api.post("/v1/groups/default/locations/lhr");
        People.member(cluster, "bob", Role.MEMBER);
        People.user(cluster, "eve");
        tokenId = api.post(
                        "/v1/auth/api-tokens/ci",
                        "{\"organization\":\"acme\",\"group\":\"default\",\"scopes\":[\"read\"]}")
                .json()
                .path("id")
                .asText();
    }

    @AfterEach
    void close() {
        api.close();
        cluster.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            get    | /databases                                         |
            post   | /databases                                         | {"name":"new","group":"default"}
            get    | /databases/{databaseName}                          |
            delete | /databases/{databaseName}                          |
            get    | /databases/{databaseName}/instances                |
            get    | /databases/{databaseName}/instances/{instanceName} |
            post   | /databases/{databaseName}/auth/tokens              | {}
            get    | /groups                                            |
            post   | /groups                                            | {"name":"new","location":"bos"}
            get    | /groups/{groupName}                                |
            delete | /groups/{groupName}                                |
            post   | /groups/{groupName}/locations/{location}           |
            delete | /groups/{groupName}/locations/{location}           |
            post   | /groups/{groupName}/auth/tokens                    | {}
            get    | `` |
            patch  | `` | {"overages":true}
            get    | /api-tokens                                        |
            delete | /api-tokens/{tokenId}                              |
            get    | /members                                           |
            post   | /members                                           | {"username":"eve"}
            get    | /members/{username}                                |
            patch  | /members/{username}                                | {"role":"admin"}
            delete | /members/{username}                                |
            get    | /groups/{groupName}/configuration                  |
            patch  | /groups/{groupName}/configuration                  | {"delete_protection":true}
            post   | /groups/{groupName}/unarchive                      |
            post   | /groups/{groupName}/transfer                       | {"organization":"acme"}
            get    | /databases/{databaseName}/configuration            |
            get    | /databases/{databaseName}/usage                    |
            get    | /databases/{databaseName}/stats                    |
            patch  | /databases/{databaseName}/configuration            | {"size_limit":"1gb","allowed_ips":["::1"]}
            get    | /audit-logs                                        |
            get    | /usage                                             |
            get    | /plans                                             |
            get    | /subscription                                      |
            get    | /invoices                                          |
            """)
    void answersHaveTheDocumentedFields(String method, String path, String body) {
        check(method, ORGANIZATION + path, body);
    }

    @Test
    void answersOutsideOrganizationsDoToo() {
        check("get", "/v1/locations", null);
        check("get", "/v1/auth/validate", null);
        check("get", "/v1/user", null);
        check("post", "/v2/organizations/{organizationSlug}/invites", "{\"email\":\"ana@example.net\"}");
        check("get", "/v2/organizations/{organizationSlug}/invites", null);
        check("get", "/v1/auth/api-tokens", null);
        check("delete", "/v1/auth/api-tokens/{tokenName}", null);
        check("post", "/v1/auth/api-tokens/{tokenName}", null);
        // The document has a bare array here; every known client wants it wrapped.
        JsonNode schema = success("get", "/v1/organizations").path("items");
        List<String> faults = new ArrayList<>();
        compare(
                "organization",
                resolve(schema),
                api.get("/v1/organizations").json().at("/organizations/0"),
                faults);
        assertThat(faults).isEmpty();
    }

    @Test
    void theCheckItselfFindsWhatIsMissing() throws IOException {
        List<String> faults = new ArrayList<>();
        JsonNode half = new ObjectMapper().readTree("{\"group\":{\"name\":7}}");
        compare("answer", success("get", ORGANIZATION + "/groups/{groupName}"), half, faults);
        assertThat(faults).contains("answer.group.name is not a string", "answer.group.locations is missing");
    }

    private void check(String method, String path, @org.jspecify.annotations.Nullable String body) {
        String real = path.replace("{organizationSlug}", "acme")
                .replace("{databaseName}", "shop")
                .replace("{instanceName}", "lhr")
                .replace("{groupName}", "default")
                .replace("{location}", "lhr")
                .replace("{username}", "bob")
                .replace("{tokenName}", "ci")
                .replace("{tokenId}", tokenId);
        ApiServer.Reply reply = api.send(method.toUpperCase(java.util.Locale.ROOT), real, body);
        assertThat(reply.status()).isEqualTo(200);
        List<String> faults = new ArrayList<>();
        compare("answer", success(method, path), reply.json(), faults);
        assertThat(faults).isEmpty();
    }

    private JsonNode success(String method, String path) {
        JsonNode schema = resolve(document.path("paths")
                        .path(path)
                        .path(method)
                        .path("responses")
                        .path("200"))
                .path("content")
                .path("application/json")
                .path("schema");
        assertThat(schema.isMissingNode())
                .as(method + " " + path + " is documented")
                .isFalse();
        return resolve(schema);
    }

    private void compare(String where, JsonNode schema, JsonNode value, List<String> faults) {
        for (JsonNode part : schema.path("allOf")) {
            compare(where, resolve(part), value, faults);
        }
        schema.path("properties").properties().forEach(property -> {
            String name = where + "." + property.getKey();
            JsonNode member = value.path(property.getKey());
            if (member.isMissingNode()) {
                if (!isOptional(property.getValue())) {
                    faults.add(name + " is missing");
                }
            } else if (!member.isNull()) {
                compare(name, resolve(property.getValue()), member, faults);
            }
        });
        String type = schema.path("type").asText();
        boolean fits = switch (type) {
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "number" -> value.isNumber();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            default -> true;
        };
        if (!fits) {
            faults.add(where + " is not a " + type);
        }
        if (value.isArray()) {
            value.forEach(item -> compare(where + "[]", resolve(schema.path("items")), item, faults));
        }
    }

    /// The document says it in words.
    private static boolean isOptional(JsonNode property) {
        String description = property.path("description").asText();
        return description.contains("Omitted if") || description.contains("Present only");
    }

    private JsonNode resolve(JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isTextual() ? resolve(document.at(reference.asText().substring(1))) : node;
    }

    private static JsonNode document() {
        try (InputStream in = PublishedDocumentTest.class.getResourceAsStream("/platform-api.json")) {
            return new ObjectMapper().readTree(Objects.requireNonNull(in));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
