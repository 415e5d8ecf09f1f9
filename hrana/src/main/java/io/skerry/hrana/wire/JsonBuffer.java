package io.skerry.hrana.wire;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.query.Row;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// JSON under construction: one growing array of bytes. Not thread-safe.
///
/// Its capacity is counted in an [AnswerRoom]. What comes from rows ([#text(Row, int)], [#blob], [#makeRoom]) must
/// find room there; the frame around it may overdraw, so that an answer can always be completed.
public final class JsonBuffer {

    private static final Object NOBODY = "nobody";
    private static final byte[] BASE64 =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".getBytes(StandardCharsets.ISO_8859_1);
    /// The largest array that every JVM can make.
    private static final int CAPACITY_MAX = Integer.MAX_VALUE - 16;

    /// Up to this a buffer grows to twice its size, above by half of it: less lies idle while a client reads.
    private static final int DOUBLED_MAX = 1024 * 1024;
    /// So that what follows a value does not copy all of it.
    private static final int FRAME = 4 * 1024;

    private final @Nullable AnswerRoom room;
    private final StringBuilder digits = new StringBuilder(32);
    private Object owner = NOBODY;
    /// What the owner is not counted for.
    private int capacityBefore;

    private byte[] bytes;
    private int size;

    /// The initial capacity must have been taken from the room by the caller.
    ///
    /// @param room null if none counts it
    JsonBuffer(@Nullable AnswerRoom room, int capacity) {
        this.room = room;
        this.bytes = new byte[capacity];
        this.capacityBefore = capacity;
    }

    /// A buffer that no room counts, for what is bounded by other means.
    public static JsonBuffer uncounted(int capacity) {
        return new JsonBuffer(null, capacity);
    }

    /// Empty, and what it grows by is the owner's.
    void begin(Object newOwner) {
        size = 0;
        owner = newOwner;
        capacityBefore = bytes.length;
    }

    /// Its memory is no owner's any more.
    void endOwnership() {
        if (room != null && bytes.length > capacityBefore) {
            room.giveBack(owner, (long) bytes.length - capacityBefore);
        }
        begin(NOBODY);
    }

    public byte[] array() {
        return bytes;
    }

    public int size() {
        return size;
    }

    int capacity() {
        return bytes.length;
    }

    /// Forgets everything behind `mark`, an earlier [#size].
    public void truncate(int mark) {
        size = mark;
    }

    /// That the owner may have more of what an answer cannot do without, as one that another node gives.
    ///
    /// @throws DatabaseException RESPONSE_TOO_LARGE if not
    public void requireNotOverdrawn() {
        if (room != null && room.isOverdrawn(owner)) {
            throw tooLarge(AnswerRoom.Grown.SHARE_TAKEN);
        }
    }

    /// Room for a value of a row.
    ///
    /// @throws DatabaseException RESPONSE_TOO_LARGE if there is none
    void makeRoom(long more) {
        long wanted = size + more;
        if (wanted > bytes.length) {
            growFor(wanted);
        }
    }

    private void growFor(long wanted) {
        AnswerRoom.Grown grown = AnswerRoom.Grown.ALL_TAKEN;
        if (wanted <= CAPACITY_MAX) {
            grown = tryGrow(ample(wanted));
            if (grown != AnswerRoom.Grown.DONE) {
                grown = tryGrow((int) wanted);
            }
        }
        if (grown != AnswerRoom.Grown.DONE) {
            throw tooLarge(grown);
        }
    }

    private static DatabaseException tooLarge(AnswerRoom.Grown grown) {
        String whose = grown == AnswerRoom.Grown.SHARE_TAKEN
                ? "answers from this organization's databases that clients have not read yet take the memory that one"
                        + " organization may have"
                : "all answers under way together take the memory that the server has";
        return new DatabaseException(
                Code.RESPONSE_TOO_LARGE,
                "Response is too large: " + whose + " for them; try again later or ask for fewer rows");
    }

    /// More than `wanted`, so that growing step by step costs little.
    private int ample(long wanted) {
        long length = bytes.length;
        long more = length + (length < DOUBLED_MAX ? length : length / 2);
        return (int) Math.min(CAPACITY_MAX, Math.max(wanted + FRAME, more));
    }

    private AnswerRoom.Grown tryGrow(int capacity) {
        AnswerRoom.Grown grown = room == null ? AnswerRoom.Grown.DONE : room.tryGrow(owner, bytes.length, capacity);
        if (grown == AnswerRoom.Grown.DONE) {
            bytes = Arrays.copyOf(bytes, capacity);
        }
        return grown;
    }

    private void ensure(int more) {
        if (size + more > bytes.length) {
            growAnyway((long) size + more);
        }
    }

    private void growAnyway(long wanted) {
        if (tryGrow(ample(wanted)) != AnswerRoom.Grown.DONE) {
            int capacity = Math.toIntExact(wanted + Math.min(CAPACITY_MAX - wanted, FRAME + bytes.length / 8));
            if (room != null) {
                room.overdraw(owner, bytes.length, capacity);
            }
            bytes = Arrays.copyOf(bytes, capacity);
        }
    }

    public JsonBuffer raw(byte[] literal) {
        return raw(literal, 0, literal.length);
    }

