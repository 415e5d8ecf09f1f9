package io.skerry.engine.storage;

/// How much WAL an open database may have before a checkpoint is due: what the settings say, and more
/// after a checkpoint that did not do it. Whatever was in its way may stay for long, and a try at every
/// transaction would cost each of them.
///
/// Written by whoever runs the checkpoint, and read without a lock: who sees an older budget is early or
/// late by one transaction.
final class WalBudget {

    /// After a checkpoint that did not do it, the next try waits for so much more WAL.
    private static final double RETRY_GROWTH = 1.25;

    private final int frameBytes;
    private final long walBytes;
    private long bytes;

    WalBudget(int frameBytes, long walBytes) {
        this.frameBytes = frameBytes;
        this.walBytes = walBytes;
        this.bytes = walBytes;
    }

    /// Whether a WAL of so many frames is to be checkpointed.
    boolean isSpent(int frames) {
        return (long) frames * frameBytes >= bytes;
    }

    /// The WAL is in the database file.
    void renew() {
        bytes = walBytes;
    }

    /// A reader of an old snapshot kept the checkpoint from the end of the WAL.
    void keptFromCompleting(int frames) {
        bytes = grown(frames) + walBytes;
    }

    void failed(int frames) {
        bytes = grown(frames);
    }

    private long grown(int frames) {
        return (long) ((long) frames * frameBytes * RETRY_GROWTH);
    }
}
