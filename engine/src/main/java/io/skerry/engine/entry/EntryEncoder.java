package io.skerry.engine.entry;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Builds the entries of one transaction after the other. Which pages must be whole is the caller's rule: those
/// touched first in an epoch, page 1, and those beyond the former end. One thread; keep it for reuse, one per
/// thread that commits rather than per database: it holds buffers of up to two pieces, and native memory until
/// closed.
public final class EntryEncoder implements AutoCloseable {

    /// Leaves room for what the log wraps around an entry below its limit of 1 MB.
    public static final int PIECE_BYTES_MAX = 768 * 1024;

    /// Head, fields and checksum of the longest possible piece without its pages.
    private static final int FRAME_BYTES_MAX = 34 + 5 + 2 + 8 + 4 + 9 + 5 + 4 + Format.CHECKSUM_BYTES;

    /// Equal bytes that end a range. A new range costs 2 or 3 bytes, and fewer ranges apply faster.
    private static final int RANGE_GAP_MIN = 8;

    /// Below this a compressor gains little and costs more than the bytes do.
    private static final int COMPRESS_BYTES_MIN = 500;

    private static final int ZSTD_LEVEL = 1;

    /// @param frameBefore the database's frame number before the transaction
    /// @param transaction see [LogEntry.Pages#transaction]; not 0
    /// @param databasePages size of the database after the commit
    public record Transaction(
            GroupId group,
            long groupEpoch,
            DatabaseId database,
            FrameNo frameBefore,
            long transaction,
            boolean epochStart,
            int pageSize,
            long databasePages) {

        public Transaction {
            Format.pageSizeLog(pageSize);
            if (transaction == 0) {
                throw new IllegalArgumentException("transaction id is 0");
            }
            if (databasePages < 1 || databasePages > Format.PAGES_MAX) {
                throw new IllegalArgumentException("a database has no " + databasePages + " pages");
            }
        }
    }

    private final int pieceBytesMax;
    private final ZstdCompressCtx zstd = new ZstdCompressCtx().setLevel(ZSTD_LEVEL);
    private final Output head = new Output(FRAME_BYTES_MAX);
    private final Output body = new Output(8 * 1024);
    private final Output ranges = new Output(8 * 1024);
    private final Output compressed = new Output(8 * 1024);

    private @Nullable Transaction transaction;
    private List<byte[]> pieces = new ArrayList<>(1);
    private long piecesBytes;
    private int pagesInPiece;
    private long frame;
    private long pgnoBefore;

    public EntryEncoder() {
        this(PIECE_BYTES_MAX);
    }

    /// @param pieceBytesMax no piece is longer, except that each holds one page at least
    public EntryEncoder(int pieceBytesMax) {
        this.pieceBytesMax = pieceBytesMax;
    }

    /// Starts a transaction; one that was begun and not finished is forgotten.
    public void begin(Transaction next) {
        discard();
        transaction = next;
        frame = next.frameBefore().value();
        pgnoBefore = 0;
    }

    /// Adds a page of which nothing is known at the other end. Page numbers must ascend.
    ///
    /// @param image the page is at `offset` in it
    public void whole(long pgno, byte[] image, int offset) {
        int pageSize = pageSizeOf(pgno);
        int start = body.size();
        page(pgno, image, offset, pageSize, 0, image, offset, pageSize);
        cut(start);
    }

    /// Adds a page by what changed in it since `base`, its last committed image; whole if that is not shorter.
    /// Page numbers must ascend.
    public void ranges(long pgno, byte[] base, int baseOffset, byte[] image, int offset) {
        int pageSize = pageSizeOf(pgno);
        int start = body.size();
        if (difference(base, baseOffset, image, offset, pageSize)) {
            page(pgno, image, offset, pageSize, Format.RANGES, ranges.array(), 0, ranges.size());
        } else {
            page(pgno, image, offset, pageSize, 0, image, offset, pageSize);
        }
        cut(start);
    }

    /// Forgets the transaction under way, if there is one, and its pieces.
    public void discard() {
        transaction = null;
        pieces = new ArrayList<>(1);
        piecesBytes = 0;
        pagesInPiece = 0;
        body.clear();
    }

    /// Bytes of the transaction so far.
    long bytes() {
        return piecesBytes + body.size();
    }

    /// What a reader has to hold of the transaction so far, at most: for the caller's limit, which may not be above
    /// [TransactionAssembly#HELD_BYTES_MAX]. Many pages of which little is stored take more there than in the log.
    public long heldBytes() {
        Transaction begun = begun();
        return bytes()
                + TransactionAssembly.IMAGE_BYTES * (frame - begun.frameBefore().value());
    }

    /// Frame number of the database after the pages so far.
    public FrameNo frame() {
        return new FrameNo(frame);
    }

    /// Ends the transaction.
    ///
    /// @return its pieces in order; the caller owns them
    public List<byte[]> finish() {
        if (pagesInPiece == 0) {
            throw new IllegalStateException("a transaction without pages has no entry");
        }
        piece(body.size(), pagesInPiece, frame, true);
        List<byte[]> finished = pieces;
        discard();
        return finished;
    }

