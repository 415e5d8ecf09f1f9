package io.skerry.platform;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a schema of either document allows, with its references, alternatives and parts put together.
record Shape(
        Set<String> types,
        Map<String, JsonNode> properties,
        Set<String> required,
        Set<String> values,
        @Nullable JsonNode items,
        @Nullable JsonNode others) {

    static Shape of(JsonNode document, JsonNode schema) {
        Shape empty = new Shape(new TreeSet<>(), new TreeMap<>(), new TreeSet<>(), new TreeSet<>(), null, null);
        return empty.with(document, schema);
    }

    static JsonNode resolve(JsonNode document, JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isTextual()
                ? resolve(document, document.at(reference.asText().substring(1)))
                : node;
    }

    private Shape with(JsonNode document, JsonNode reference) {
        JsonNode schema = resolve(document, reference);
        Shape shape = this;
        for (String combined : new String[] {"allOf", "anyOf", "oneOf"}) {
            for (JsonNode part : schema.path(combined)) {
                shape = shape.with(document, part);
            }
        }
        if (schema.has("type")) {
            types.add(schema.path("type").asText());
        } else if (schema.has("properties")) {
            types.add("object");
        }
        if (schema.path("nullable").asBoolean()) {
            types.add("null");
        }
        schema.path("properties").properties().forEach(entry -> properties.put(entry.getKey(), entry.getValue()));
        schema.path("required").forEach(name -> required.add(name.asText()));
        schema.path("enum").forEach(value -> values.add(value.asText()));
        return new Shape(
                types,
                properties,
                required,
                values,
                schema.has("items") ? schema.get("items") : shape.items,
                schema.has("additionalProperties") ? schema.get("additionalProperties") : shape.others);
    }
}
