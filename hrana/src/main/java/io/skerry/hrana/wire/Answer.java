package io.skerry.hrana.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Another node's answer to a pipeline, cut into its results but not decoded: they go to the client byte for byte.
///
/// @param maxFrame the largest `replication_index` in it, 0 if there is none
/// @param autocommit what the last `get_autocommit` in it says, true if there is none
public record Answer(@Nullable String baton, List<Slice> results, long maxFrame, boolean autocommit) {

    /// Bytes `[from, from + length)` of the body.
    ///
    /// @param failed whether it is an error
    public record Slice(int from, int length, boolean failed) {}

    /// @throws IOException if the body is no answer to a pipeline
    public static Answer read(byte[] body) throws IOException {
        JsonFactory factory = JsonReader.factory(body.length + 1);
        try (JsonParser parser = factory.createParser(body)) {
            return new Reading(parser).answer();
        }
    }

    private static final class Reading {

        private final JsonParser parser;
        private final List<Slice> results = new ArrayList<>();
        private long maxFrame;
        private boolean autocommit = true;
        private boolean failed;

        Reading(JsonParser parser) {
            this.parser = parser;
        }

        Answer answer() throws IOException {
            expect(parser.nextToken() == JsonToken.START_OBJECT);
            String baton = null;
            boolean complete = false;
            for (String member = parser.nextFieldName(); member != null; member = parser.nextFieldName()) {
                parser.nextToken();
                switch (member) {
                    case "baton" -> baton = parser.getValueAsString(null);
                    case "results" -> {
                        results();
                        complete = true;
                    }
                    default -> parser.skipChildren();
                }
            }
            expect(complete && parser.currentToken() == JsonToken.END_OBJECT);
            return new Answer(baton, results, maxFrame, autocommit);
        }

        private void results() throws IOException {
            expect(parser.currentToken() == JsonToken.START_ARRAY);
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                expect(parser.currentToken() == JsonToken.START_OBJECT);
                int from = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
                result();
                int to = Math.toIntExact(parser.currentLocation().getByteOffset());
                results.add(new Slice(from, to - from, failed));
            }
        }

        private void result() throws IOException {
            failed = false;
            for (int depth = 1; depth > 0; ) {
                JsonToken token = parser.nextToken();
                switch (token) {
                    case START_OBJECT, START_ARRAY -> depth++;
                    case END_OBJECT, END_ARRAY -> depth--;
                    case FIELD_NAME -> member(parser.currentName(), depth);
                    case null -> throw new IOException("the answer ends in a result");
                    default -> {}
                }
            }
        }

        /// Rows cannot be mistaken for these members: their values stand in members named `value` and `base64`.
        private void member(String name, int depth) throws IOException {
            if (depth == 1 && name.equals("type")) {
                failed = parser.nextToken() == JsonToken.VALUE_STRING
                        && parser.getText().equals("error");
            } else if (name.equals("replication_index") && parser.nextToken() == JsonToken.VALUE_STRING) {
                maxFrame = Math.max(maxFrame, Long.parseLong(parser.getText()));
            } else if (name.equals("is_autocommit")) {
                autocommit = parser.nextToken() == JsonToken.VALUE_TRUE;
            }
        }

        private static void expect(boolean shape) throws IOException {
            if (!shape) {
                throw new IOException("the answer has not the shape of one to a pipeline");
            }
        }
    }
}
