package io.skerry.platform;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The JSON object that came with a request, whatever its content type said. Keys are found in any case (clients
/// written in Go send theirs capitalised), unknown ones are ignored, `null` and `""` count as absent. An empty body
/// has no members.
public final class Body {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Map<String, JsonNode> members;

    private Body(Map<String, JsonNode> members) {
        this.members = members;
    }

    /// @throws ApiException 400 if it is neither empty nor a JSON object
    public static Body parse(byte[] bytes) {
        JsonNode root;
        try {
            root = JSON.readTree(bytes);
        } catch (IOException e) {
            throw new ApiException(400, "invalid request body: not JSON");
        }
        if (root.isMissingNode()) {
            return new Body(Map.of());
        }
        if (!root.isObject()) {
            throw new ApiException(400, "invalid request body: must be a JSON object");
        }
        return of(root);
    }

    /// @throws ApiException 400 if the member is no text
    public Optional<String> text(String key) {
        return member(key)
                .filter(node -> !(node.isTextual() && node.textValue().isEmpty()))
                .map(node -> {
                    if (!node.isTextual()) {
                        throw new ApiException(400, "invalid request body: " + key + " must be a string");
                    }
                    return encodable(key, node.textValue());
                });
    }

    /// @throws ApiException 400 if the member is neither true nor false
    public Optional<Boolean> flag(String key) {
        return member(key).map(node -> {
            if (!node.isBoolean()) {
                throw new ApiException(400, "invalid request body: " + key + " must be true or false");
            }
            return node.booleanValue();
        });
    }

    /// A list of texts. Here null is not the same as absent: it is an empty list.
    ///
    /// @return empty if the member is absent
    /// @throws ApiException 400 if the member is no list of texts
    public Optional<List<String>> texts(String key) {
        JsonNode list = members.get(key);
        if (list == null) {
            return Optional.empty();
        }
        List<String> texts = new ArrayList<>();
        if (!list.isArray() && !list.isNull()) {
            throw new ApiException(400, "invalid request body: " + key + " must be a list of strings");
        }
        for (JsonNode item : list) {
            if (!item.isTextual()) {
                throw new ApiException(400, "invalid request body: " + key + " must be a list of strings");
            }
            texts.add(encodable(key, item.textValue()));
        }
        return Optional.of(texts);
    }

    /// Half of a pair of UTF-16 can be written in JSON, and nowhere else: what is stored would be another text.
    private static String encodable(String key, String text) {
        if (text.codePoints().anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
            throw new ApiException(400, "invalid request body: " + key + " has half of a surrogate pair");
        }
        return text;
    }

    /// A member of any type; empty if absent or null.
    public Optional<JsonNode> member(String key) {
        return Optional.ofNullable(members.get(key)).filter(node -> !node.isNull());
    }

    /// A member that is an object; an empty one if it is blank.
    ///
    /// @throws ApiException 400 if the member is something else
    public Body object(String key) {
        if (isBlank(key)) {
            return new Body(Map.of());
        }
        return member(key)
                .filter(JsonNode::isObject)
                .map(Body::of)
                .orElseThrow(() -> new ApiException(400, "invalid request body: " + key + " must be an object"));
    }

    /// True for an absent member, null, false, an empty text, list or object.
    public boolean isBlank(String key) {
        return member(key)
                .map(node -> node.isContainerNode()
                        ? node.isEmpty()
                        : node.isTextual() ? node.textValue().isEmpty() : node.isBoolean() && !node.booleanValue())
                .orElse(true);
    }

    private static Body of(JsonNode object) {
        Map<String, JsonNode> members = new HashMap<>();
        object.properties().forEach(member -> members.put(member.getKey().toLowerCase(Locale.ROOT), member.getValue()));
        return new Body(members);
    }
}
