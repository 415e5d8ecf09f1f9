package io.skerry.engine.entry;

import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import java.util.UUID;

/// Reads an entry, or a part of one, and believes nothing: every length is compared with what is there, every
/// value with its limits, and whatever does not fit is reported with its place.
final class Input {

    private final String subject;
    private final byte[] bytes;
    private final int end;
    private int at;

    Input(byte[] bytes, int offset, int length) {
        this("log entry", bytes, offset, length);
    }

    /// @param subject what the bytes are, for messages
    Input(String subject, byte[] bytes, int offset, int length) {
        this.subject = subject;
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    int at() {
        return at;
    }

    int remaining() {
        return end - at;
    }

    int int8(String field) {
        return bytes[skip(1, field)] & 0xFF;
    }

    int int32(String field) {
        int from = skip(4, field);
        int value = 0;
        for (int i = from; i < from + 4; i++) {
            value = value << 8 | bytes[i] & 0xFF;
        }
        return value;
    }

    long int64(String field) {
        return (long) int32(field) << 32 | int32(field) & 0xFFFF_FFFFL;
    }

    UUID uuid(String field) {
        return new UUID(int64(field), int64(field));
    }

    /// A number from `min` to `max`, in the one way it can be written.
    long varint(long min, long max, String field) {
        int from = at;
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            int next = int8(field);
            value |= (long) (next & 0x7F) << shift;
            if (next < 0x80) {
                if (next == 0 && shift > 0) {
                    throw damaged(from, field + " is padded with zeros");
                }
                if (value < min || value > max) {
                    throw damaged(from, field + " " + value + " is not between " + min + " and " + max);
                }
                return value;
            }
        }
        throw damaged(from, field + " is longer than 63 bits");
    }

    /// Where the next `count` bytes start; they are behind us then.
    int skip(int count, String field) {
        if (count > remaining()) {
            throw damaged(at, field + " needs " + count + " bytes, " + remaining() + " are left");
        }
        int from = at;
        at += count;
        return from;
    }

    void copy(byte[] to, int offset, int count, String field) {
        System.arraycopy(bytes, skip(count, field), to, offset, count);
    }

    void expectEnd() {
        if (remaining() != 0) {
            throw damaged(at, remaining() + " bytes follow the end");
        }
    }

    DatabaseException damaged(int where, String what) {
        return damaged(subject, bytes.length, where, what);
    }

    static DatabaseException damaged(String subject, int length, int where, String what) {
        return new DatabaseException(
                Code.LOG_DAMAGED, subject + " of " + length + " bytes is damaged at byte " + where + ": " + what);
    }
}
