package io.skerry.catalog.progress;

/// How far a piece of work on many bytes is, for whoever asks meanwhile. One thread writes, any may
/// read.
public final class Progress {

    /// @param done bytes so far
    /// @param all bytes there are; 0 if that is not known
    public record Mark(long done, long all) {

        static final Mark NOTHING = new Mark(0, 0);
    }

    private volatile Mark mark = Mark.NOTHING;

    public void at(long done, long all) {
        mark = new Mark(done, Math.max(0, all));
    }

    public Mark mark() {
        return mark;
    }
}
