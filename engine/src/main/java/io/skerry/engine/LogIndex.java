package io.skerry.engine;

/// Where an entry stands in the log that a group lives in. Raft counts from 0; -1 is "before the first entry".
/// Internal to replication: what clients see is the [FrameNo] of a database, because several groups may share
/// one log.
public record LogIndex(long value) implements Comparable<LogIndex> {

    public static final LogIndex BEFORE_FIRST = new LogIndex(-1);

    public LogIndex {
        if (value < -1) {
            throw new IllegalArgumentException("log index " + value + " is negative");
        }
    }

    public boolean isAfter(LogIndex other) {
        return value > other.value;
    }

    @Override
    public int compareTo(LogIndex other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Long.toString(value);
    }
}
