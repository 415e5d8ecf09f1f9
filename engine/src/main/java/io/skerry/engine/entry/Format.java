package io.skerry.engine.entry;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.util.UUID;
import java.util.zip.CRC32C;

/// The constants of docs/log-format.md.
final class Format {

    static final byte VERSION = 1;

    static final int CHECKSUM_BYTES = 4;

    static final int LAST = 1;
    static final int EPOCH_START = 2;
    static final int PIECED = 4;
    static final int FLAGS = LAST | EPOCH_START | PIECED;

    static final int RANGES = 1;
    static final int COMPRESSED = 2;
    static final int ENCODINGS = RANGES | COMPRESSED;

    static final int PAGE_SIZE_LOG_MIN = 9;
    static final int PAGE_SIZE_LOG_MAX = 16;
    static final long EPOCH_MAX = 0xFFFF_FFFFL;
    /// SQLite's own limit.
    static final long PAGES_MAX = 0xFFFF_FFFEL;
    static final int PIECES_MAX = 1 << 20;
    /// Number, encoding and checksum of a page, and a length of 0.
    static final int PAGE_BYTES_MIN = 7;

    private Format() {}

    static int checksum(byte[] bytes, int offset, int length) {
        var crc = new CRC32C();
        crc.update(bytes, offset, length);
        return (int) crc.getValue();
    }

    /// Fills the last bytes of an entry with the checksum of those before.
    static void putChecksum(byte[] entry) {
        int length = entry.length - CHECKSUM_BYTES;
        int checksum = checksum(entry, 0, length);
        for (int i = 0; i < CHECKSUM_BYTES; i++) {
            entry[length + i] = (byte) (checksum >>> (24 - 8 * i));
        }
    }

    static int pageSizeLog(int pageSize) {
        int log = Integer.numberOfTrailingZeros(pageSize);
        if (Integer.bitCount(pageSize) != 1 || log < PAGE_SIZE_LOG_MIN || log > PAGE_SIZE_LOG_MAX) {
            throw new IllegalArgumentException("page size " + pageSize + " is not a power of two from 512 to 65536");
        }
        return log;
    }

    /// Writes what every entry begins with.
    static void head(Output out, EntryHead.Kind kind, GroupId group) {
        out.int8(VERSION);
        out.int8(kind.code());
        uuid(out, group.value());
    }

    static void database(Output out, DatabaseId database) {
        uuid(out, database.value());
    }

    private static void uuid(Output out, UUID value) {
        out.int64(value.getMostSignificantBits());
        out.int64(value.getLeastSignificantBits());
    }

    static void epoch(Output out, long groupEpoch) {
        if (groupEpoch < 0 || groupEpoch > EPOCH_MAX) {
            throw new IllegalArgumentException("group epoch " + groupEpoch + " is not between 0 and " + EPOCH_MAX);
        }
        out.varint(groupEpoch);
    }
}
