package io.skerry.server.process;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Holds an answer against a schema of a document, as far as the schemas of the API go.
final class AnswerCheck {

    /// More is written to the audit log here than the published document has codes for.
    private static final String DELIBERATE = "answer.audit_logs[].code";

    private final JsonNode document;
    private final boolean own;
    private final List<String> faults = new ArrayList<>();

    private AnswerCheck(JsonNode document, boolean own) {
        this.document = document;
        this.own = own;
    }

    /// Against our own document: what is not described must not be there, and what may be absent is told.
    static List<String> own(JsonNode document, JsonNode schema, JsonNode value) {
        return faults(new AnswerCheck(document, true), schema, value);
    }

    /// Against the published one, which has everything always unless its words say otherwise.
    static List<String> published(JsonNode document, JsonNode schema, JsonNode value) {
        return faults(new AnswerCheck(document, false), schema, value);
    }

    private static List<String> faults(AnswerCheck check, JsonNode schema, JsonNode value) {
        check.compare("answer", schema, value);
        return check.faults;
    }

    static JsonNode resolve(JsonNode document, JsonNode node) {
        JsonNode reference = node.path("$ref");
        return reference.isTextual()
                ? resolve(document, document.at(reference.asText().substring(1)))
                : node;
    }

    private void compare(String where, JsonNode reference, JsonNode value) {
        JsonNode schema = resolve(document, reference);
        if (value.isNull() && schema.path("nullable").asBoolean()) {
            return;
        }
        if (schema.has("anyOf")) {
            oneOf(where, schema.path("anyOf"), value);
            return;
        }
        schema.path("allOf").forEach(part -> compare(where, part, value));
        if (!isA(schema.path("type").asText(), value)) {
            faults.add(where + " is not of type " + schema.path("type").asText() + ": " + value);
        } else if (!hasFormat(schema.path("format").asText(), value)) {
            faults.add(where + " is no " + schema.path("format").asText() + ": " + value);
        } else if (schema.has("enum")
                && !schema.path("enum").toString().contains(value.toString())
                && (own || !where.equals(DELIBERATE))) {
            faults.add(where + " is none of " + schema.path("enum") + ": " + value);
        } else if (value.isObject()) {
            members(where, schema, value);
        } else if (value.isArray()) {
            value.forEach(item -> compare(where + "[]", schema.path("items"), item));
        }
    }

    private void oneOf(String where, JsonNode alternatives, JsonNode value) {
        List<String> tried = new ArrayList<>();
        for (JsonNode alternative : alternatives) {
            AnswerCheck check = new AnswerCheck(document, own);
            check.compare(where, alternative, value);
            if (check.faults.isEmpty()) {
                return;
            }
            tried.addAll(check.faults);
        }
        faults.addAll(tried);
    }

    private void members(String where, JsonNode schema, JsonNode value) {
        JsonNode properties = schema.path("properties");
        if (own) {
            for (JsonNode name : schema.path("required")) {
                require(where, name.asText(), value);
            }
        } else {
            properties.properties().stream()
                    .filter(property -> !isOptional(property.getValue()))
                    .forEach(property -> require(where, property.getKey(), value));
        }
        value.properties().forEach(member -> {
            String name = where + "." + member.getKey();
            if (properties.has(member.getKey())) {
                compare(name, properties.path(member.getKey()), member.getValue());
            } else if (schema.path("additionalProperties").isObject()) {
                compare(name, schema.path("additionalProperties"), member.getValue());
            } else if (own) {
                faults.add(name + " is not described");
            }
        });
    }

    private void require(String where, String name, JsonNode value) {
        if (!value.has(name)) {
            faults.add(where + "." + name + " is missing");
        }
    }

    /// The published document says it in words.
    private static boolean isOptional(JsonNode property) {
        String description = property.path("description").asText();
        return description.contains("Omitted if") || description.contains("Present only");
    }

    private static boolean isA(String type, JsonNode value) {
        return switch (type) {
            case "string" -> value.isTextual();
            case "boolean" -> value.isBoolean();
            case "integer" -> value.isIntegralNumber();
            case "array" -> value.isArray();
            case "object" -> value.isObject();
            case "null" -> value.isNull();
            case "" -> true;
            default -> throw new IllegalArgumentException("a type that is not known: " + type);
        };
    }

    private static boolean hasFormat(String format, JsonNode value) {
        try {
            switch (format) {
                case "uuid" -> UUID.fromString(value.asText());
                case "date-time" -> OffsetDateTime.parse(value.asText());
                case "date" -> LocalDate.parse(value.asText());
                default -> {
                    return true;
                }
            }
            return true;
        } catch (IllegalArgumentException | DateTimeException e) {
            return false;
        }
    }
}
