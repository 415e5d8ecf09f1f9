package io.skerry.sqlite;

/// How far a checkpoint goes, <https://www.sqlite.org/c3ref/wal_checkpoint_v2.html>.
public enum CheckpointMode {
    /// Only tells how many frames there are.
    NOOP(-1),
    PASSIVE(0),
    FULL(1),
    RESTART(2),
    TRUNCATE(3);

    private final int value;

    CheckpointMode(int value) {
        this.value = value;
    }

    int value() {
        return value;
    }
}
