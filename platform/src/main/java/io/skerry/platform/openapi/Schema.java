package io.skerry.platform.openapi;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// Schemas (JSON Schema 2020-12, as OpenAPI 3.1 has it). An object may have members that are not named: clients
/// must not mind them.
final class Schema {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private Schema() {}

    static ObjectNode text(String description) {
        return typed("string", description);
    }

    static ObjectNode uuid(String description) {
        return text(description).put("format", "uuid");
    }

    /// RFC 3339, with a zone.
    static ObjectNode time(String description) {
        return text(description).put("format", "date-time");
    }

    static ObjectNode oneOf(String description, String... values) {
        ObjectNode schema = text(description);
        ArrayNode list = schema.putArray("enum");
        for (String value : values) {
            list.add(value);
        }
        return schema;
    }

    static ObjectNode flag(String description) {
        return typed("boolean", description);
    }

    static ObjectNode number(String description) {
        return typed("integer", description).put("format", "int64");
    }

    static ObjectNode list(ObjectNode items) {
        ObjectNode schema = JSON.objectNode().put("type", "array");
        schema.set("items", items);
        return schema;
    }

    static ObjectNode list(String description, ObjectNode items) {
        return list(items).put("description", description);
    }

    /// An object whose members are not known beforehand.
    static ObjectNode map(String description, ObjectNode values) {
        ObjectNode schema = typed("object", description);
        schema.set("additionalProperties", values);
        return schema;
    }

    static ObjectNode object(Field... fields) {
        ObjectNode schema = JSON.objectNode().put("type", "object");
        ObjectNode properties = schema.putObject("properties");
        ArrayNode required = JSON.arrayNode();
        for (Field field : fields) {
            properties.set(field.name(), field.schema());
            if (field.always()) {
                required.add(field.name());
            }
        }
        if (!required.isEmpty()) {
            schema.set("required", required);
        }
        return schema;
    }

    /// What has nothing to say.
    static ObjectNode nothing() {
        return object();
    }

    /// One of the schemas with a name.
    static ObjectNode ref(String name) {
        return JSON.objectNode().put("$ref", "#/components/schemas/" + name);
    }

    static ObjectNode orNull(ObjectNode schema) {
        ObjectNode either = JSON.objectNode();
        either.putArray("anyOf").add(schema).addObject().put("type", "null");
        return either;
    }

    static ObjectNode either(ObjectNode one, ObjectNode other) {
        ObjectNode either = JSON.objectNode();
        either.putArray("anyOf").add(one).add(other);
        return either;
    }

    private static ObjectNode typed(String type, String description) {
        return JSON.objectNode().put("type", type).put("description", description);
    }
}
