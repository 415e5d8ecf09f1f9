package io.skerry.hrana.wire;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/// Text as JSON wants it, worked on as bytes: whether it is UTF-8 (RFC 3629) and how many bytes its escapes add.
final class JsonText {

    static final int INVALID = -1;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101010101010101L;
    private static final long HIGHS = 0x8080808080808080L;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);

    private JsonText() {}

    /// How many bytes more the text takes when it is escaped, [#INVALID] if it is not UTF-8.
    static int escapesIn(byte[] bytes, int from, int to) {
        int extra = 0;
        int at = from;
        while (at < to) {
            if (at + Long.BYTES <= to && isPlain((long) LONGS.get(bytes, at))) {
                at += Long.BYTES;
                continue;
            }
            int first = bytes[at];
            if (first >= 0) {
                extra += escapedLength(first) - 1;
                at++;
            } else {
                int length = sequenceLength(bytes, at, to);
                if (length == INVALID) {
                    return INVALID;
                }
                at += length;
            }
        }
        return extra;
    }

    /// Spreads the text of `bytes[from, to)` over `extra` more bytes behind it, escaped; `extra` is what
    /// [#escapesIn] answered.
    static void escape(byte[] bytes, int from, int to, int extra) {
        int read = to;
        int write = to + extra;
        // From the end, so that nothing is overwritten before it is read; done when no escape is left before.
        while (read < write && read > from) {
            int c = bytes[--read];
            int length = c < 0 ? 1 : escapedLength(c);
            write -= length;
            if (length == 1) {
                bytes[write] = (byte) c;
            } else {
                putEscape(bytes, write, c, length);
            }
        }
    }

    /// The text as a JSON string. Not for the hot path.
    static String quote(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int extra = escapesIn(utf8, 0, utf8.length);
        byte[] quoted = new byte[utf8.length + extra + 2];
        System.arraycopy(utf8, 0, quoted, 1, utf8.length);
        escape(quoted, 1, 1 + utf8.length, extra);
        quoted[0] = '"';
        quoted[quoted.length - 1] = '"';
        return new String(quoted, StandardCharsets.UTF_8);
    }

    static boolean isPlain(char c) {
        return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
    }

    /// Whether all eight bytes are ASCII that needs no escape. May say no to a few that need none.
    private static boolean isPlain(long word) {
        long quote = word ^ (ONES * '"');
        long backslash = word ^ (ONES * '\\');
        long special = (word - ONES * 0x20) | (quote - ONES) | (backslash - ONES) | word;
        return (special & HIGHS) == 0;
    }

    private static int escapedLength(int c) {
        if (c >= 0x20) {
            return c == '"' || c == '\\' ? 2 : 1;
        }
        return shortEscape(c) == 0 ? 6 : 2;
    }

    private static int shortEscape(int c) {
        return switch (c) {
            case '"', '\\' -> c;
            case '\n' -> 'n';
            case '\r' -> 'r';
            case '\t' -> 't';
            case '\b' -> 'b';
            case '\f' -> 'f';
            default -> 0;
        };
    }

    private static void putEscape(byte[] bytes, int at, int c, int length) {
        bytes[at] = '\\';
        if (length == 2) {
            bytes[at + 1] = (byte) shortEscape(c);
            return;
        }
        bytes[at + 1] = 'u';
        bytes[at + 2] = '0';
        bytes[at + 3] = '0';
        bytes[at + 4] = HEX[c >> 4];
        bytes[at + 5] = HEX[c & 0xf];
    }

    /// Length of the multi-byte sequence at `at`: well-formed, not overlong, no surrogate, at most U+10FFFF.
    private static int sequenceLength(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xff;
        if (first >= 0xc2 && first <= 0xdf) {
            return continues(bytes, at + 1, to) ? 2 : INVALID;
        }
        if (first >= 0xe0 && first <= 0xef) {
            if (!continues(bytes, at + 1, to) || !continues(bytes, at + 2, to)) {
                return INVALID;
            }
            int second = bytes[at + 1] & 0xff;
            boolean overlong = first == 0xe0 && second < 0xa0;
            boolean surrogate = first == 0xed && second > 0x9f;
            return overlong || surrogate ? INVALID : 3;
        }
        if (first >= 0xf0 && first <= 0xf4) {
            if (!continues(bytes, at + 1, to) || !continues(bytes, at + 2, to) || !continues(bytes, at + 3, to)) {
                return INVALID;
            }
            int second = bytes[at + 1] & 0xff;
            boolean overlong = first == 0xf0 && second < 0x90;
            boolean beyond = first == 0xf4 && second > 0x8f;
            return overlong || beyond ? INVALID : 4;
        }
        return INVALID;
    }

    private static boolean continues(byte[] bytes, int at, int to) {
        return at < to && (bytes[at] & 0xc0) == 0x80;
    }
}
