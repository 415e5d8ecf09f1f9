package io.skerry.platform;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// The segments of a path. Empty ones count: `/v1/organizations//groups` names no organization, which means the
/// caller's own.
final class RequestPath {

    private RequestPath() {}

    /// @param raw as it was sent, percent-encoded
    /// @throws ApiException 400 if it is no well-formed path
    static List<String> parse(String raw) {
        return split(raw).stream().map(RequestPath::decode).toList();
    }

    static List<String> split(String path) {
        String[] segments = path.split("/", -1);
        // The first is what stands before the leading slash; the last is empty after a trailing one.
        int end =
                segments.length > 2 && segments[segments.length - 1].isEmpty() ? segments.length - 1 : segments.length;
        return Arrays.asList(segments).subList(1, end);
    }

    private static String decode(String segment) {
        if (segment.indexOf('%') < 0) {
            return segment;
        }
        ByteBuffer bytes = ByteBuffer.allocate(segment.length() * 3);
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '%') {
                bytes.put(hexByte(segment, i + 1));
                i += 2;
            } else {
                bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw malformed();
        }
    }

    private static byte hexByte(String text, int at) {
        if (at + 2 > text.length()) {
            throw malformed();
        }
        int high = Character.digit(text.charAt(at), 16);
        int low = Character.digit(text.charAt(at + 1), 16);
        if (high < 0 || low < 0) {
            throw malformed();
        }
        return (byte) (high << 4 | low);
    }

    private static ApiException malformed() {
        return new ApiException(400, "invalid path");
    }
}
