package io.skerry.hrana.wire;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads JSON and insists on shapes: what is not as expected is a [Refusal] that says what was expected where.
final class JsonReader {

    /// Deeper than any request of the protocol with the deepest condition allowed.
    private static final int NESTING_MAX = 200;

    /// How a program that uses Jackson could go on: nothing that a client can do.
    private static final Pattern ADVICE =
            Pattern.compile(": enable `[^`]+` to allow| \\(not recognized as one since [^)]*\\)|, from `[^`]+`");

    /// Where what is not closed begins. Jackson also says why it does not quote the text.
    private static final Pattern PLACE = Pattern.compile("\\[Source: [^;]*; (line: \\d+, column: \\d+)]");

    private final JsonParser parser;

    JsonReader(JsonParser parser) {
        this.parser = parser;
    }

    static JsonFactory factory(int stringLengthMax) {
        return JsonFactory.builder()
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .disable(JsonFactory.Feature.CHARSET_DETECTION)
                .disable(StreamReadFeature.AUTO_CLOSE_SOURCE)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(NESTING_MAX)
                        .maxStringLength(stringLengthMax)
                        .build())
                .build();
    }

    /// What is wrong with JSON and where, in words for who sent it.
    static Refusal malformed(JacksonException e) {
        String what = ADVICE.matcher(e.getOriginalMessage()).replaceAll("");
        JsonLocation at = e.getLocation();
        return Refusal.protocol("Invalid JSON: "
                + PLACE.matcher(what).replaceAll("$1")
                + (at == null ? "" : " (line: " + at.getLineNr() + ", column: " + at.getColumnNr() + ")"));
    }

    @Nullable
    JsonToken next() throws IOException {
        return parser.nextToken();
    }

    /// The name of the object's next member, with the parser on its value; null at the object's end.
    @Nullable
    String nextMember() throws IOException {
        String name = parser.nextFieldName();
        if (name != null) {
            parser.nextToken();
        }
        return name;
    }

    boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    void skip() throws IOException {
        parser.skipChildren();
    }

    void expectObject(String what) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw unexpected(what, "an object");
        }
    }

    void expectArray(String what) {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw unexpected(what, "an array");
        }
    }

    /// Null for JSON null.
    @Nullable
    String optionalString(String what) throws IOException {
        if (isNull()) {
            return null;
        }
        return string(what);
    }

    String string(String what) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw unexpected(what, "a string");
        }
        String text = parser.getText();
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                i = pair(what, text, i);
            }
        }
        return text;
    }

    private static int pair(String what, String text, int at) {
        if (at + 1 < text.length() && Character.isSurrogatePair(text.charAt(at), text.charAt(at + 1))) {
            return at + 1;
        }
        throw Refusal.protocol("Invalid JSON: " + what + " contains half a surrogate pair");
    }

    boolean bool(String what) {
        return switch (parser.currentToken()) {
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case null, default -> throw unexpected(what, "true or false");
        };
    }

    int int32(String what) throws IOException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                || parser.getNumberType() != JsonParser.NumberType.INT) {
            throw unexpected(what, "a 32-bit integer");
        }
        return parser.getIntValue();
    }

    boolean isNumber() {
        return parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                || parser.currentToken() == JsonToken.VALUE_NUMBER_FLOAT;
    }

    double number() throws IOException {
        return parser.getDoubleValue();
    }

    /// A frame number: an unsigned 64-bit integer as string or number; 0 for null or an empty string. One beyond
    /// `long` is no frame that will ever be reached and becomes the largest.
    long frame(String what) throws IOException {
        if (isNull()) {
            return 0;
        }
        if (parser.currentToken() != JsonToken.VALUE_STRING && parser.currentToken() != JsonToken.VALUE_NUMBER_INT) {
            throw unexpected(what, "an unsigned integer");
        }
        String digits = parser.getText();
        if (digits.isEmpty()) {
            return 0;
        }
        try {
            long unsigned = Long.parseUnsignedLong(digits);
            return unsigned < 0 ? Long.MAX_VALUE : unsigned;
        } catch (NumberFormatException e) {
            throw unexpected(what, "an unsigned integer");
        }
    }

    Refusal unexpected(String what, String expected) {
        return Refusal.protocol("Invalid request: " + what + " must be " + expected);
    }
}
