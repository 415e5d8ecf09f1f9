package io.skerry.engine.entry;

/// One page as an entry carries it: whole, or as the byte ranges in which it differs from the last committed
/// image. A view of the entry's bytes; immutable.
public final class PageImage {

    private final long pgno;
    private final boolean whole;

    PageImage(long pgno, boolean whole) {
        this.pgno = pgno;
        this.whole = whole;
    }

    /// Counts from 1.
    public long pgno() {
        return pgno;
    }

    /// Whether [#applyTo] needs nothing of the page before.
    public boolean isWhole() {
        return whole;
    }

    /// Turns `page`, the last committed image (anything if [#isWhole]), into the new one.
    ///
    /// @param page of the page size
    /// @throws io.skerry.engine.DatabaseException LOG_DAMAGED if the result is not what was written; `page` is
    ///     undefined then
    public void applyTo(byte[] page) {
        throw new UnsupportedOperationException();
    }

    /// As [#applyTo], but takes any `page`: for files that may contain later states, where only the replay of
    /// all entries gives the image. Whole pages are verified all the same.
    public void overlayOn(byte[] page) {
        throw new UnsupportedOperationException();
    }
}
