package io.skerry.engine.storage;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/// Reads from a WAL what one transaction wrote to it, <https://www.sqlite.org/fileformat2.html#walformat>.
/// Buffers are reused from commit to commit. One thread.
final class WalCommit {

    static final int HEADER_BYTES = 32;
    static final int FRAME_HEADER_BYTES = 24;

    /// Frames read at once while looking for the one that carries the commit; most transactions fit.
    private static final int CHUNK_FRAMES = 16;

    /// Arrays that grew beyond this are given back after the commit.
    private static final int PAGES_KEPT = 4096;

    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN)
            .withInvokeExactBehavior();

    /// How the WAL is read: SQLite's own handle of it.
    @FunctionalInterface
    interface Source {
        /// Fills `target` from `offset` on; what is beyond the file's end is zeros.
        void read(long position, byte[] target, int offset, int length);
    }

    private final byte[] header = new byte[HEADER_BYTES];
    private byte[] chunk = new byte[0];
    private byte[] image = new byte[0];
    private byte[] base = new byte[0];

    // One per frame: page number in the upper half, frame number in the lower.
    private long[] written = new long[64];
    private int count;
    private int pageSize;
    private long salts;
    private int lastFrame;
    private int chunkFrame;
    private int chunkFrames;
    private int databasePages;

    /// Looks for a transaction that was committed after frame `mxFrame`, the last one of the WAL generation
    /// `knownSalts`; from the WAL's first frame on if the generation has changed.
    ///
    /// @return false if there is none: the sync is that of a new header, or of a checkpoint
    boolean find(Source wal, long knownSalts, int mxFrame, int expectedPageSize) {
        count = 0;
        databasePages = 0;
        pageSize = expectedPageSize;
        salts = readSalts(wal, header);
        int from = salts == knownSalts ? mxFrame + 1 : 1;
        return salts != 0 && findCommit(wal, from);
    }

    static long readSalts(Source wal, byte[] header) {
        wal.read(0, header, 0, HEADER_BYTES);
        return (long) LONG.get(header, 16);
    }

    static long frameOffset(int frame, int pageSize) {
        return HEADER_BYTES + (frame - 1L) * (FRAME_HEADER_BYTES + pageSize);
    }

    private boolean findCommit(Source wal, int from) {
        int frameBytes = FRAME_HEADER_BYTES + pageSize;
        if (chunk.length < CHUNK_FRAMES * frameBytes) {
            chunk = new byte[CHUNK_FRAMES * frameBytes];
        }
        // The first read is short: most transactions write one to three pages.
        chunkFrames = 3;
        for (chunkFrame = from; ; chunkFrame += chunkFrames, chunkFrames = CHUNK_FRAMES) {
            wal.read(frameOffset(chunkFrame, pageSize), chunk, 0, chunkFrames * frameBytes);
            for (int i = 0; i < chunkFrames; i++) {
                int at = i * frameBytes;
                if ((long) LONG.get(chunk, at + 8) != salts) {
                    return false;
                }
                add((int) INT.get(chunk, at), chunkFrame + i);
                databasePages = (int) INT.get(chunk, at + 4);
                if (databasePages != 0) {
                    lastFrame = chunkFrame + i;
                    settle();
                    return true;
                }
            }
        }
    }

    private void add(int page, int frame) {
        if (count == written.length) {
            written = Arrays.copyOf(written, 2 * count);
        }
        written[count++] = (long) page << 32 | frame;
    }

    /// Leaves each page once, in ascending order, with its last frame, and none beyond the end of the
    /// database: a page may be spilled more than once, and be cut off afterwards.
    private void settle() {
        Arrays.sort(written, 0, count);
        int kept = 0;
        for (int i = 0; i < count; i++) {
            boolean superseded = i + 1 < count && written[i + 1] >>> 32 == written[i] >>> 32;
            if (!superseded && page(i) <= databasePages) {
                written[kept++] = written[i];
            }
        }
        count = kept;
    }

    int pages() {
        return count;
    }

    int page(int i) {
        return (int) (written[i] >>> 32);
    }

    int frame(int i) {
        return (int) written[i];
    }

    /// Size of the database after the transaction.
    int databasePages() {
        return databasePages;
    }

    long salts() {
        return salts;
    }

    /// The frame that carries the commit.
    int lastFrame() {
        return lastFrame;
    }

    /// The image of page `i` is at [#imageOffset] of the answer, until the next call.
    byte[] image(Source wal, int i) {
        int frame = frame(i);
        if (frame >= chunkFrame && frame < chunkFrame + chunkFrames) {
            return chunk;
        }
        if (image.length < pageSize) {
            image = new byte[pageSize];
        }
        wal.read(frameOffset(frame, pageSize) + FRAME_HEADER_BYTES, image, 0, pageSize);
        return image;
    }

    int imageOffset(int i) {
        int frame = frame(i);
        boolean buffered = frame >= chunkFrame && frame < chunkFrame + chunkFrames;
        return buffered ? (frame - chunkFrame) * (FRAME_HEADER_BYTES + pageSize) + FRAME_HEADER_BYTES : 0;
    }

    /// The image that `frame` holds, from offset 0, until the next call.
    byte[] base(Source wal, int frame) {
        if (base.length < pageSize) {
            base = new byte[pageSize];
        }
        wal.read(frameOffset(frame, pageSize) + FRAME_HEADER_BYTES, base, 0, pageSize);
        return base;
    }

    /// Gives back what an unusually large transaction needed.
    void trim() {
        if (written.length > PAGES_KEPT) {
            written = new long[64];
        }
    }
}
