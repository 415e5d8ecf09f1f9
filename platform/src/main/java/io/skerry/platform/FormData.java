package io.skerry.platform;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// The fields of a form, as a browser sends them (`application/x-www-form-urlencoded`). Of several with one name
/// the first counts; an empty one counts as absent.
record FormData(Map<String, String> fields) {

    static final String TYPE = "application/x-www-form-urlencoded";

    /// More than any form here has.
    private static final int FIELDS_MAX = 32;

    FormData {
        fields = Map.copyOf(fields);
    }

    /// @throws ApiException 400
    static FormData parse(byte[] body) {
        Map<String, String> fields = new HashMap<>();
        String[] pairs = new String(body, StandardCharsets.US_ASCII).split("&", FIELDS_MAX);
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                fields.putIfAbsent(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return new FormData(fields);
    }

    Optional<String> get(String name) {
        return Optional.ofNullable(fields.get(name)).filter(value -> !value.isEmpty());
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
