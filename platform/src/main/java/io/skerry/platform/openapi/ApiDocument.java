package io.skerry.platform.openapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Makes the OpenAPI document: of the routes that are served, and of what is known about each.
public final class ApiDocument {

    private static final Pattern PARAMETER = Pattern.compile("\\{(\\w+)}");
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private static final String ABOUT = """
            The control plane: organizations, groups of databases and their locations, databases, tokens.

            * A path under `/v1` that names no organization means the caller's own: that of the token if it is \
            restricted to one, else the personal one. The header `x-turso-organization` names another.
            * Keys of a body are found in any case; unknown ones are ignored; `null` and `""` count as absent.
            * Success is status 200 with JSON, but for a redirection of OAuth. Errors are `{"error": "text"}`.
            * Every answer carries `X-Request-Id`. Answers to GET carry an `ETag`, and one that did not change since \
            is 304 to a request with `If-None-Match`.
            * `x-skerry-right` of an operation is what its caller needs; docs/api.md says which roles and tokens have it.
            """;

    private final Map<String, Description> descriptions = new HashMap<>();
    private final Map<String, String> tags = new HashMap<>();
    private final ObjectNode root = JSON.objectNode().put("openapi", "3.1.0");
    private final Map<String, ObjectNode> paths = new TreeMap<>();

    private ApiDocument() {}

    /// @throws IllegalStateException if an operation is served and not described, or the other way round
    public static ObjectNode of(List<Served> operations) {
        ApiDocument document = new ApiDocument();
        Map<String, List<Description>> families = families();
        document.head(families);
        families.forEach(document::describe);
        operations.forEach(document::add);
        if (!document.descriptions.isEmpty()) {
            throw new IllegalStateException("described, but not served: " + document.descriptions.keySet());
        }
        ObjectNode all = document.root.putObject("paths");
        document.paths.forEach(all::set);
        document.components();
        return document.root;
    }

    private static Map<String, List<Description>> families() {
        Map<String, List<Description>> families = new LinkedHashMap<>();
        families.put("Account", AccountDescriptions.all());
        families.put("API tokens", ApiTokenDescriptions.all());
        families.put("OAuth", OauthDescriptions.all());
        families.put("Organizations", OrganizationDescriptions.all());
        families.put("Members", MemberDescriptions.members());
        families.put("Invitations", MemberDescriptions.invites());
        families.put("Locations", GroupDescriptions.locations());
        families.put("Groups", GroupDescriptions.groups());
        families.put("Databases", DatabaseDescriptions.databases());
        families.put("Instances", DatabaseDescriptions.instances());
        families.put("Usage", UsageDescriptions.all());
        families.put("By id", ByIdDescriptions.all());
        families.put("Billing", BillingDescriptions.all());
        return families;
    }

    private void head(Map<String, List<Description>> families) {
        root.putObject("info")
                .put("title", "Skerry Platform API")
                .put("version", "v1, v2, v3")
                .put("description", ABOUT);
        root.putArray("servers").addObject().put("url", "/");
        ArrayNode list = root.putArray("tags");
        families.keySet().forEach(name -> list.addObject().put("name", name));
    }

    private void describe(String tag, List<Description> family) {
        for (Description description : family) {
            if (descriptions.put(description.route(), description) != null) {
                throw new IllegalStateException("described twice: " + description.route());
            }
            tags.put(description.route(), tag);
        }
    }

    private void add(Served served) {
        Description description = descriptions.remove(served.route());
        if (description == null) {
            throw new IllegalStateException("served, but not described: " + served.route());
        }
        for (String form : served.forms()) {
            paths.computeIfAbsent(form, path -> JSON.objectNode())
                    .set(served.method().toLowerCase(Locale.ROOT), operation(served, form, description));
        }
    }