    public JsonBuffer raw(byte[] source, int from, int length) {
        ensure(length);
        System.arraycopy(source, from, bytes, size, length);
        size += length;
        return this;
    }

    public JsonBuffer raw(char ascii) {
        ensure(1);
        bytes[size++] = (byte) ascii;
        return this;
    }

    /// A JSON string. A lone surrogate becomes `?`.
    public JsonBuffer string(String text) {
        int length = text.length();
        ensure(length + 2);
        int start = size;
        bytes[size++] = '"';
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            if (!JsonText.isPlain(c)) {
                size = start;
                return utf8String(text);
            }
            bytes[size++] = (byte) c;
        }
        bytes[size++] = '"';
        return this;
    }

    private JsonBuffer utf8String(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        int extra = JsonText.escapesIn(utf8, 0, utf8.length);
        ensure(Math.addExact(utf8.length + 2, extra));
        bytes[size++] = '"';
        System.arraycopy(utf8, 0, bytes, size, utf8.length);
        JsonText.escape(bytes, size, size + utf8.length, extra);
        size += utf8.length + extra;
        bytes[size++] = '"';
        return this;
    }

    public JsonBuffer number(long value) {
        ensure(20);
        if (value < 0) {
            bytes[size++] = '-';
        }
        // Digits of the negative: Long.MIN_VALUE has no positive.
        long rest = value < 0 ? value : -value;
        int length = 1;
        for (long r = rest / 10; r != 0; r /= 10) {
            length++;
        }
        for (int at = size + length - 1; at >= size; at--) {
            bytes[at] = (byte) ('0' - rest % 10);
            rest /= 10;
        }
        size += length;
        return this;
    }

    /// Shortest digits that read back as the same double, always with a point or an exponent; `null` if it is not
    /// finite.
    public JsonBuffer real(double value) {
        ensure(26);
        digits.setLength(0);
        if (Double.isFinite(value)) {
            digits.append(value);
        } else {
            digits.append("null");
        }
        for (int i = 0; i < digits.length(); i++) {
            bytes[size++] = (byte) digits.charAt(i);
        }
        return this;
    }

    /// Nanoseconds as milliseconds with three decimals at most.
    JsonBuffer millis(long nanos) {
        long micros = Math.max(0, nanos) / 1000;
        number(micros / 1000);
        int fraction = (int) (micros % 1000);
        ensure(4);
        bytes[size++] = '.';
        bytes[size++] = (byte) ('0' + fraction / 100);
        bytes[size++] = (byte) ('0' + fraction / 10 % 10);
        bytes[size++] = (byte) ('0' + fraction % 10);
        return this;
    }

    /// A text column as a JSON string, from SQLite's memory into place.
    ///
    /// @throws DatabaseException RESPONSE_TOO_LARGE, or TEXT_NOT_UTF8
    void text(Row row, int column) {
        int length = row.length(column);
        makeRoom(length + 2L);
        bytes[size++] = '"';
        row.copyTo(column, bytes, size);
        int extra = JsonText.escapesIn(bytes, size, size + length);
        if (extra == JsonText.INVALID) {
            throw new DatabaseException(
                    Code.TEXT_NOT_UTF8,
                    "The text in result column " + (column + 1)
                            + " is not valid UTF-8 and JSON cannot carry it; select CAST(… AS BLOB) instead");
        }
        if (extra > 0) {
            makeRoom((long) length + extra + 1);
            JsonText.escape(bytes, size, size + length, extra);
        }
        size += length + extra;
        bytes[size++] = '"';
    }

    /// A blob column as a string of unpadded base64.
    void blob(Row row, int column) {
        int length = row.length(column);
        long encoded = (length * 4L + 2) / 3;
        makeRoom(encoded + 2);
        bytes[size++] = '"';
        // The raw bytes go to the end of their place and are encoded from its start: the writer stays behind the
        // reader all the way, because every three bytes become four.
        int raw = size + (int) encoded - length;
        row.copyTo(column, bytes, raw);
        base64(bytes, raw, length);
        bytes[size++] = '"';
    }

    /// A JSON string of unpadded base64.
    public JsonBuffer base64String(byte[] blob) {
        ensure(Math.toIntExact((blob.length * 4L + 2) / 3 + 2));
        bytes[size++] = '"';
        base64(blob, 0, blob.length);
        bytes[size++] = '"';
        return this;
    }

    private void base64(byte[] source, int from, int length) {
        int at = from;
        int end = from + length;
        int write = size;
        for (; at + 3 <= end; at += 3) {
            int bits = (source[at] & 0xff) << 16 | (source[at + 1] & 0xff) << 8 | source[at + 2] & 0xff;
            bytes[write++] = BASE64[bits >> 18];
            bytes[write++] = BASE64[bits >> 12 & 0x3f];
            bytes[write++] = BASE64[bits >> 6 & 0x3f];
            bytes[write++] = BASE64[bits & 0x3f];
        }
        if (at < end) {
            boolean two = end - at == 2;
            int bits = (source[at] & 0xff) << 16 | (two ? (source[at + 1] & 0xff) << 8 : 0);
            bytes[write++] = BASE64[bits >> 18];
            bytes[write++] = BASE64[bits >> 12 & 0x3f];
            if (two) {
                bytes[write++] = BASE64[bits >> 6 & 0x3f];
            }
        }
        size = write;
    }
}
