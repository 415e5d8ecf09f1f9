package io.skerry.platform;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The fields of a form, as a browser sends them (`application/x-www-form-urlencoded`). An empty one
/// counts as absent, and one that is there twice is a mistake: whoever made the form meant one of both,
/// and nobody knows which.
record FormData(Map<String, List<String>> fields) {

    static final String TYPE = "application/x-www-form-urlencoded";

    static final FormData NONE = new FormData(Map.of());

    /// More than any form here has.
    private static final int FIELDS_MAX = 32;

    FormData {
        fields = Map.copyOf(fields);
    }

    /// @throws ApiException 400
    static FormData parse(byte[] body) {
        Map<String, List<String>> fields = new HashMap<>();
        String[] pairs = new String(body, StandardCharsets.US_ASCII).split("&", FIELDS_MAX);
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.computeIfAbsent(decode(pair.substring(0, equals)), name -> new ArrayList<>())
                        .add(decode(pair.substring(equals + 1)));
            }
        }
        return new FormData(fields);
    }

    /// @throws ApiException 400 if it is there twice
    Optional<String> get(String name) {
        return once(name, all(name));
    }

    List<String> all(String name) {
        return fields.getOrDefault(name, List.of());
    }

    /// @throws ApiException 400 if there are several values
    static Optional<String> once(String name, List<String> values) {
        if (values.size() > 1) {
            throw new ApiException(400, name + " is given more than once");
        }
        return values.stream().filter(value -> !value.isEmpty()).findFirst();
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            // The text of the exception would quote what may be a password.
            throw new ApiException(400, "What the form sent is not readable.");
        }
    }
}
