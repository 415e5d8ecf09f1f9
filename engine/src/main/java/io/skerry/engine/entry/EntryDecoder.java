package io.skerry.engine.entry;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.LogIndex;
import io.skerry.engine.entry.EntryHead.Kind;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads one entry; the counterpart of [EntryEncoder].
final class EntryDecoder {

    private final byte[] entry;
    private final Input in;

    private EntryDecoder(byte[] entry, int length) {
        this.entry = entry;
        this.in = new Input(entry, 0, length);
    }

    static EntryHead peek(byte[] entry) {
        return new EntryDecoder(entry, entry.length).head();
    }

    static LogEntry decode(byte[] entry) {
        // The version comes first: of an entry from the future we can say so, its checksum is not ours to judge.
        peek(entry);
        int length = entry.length - Format.CHECKSUM_BYTES;
        var checksum = new Input(entry, Math.max(length, 0), Math.min(entry.length, Format.CHECKSUM_BYTES));
        int expected = checksum.int32("checksum");
        int found = Format.checksum(entry, 0, length);
        if (found != expected) {
            throw Input.damaged(
                    "log entry",
                    entry.length,
                    length,
                    "checksum is %08x, the bytes before give %08x".formatted(expected, found));
        }
        var decoder = new EntryDecoder(entry, length);
        LogEntry decoded = decoder.body(decoder.head());
        decoder.in.expectEnd();
        return decoded;
    }

    private EntryHead head() {
        int version = in.int8("version");
        if (version != Format.VERSION) {
            throw in.damaged(0, "version is " + version + ", this program reads " + Format.VERSION);
        }
        Kind kind = kind(in.int8("kind"));
        var group = new GroupId(in.uuid("group"));
        @Nullable DatabaseId database = kind.ofDatabase() ? new DatabaseId(in.uuid("database")) : null;
        return new EntryHead(kind, group, database);
    }

    private Kind kind(int code) {
        for (Kind kind : Kind.values()) {
            if (kind.code() == code) {
                return kind;
            }
        }
        throw in.damaged(1, "kind " + code + " is unknown");
    }

    private LogEntry body(EntryHead head) {
        long epoch = in.varint(0, Format.EPOCH_MAX, "group epoch");
        GroupId group = head.group();
        DatabaseId database = head.database();
        if (database == null) {
            return head.kind() == Kind.CHECKPOINT
                    ? new LogEntry.Checkpoint(group, epoch, new LogIndex(in.varint(0, Long.MAX_VALUE, "index") - 1))
                    : new LogEntry.Noop(group, epoch, in.int64("nonce"));
        }
        return switch (head.kind()) {
            case CREATE -> new LogEntry.Create(group, epoch, database, pageSize());
            case DROP -> new LogEntry.Drop(group, epoch, database);
            case PAGES -> pages(group, epoch, database);
            case CHECKPOINT, NOOP -> throw new IllegalStateException(head.kind() + " names no database");
        };
    }

    private int pageSize() {
        int at = in.at();
        int log = in.int8("page size");
        if (log < Format.PAGE_SIZE_LOG_MIN || log > Format.PAGE_SIZE_LOG_MAX) {
            throw in.damaged(at, "page size 2^" + log + " is not between 512 and 65536");
        }
        return 1 << log;
    }

    private LogEntry.Pages pages(GroupId group, long epoch, DatabaseId database) {
        int pageSize = pageSize();
        int at = in.at();
        int flags = in.int8("flags");
        boolean last = (flags & Format.LAST) != 0;
        boolean pieced = (flags & Format.PIECED) != 0;
        if ((flags & ~Format.FLAGS) != 0 || !(last || pieced)) {
            throw in.damaged(at, "flags are " + Integer.toHexString(flags));
        }
        long transaction = 0;
        int piece = 0;
        if (pieced) {
            transaction = in.int64("transaction");
            if (transaction == 0) {
                throw in.damaged(at + 1, "transaction is 0 in one of several pieces");
            }
            piece = (int) in.varint(0, Format.PIECES_MAX, "piece");
        }
        at = in.at();
        var frame = new FrameNo(in.varint(1, Long.MAX_VALUE, "frame number"));
        long databasePages = in.varint(1, Format.PAGES_MAX, "size of the database");
        int count = (int) in.varint(1, in.remaining() / Format.PAGE_BYTES_MIN, "number of pages");
        if (frame.value() < count) {
            throw in.damaged(at, "frame number " + frame + " is less than the " + count + " pages that it counts");
        }
        return new LogEntry.Pages(
                group,
                epoch,
                database,
                frame,
                transaction,
                piece,
                last,
                (flags & Format.EPOCH_START) != 0,
                pageSize,
                databasePages,
                images(count, pageSize, databasePages));
    }

    private List<PageImage> images(int count, int pageSize, long databasePages) {
        var images = new PageImage[count];
        long pgno = 0;
        for (int i = 0; i < count; i++) {
            pgno = in.varint(pgno + 1, databasePages, "page number");
            images[i] = image(pgno, pageSize);
        }
        return List.of(images);
    }

    private PageImage image(long pgno, int pageSize) {
        int at = in.at();
        int encoding = in.int8("page encoding");
        if ((encoding & ~Format.ENCODINGS) != 0) {
            throw in.damaged(at, "page encoding is " + encoding);
        }
        int checksum = in.int32("page checksum");
        boolean ranges = (encoding & Format.RANGES) != 0;
        int rawLength = ranges ? (int) in.varint(0, pageSize - 1, "length of ranges") : pageSize;
        int length = rawLength;
        if ((encoding & Format.COMPRESSED) != 0) {
            // A writer compresses to gain: what is not shorter is damage.
            length = (int) in.varint(1, Math.max(rawLength - 1, 1), "compressed length");
        }
        int offset = in.skip(length, "page body");
        return new PageImage(pgno, encoding, checksum, pageSize, rawLength, entry, offset, length);
    }
}