    private ObjectNode operation(Served served, String form, Description description) {
        ObjectNode operation = JSON.objectNode();
        operation.putArray("tags").add(tags.get(served.route()));
        operation.put("operationId", id(served.method(), form)).put("summary", description.summary());
        if (!description.detail().isEmpty()) {
            operation.put("description", description.detail());
        }
        ArrayNode parameters = parameters(served, form, description);
        if (!parameters.isEmpty()) {
            operation.set("parameters", parameters);
        }
        ObjectNode body = description.body();
        if (body != null) {
            ObjectNode request = operation.putObject("requestBody").put("required", body.has("required"));
            request.set("content", content(description.bodyType(), body));
        }
        operation.set("responses", responses(served, description));
        ArrayNode security = operation.putArray("security");
        if (served.needsToken()) {
            security.addObject().putArray("token");
        }
        return operation.put("x-skerry-right", served.right());
    }

    private static ArrayNode parameters(Served served, String form, Description description) {
        ArrayNode parameters = JSON.arrayNode();
        Matcher inPath = PARAMETER.matcher(form);
        while (inPath.find()) {
            parameter(parameters, "path", Field.field(inPath.group(1), PathParameters.schema(inPath.group(1))));
        }
        description.query().forEach(field -> parameter(parameters, "query", field));
        if (served.inOrganization() && !form.contains("{organization}")) {
            parameters.addObject().put("$ref", "#/components/parameters/organizationHeader");
        }
        return parameters;
    }

    private static void parameter(ArrayNode parameters, String in, Field field) {
        ObjectNode schema = field.schema().deepCopy();
        String description = schema.remove("description").asText();
        parameters
                .addObject()
                .put("name", field.name())
                .put("in", in)
                .put("required", field.always())
                .put("description", description)
                .set("schema", schema);
    }

    private static ObjectNode responses(Served served, Description description) {
        ObjectNode responses = JSON.objectNode();
        ObjectNode answer = description.answer();
        if (answer != null) {
            ObjectNode content = content(Description.JSON_TYPE, answer);
            ObjectNode lines = description.lines();
            if (lines != null) {
                content.setAll(content("application/x-ndjson", lines));
            }
            responses.putObject("200").put("description", "Done").set("content", content);
        }
        if (served.method().equals("GET")) {
            responses.putObject("304").put("description", "As the `ETag` in `If-None-Match` names it");
        }
        description
                .failuresWith(StandardFailures.of(served, description))
                .forEach((status, when) -> responses.set(Integer.toString(status), failure(status, when)));
        return responses;
    }

    private static ObjectNode failure(int status, String when) {
        ObjectNode response = JSON.objectNode().put("description", when);
        if (status == 429 || status == 503) {
            ObjectNode header = response.putObject("headers").putObject("Retry-After");
            String says = status == 429 ? "Seconds to wait" : "Seconds to wait; absent if it may have happened";
            header.put("description", says).putObject("schema").put("type", "integer");
        }
        if (status == 302) {
            ObjectNode header = response.putObject("headers").putObject("Location");
            header.put("description", "Where to go on").putObject("schema").put("type", "string");
            return response;
        }
        response.set("content", content(Description.JSON_TYPE, Schema.ref("Error")));
        return response;
    }

    private static ObjectNode content(String type, ObjectNode schema) {
        ObjectNode content = JSON.objectNode();
        content.putObject(type).set("schema", schema);
        return content;
    }

    private void components() {
        ObjectNode components = root.putObject("components");
        ObjectNode schemas = components.putObject("schemas");
        NamedSchemas.all().forEach(schemas::set);
        components
                .putObject("parameters")
                .putObject("organizationHeader")
                .put("name", "x-turso-organization")
                .put("in", "header")
                .put("required", false)
                .put("description", "Slug of another organization than the caller's own")
                .putObject("schema")
                .put("type", "string");
        components
                .putObject("securitySchemes")
                .putObject("token")
                .put("type", "http")
                .put("scheme", "bearer")
                .put("description", "An API token, or the token of a session or of a program that its user let in");
    }

    /// `getV1GroupsByGroup` for `GET /v1/groups/{group}`.
    private static String id(String method, String form) {
        StringBuilder id = new StringBuilder(method.toLowerCase(Locale.ROOT));
        for (String word : form.replace("{", "By-").split("[/}.-]+")) {
            if (!word.isEmpty()) {
                id.append(Character.toUpperCase(word.charAt(0))).append(word.substring(1));
            }
        }
        return id.toString();
    }
}
