package io.skerry.engine.entry;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import io.skerry.engine.DatabaseException;

/// One page as an entry carries it: whole, or as the byte ranges in which it differs from the last committed
/// image. A view of the entry's bytes; immutable.
public final class PageImage {

    private final long pgno;
    private final int encoding;
    private final int checksum;
    private final int pageSize;
    private final int rawLength;
    private final byte[] entry;
    private final int offset;
    private final int length;

    PageImage(
            long pgno, int encoding, int checksum, int pageSize, int rawLength, byte[] entry, int offset, int length) {
        this.pgno = pgno;
        this.encoding = encoding;
        this.checksum = checksum;
        this.pageSize = pageSize;
        this.rawLength = rawLength;
        this.entry = entry;
        this.offset = offset;
        this.length = length;
    }

    /// Counts from 1.
    public long pgno() {
        return pgno;
    }

    /// Whether [#applyTo] needs nothing of the page before.
    public boolean isWhole() {
        return (encoding & Format.RANGES) == 0;
    }

    /// Bytes that the page takes in its entry, without number and checksum.
    int storedBytes() {
        return length;
    }

    /// Turns `page`, the last committed image (anything if [#isWhole]), into the new one.
    ///
    /// @param page of the page size
    /// @throws DatabaseException LOG_DAMAGED if the result is not what was written; `page` is undefined then
    public void applyTo(byte[] page) {
        overlay(page);
        verify(page);
    }

    /// As [#applyTo], but takes any `page`: for files that may contain later states, where only the replay of
    /// all entries gives the image. Whole pages are verified all the same.
    public void overlayOn(byte[] page) {
        overlay(page);
        if (isWhole()) {
            verify(page);
        }
    }

    private void overlay(byte[] page) {
        if (page.length != pageSize) {
            throw new IllegalArgumentException(
                    "page " + pgno + " has " + pageSize + " bytes, the array has " + page.length);
        }
        boolean compressed = (encoding & Format.COMPRESSED) != 0;
        if (!isWhole()) {
            ranges(
                    compressed
                            ? new Input("decompressed page body", decompress(new byte[rawLength]), 0, rawLength)
                            : new Input(entry, offset, rawLength),
                    page);
        } else if (compressed) {
            decompress(page);
        } else {
            System.arraycopy(entry, offset, page, 0, pageSize);
        }
    }

    /// Fills `to`, whose length was announced; whatever the frame itself claims, no more is written.
    private byte[] decompress(byte[] to) {
        long size;
        try {
            size = Zstd.decompressByteArray(to, 0, to.length, entry, offset, length);
        } catch (ZstdException e) {
            throw damaged("decompressing " + to.length + " bytes: " + e.getMessage());
        }
        if (size != to.length) {
            throw damaged("it decompresses to " + size + " bytes instead of " + to.length);
        }
        return to;
    }

    private void ranges(Input in, byte[] page) {
        int at = 0;
        while (in.remaining() > 0) {
            at += (int) in.varint(0, pageSize - 1 - at, "gap before a range");
            int count = (int) in.varint(1, pageSize - at, "length of a range");
            in.copy(page, at, count, "range");
            at += count;
        }
    }

    private void verify(byte[] page) {
        int found = Format.checksum(page, 0, page.length);
        if (found != checksum) {
            throw damaged("its checksum is %08x, the result has %08x".formatted(checksum, found));
        }
    }

    private DatabaseException damaged(String what) {
        return Input.damaged(
                "log entry", entry.length, offset, "page " + pgno + (isWhole() ? ", whole: " : ", ranges: ") + what);
    }
}
