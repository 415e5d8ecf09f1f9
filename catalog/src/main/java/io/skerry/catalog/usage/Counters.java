package io.skerry.catalog.usage;

/// @param storageBytes the most there was within the time that is meant
public record Counters(long rowsRead, long rowsWritten, long storageBytes, long bytesSynced) {

    public static final Counters ZERO = new Counters(0, 0, 0, 0);

    public Counters plus(Counters other) {
        return new Counters(
                rowsRead + other.rowsRead,
                rowsWritten + other.rowsWritten,
                storageBytes + other.storageBytes,
                bytesSynced + other.bytesSynced);
    }
}
