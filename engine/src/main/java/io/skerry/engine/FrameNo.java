package io.skerry.engine;

/// libSQL's numbering of a database's history: one page of one transaction each, counted from its first commit.
/// The unit of `replication_index`. 0 is "before the first commit".
public record FrameNo(long value) implements Comparable<FrameNo> {

    public static final FrameNo ZERO = new FrameNo(0);

    public FrameNo {
        if (value < 0) {
            throw new IllegalArgumentException("frame number " + value + " is negative");
        }
    }

    public FrameNo plus(long frames) {
        return new FrameNo(value + frames);
    }

    @Override
    public int compareTo(FrameNo other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