    /// Frees the native memory; not to be used afterwards.
    @Override
    public void close() {
        zstd.close();
    }

    private Transaction begun() {
        Transaction begun = transaction;
        if (begun == null) {
            throw new IllegalStateException("no transaction was begun");
        }
        return begun;
    }

    private int pageSizeOf(long pgno) {
        Transaction begun = begun();
        if (pgno <= pgnoBefore || pgno > begun.databasePages()) {
            throw new IllegalArgumentException("page " + pgno + " after page " + pgnoBefore + " in a database of "
                    + begun.databasePages() + " pages");
        }
        pgnoBefore = pgno;
        return begun.pageSize();
    }

    private void page(
            long pgno, byte[] image, int offset, int pageSize, int encoding, byte[] raw, int rawOffset, int rawLength) {
        body.varint(pgno);
        int encodingAt = body.size();
        body.int8(encoding);
        body.int32(Format.checksum(image, offset, pageSize));
        if (encoding == Format.RANGES) {
            body.varint(rawLength);
        }
        if (rawLength >= COMPRESS_BYTES_MIN && compress(raw, rawOffset, rawLength)) {
            body.array()[encodingAt] |= Format.COMPRESSED;
        } else {
            body.bytes(raw, rawOffset, rawLength);
        }
        pagesInPiece++;
        frame++;
    }

    /// Appends length and compressed bytes if that is shorter than the bytes themselves.
    private boolean compress(byte[] raw, int offset, int length) {
        int bound = (int) Zstd.compressBound(length);
        compressed.clear();
        int size = zstd.compressByteArray(compressed.reserve(bound), 0, bound, raw, offset, length);
        if (size + Output.varintBytes(size) >= length) {
            return false;
        }
        body.varint(size);
        body.bytes(compressed.array(), 0, size);
        return true;
    }

    /// Leaves the ranges in which `image` differs from `base`.
    ///
    /// @return false if they are not shorter than the page
    private boolean difference(byte[] base, int baseOffset, byte[] image, int offset, int pageSize) {
        ranges.clear();
        int before = 0;
        int from = mismatch(base, baseOffset, image, offset, 0, pageSize);
        while (from < pageSize) {
            int to = rangeEnd(base, baseOffset, image, offset, from, pageSize);
            ranges.varint(from - before);
            ranges.varint(to - from);
            ranges.bytes(image, offset + from, to - from);
            if (ranges.size() >= pageSize) {
                return false;
            }
            before = to;
            from = mismatch(base, baseOffset, image, offset, to, pageSize);
        }
        return true;
    }

    /// Where the range that begins at `from` ends: before enough equal bytes, or before those that end the page.
    private static int rangeEnd(byte[] base, int baseOffset, byte[] image, int offset, int from, int pageSize) {
        int end = from + 1;
        for (int at = end; at < pageSize && at - end < RANGE_GAP_MIN; at++) {
            if (base[baseOffset + at] != image[offset + at]) {
                end = at + 1;
            }
        }
        return end;
    }

    private static int mismatch(byte[] base, int baseOffset, byte[] image, int offset, int from, int pageSize) {
        int found = Arrays.mismatch(
                base, baseOffset + from, baseOffset + pageSize, image, offset + from, offset + pageSize);
        return found < 0 ? pageSize : from + found;
    }

    /// Ends a piece before the page that starts at `start` of the body if the piece would be too long with it.
    private void cut(int start) {
        if (start > 0 && FRAME_BYTES_MAX + body.size() > pieceBytesMax) {
            piece(start, pagesInPiece - 1, frame - 1, false);
            body.removeFirst(start);
            pagesInPiece = 1;
        }
    }

    /// Makes a piece of the first `length` bytes of the body.
    private void piece(int length, int pages, long frameAfter, boolean last) {
        Transaction of = begun();
        boolean pieced = !last || !pieces.isEmpty();
        head.clear();
        Format.head(head, EntryHead.Kind.PAGES, of.group());
        Format.database(head, of.database());
        Format.epoch(head, of.groupEpoch());
        head.int8(Format.pageSizeLog(of.pageSize()));
        head.int8((last ? Format.LAST : 0) | (of.epochStart() ? Format.EPOCH_START : 0) | (pieced ? Format.PIECED : 0));
        if (pieced) {
            head.int64(of.transaction());
            head.varint(pieces.size());
        }
        head.varint(frameAfter);
        head.varint(of.databasePages());
        head.varint(pages);
        byte[] piece = new byte[head.size() + length + Format.CHECKSUM_BYTES];
        System.arraycopy(head.array(), 0, piece, 0, head.size());
        System.arraycopy(body.array(), 0, piece, head.size(), length);
        Format.putChecksum(piece);
        pieces.add(piece);
        piecesBytes += piece.length;
    }
}
