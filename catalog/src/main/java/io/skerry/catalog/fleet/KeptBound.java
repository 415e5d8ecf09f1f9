package io.skerry.catalog.fleet;

import io.skerry.catalog.CatalogException;
import io.skerry.engine.Database;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.function.LongSupplier;

/// The way of the pages of a database out of it, which ends the copy once the logs keep too much for it: a copy reads
/// one state of its original, however long that takes. For one thread.
final class KeptBound extends FilterOutputStream {

    /// How much is written between two looks.
    private static final int BUFFER_BYTES = 64 * 1024;

    private final LongSupplier kept;
    private final long keptMax;
    private final boolean intoItsGroup;
    private long written;

    private KeptBound(LongSupplier kept, long keptMax, boolean intoItsGroup, OutputStream out) {
        super(out);
        this.kept = kept;
        this.keptMax = keptMax;
        this.intoItsGroup = intoItsGroup;
    }

    /// For a copy that begins now.
    ///
    /// @param keptMax bytes, as [Database#keptFromNow] counts them
    /// @param intoItsGroup whether the copy goes into the log of the group of its original. What it writes there is
    ///     kept as anything else, but comes on top of `keptMax`: else a large database that is written to could not
    ///     be copied, whenever it is tried
    static OutputStream of(Database original, long keptMax, boolean intoItsGroup, OutputStream out) {
        return new BufferedOutputStream(
                new KeptBound(original.keptFromNow(), keptMax, intoItsGroup, out), BUFFER_BYTES);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (kept.getAsLong() - (intoItsGroup ? written : 0) > keptMax) {
            throw new CatalogException(
                    CatalogException.Reason.BUSY,
                    "the copy ended: while it was made, so much was written to the group of its original that the logs"
                            + " keep more than " + keptMax + " bytes for it; try again when less is written");
        }
        out.write(bytes, offset, length);
        written += length;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }
}
