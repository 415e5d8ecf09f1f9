package io.skerry.sqlite;

/// Counters of a statement, <https://www.sqlite.org/c3ref/c_stmtstatus_counter.html>.
public enum StatementStatus {
    FULLSCAN_STEP(1),
    SORT(2),
    AUTOINDEX(3),
    VM_STEP(4),
    REPREPARE(5),
    RUN(6),
    FILTER_MISS(7),
    FILTER_HIT(8),
    MEMUSED(99);

    private final int value;

    StatementStatus(int value) {
        this.value = value;
    }

    int value() {
        return value;
    }
}
