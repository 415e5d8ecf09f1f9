package io.skerry.hrana.wire;

import com.fasterxml.jackson.core.JsonToken;
import io.skerry.engine.query.Sql;
import io.skerry.engine.query.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Arguments of statements. Members may stand in any order, so a value's parts are kept until its type is known.
final class ValueReader {

    private final JsonReader json;

    ValueReader(JsonReader json) {
        this.json = json;
    }

    List<Value> positional() throws IOException {
        if (json.isNull()) {
            return List.of();
        }
        json.expectArray("args");
        List<Value> values = new ArrayList<>();
        while (json.next() != JsonToken.END_ARRAY) {
            values.add(value());
        }
        return values;
    }

    List<Sql.NamedArg> named() throws IOException {
        if (json.isNull()) {
            return List.of();
        }
        json.expectArray("named_args");
        List<Sql.NamedArg> values = new ArrayList<>();
        while (json.next() != JsonToken.END_ARRAY) {
            values.add(namedArg());
        }
        return values;
    }

    private Sql.NamedArg namedArg() throws IOException {
        json.expectObject("an element of named_args");
        String name = null;
        Value value = null;
        for (String member = json.nextMember(); member != null; member = json.nextMember()) {
            switch (member) {
                case "name" -> name = json.string("name");
                case "value" -> value = value();
                default -> json.skip();
            }
        }
        if (name == null || value == null) {
            throw Refusal.protocol("Invalid request: a named argument needs name and value");
        }
        return new Sql.NamedArg(name, value);
    }

    Value value() throws IOException {
        json.expectObject("a value");
        String type = null;
        String text = null;
        String base64 = null;
        double number = Double.NaN;
        boolean isNumber = false;
        for (String member = json.nextMember(); member != null; member = json.nextMember()) {
            switch (member) {
                case "type" -> type = json.string("type");
                case "base64" -> base64 = json.optionalString("base64");
                case "value" -> {
                    if (json.isNumber()) {
                        number = json.number();
                        isNumber = true;
                    } else {
                        text = json.optionalString("value");
                    }
                }
                default -> json.skip();
            }
        }
        return switch (type) {
            case "null" -> Value.NULL;
            case "integer" -> new Value.Int(integer(text));
            case "float" -> new Value.Real(real(isNumber, number));
            case "text" -> new Value.Text(required(text, "a value of type text needs a string in value"));
            case "blob" -> new Value.Blob(blob(base64));
            case null -> throw Refusal.protocol("Invalid request: a value needs a type");
            default -> throw Refusal.protocol("Invalid request: unknown type of value: " + type);
        };
    }

    private static String required(@Nullable String part, String message) {
        if (part == null) {
            throw Refusal.protocol("Invalid request: " + message);
        }
        return part;
    }

    private static long integer(@Nullable String digits) {
        String text = required(digits, "a value of type integer needs a string of digits in value");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            // Long.parseLong would take the digits of every script.
            if ((c < '0' || c > '9') && !(i == 0 && (c == '-' || c == '+'))) {
                throw Refusal.protocol("Invalid request: an integer must be a string of decimal digits");
            }
        }
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw Refusal.protocol("Invalid request: an integer must lie in the range of 64 bits");
        }
    }

    private static double real(boolean given, double number) {
        if (!given || !Double.isFinite(number)) {
            throw Refusal.protocol("Invalid request: a value of type float needs a finite number in value");
        }
        return number;
    }

    private static byte[] blob(@Nullable String base64) {
        try {
            return Base64.getDecoder().decode(required(base64, "a value of type blob needs a string in base64"));
        } catch (IllegalArgumentException e) {
            throw Refusal.protocol("Invalid request: base64 of a blob cannot be decoded");
        }
    }
}
