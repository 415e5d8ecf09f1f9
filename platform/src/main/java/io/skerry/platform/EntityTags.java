package io.skerry.platform;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/// Tags of answers (RFC 9110, section 8.8.3), so that a client that asks again and again is told that nothing
/// changed instead of everything anew. They are weak: the content's length and two checksums, which is enough to
/// see a change, and no proof against one who looks for two answers with the same tag.
final class EntityTags {

    private static final String WEAK = "W/";

    private EntityTags() {}

    /// The answer with its tag, or 304 without content if the client has it.
    ///
    /// @param ifNoneMatch the client's header
    static Answer tagged(Answer answer, Optional<String> ifNoneMatch) {
        String tag = of(answer.body());
        Map<String, String> headers = new HashMap<>(answer.headers());
        headers.put("ETag", tag);
        boolean known = ifNoneMatch
                .filter(text -> text.strip().equals("*")
                        || Arrays.stream(text.split(",", -1))
                                .anyMatch(one -> weak(one.strip()).equals(tag)))
                .isPresent();
        return known
                ? new Answer(304, answer.contentType(), headers, new byte[0])
                : new Answer(answer.status(), answer.contentType(), headers, answer.body());
    }

    /// Here a strong tag of the same value is the same (RFC 9110, section 13.1.2).
    private static String weak(String tag) {
        return tag.startsWith(WEAK) ? tag : WEAK + tag;
    }

    private static String of(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(body);
        return WEAK + "\"" + Integer.toHexString(body.length) + "-" + Long.toHexString(crc.getValue()) + "-"
                + Integer.toHexString(Arrays.hashCode(body)) + "\"";
    }
}
