package io.skerry.sqlite;

/// Counters of a connection, <https://www.sqlite.org/c3ref/c_dbstatus_options.html>.
public enum DbStatus {
    LOOKASIDE_USED(0),
    CACHE_USED(1),
    SCHEMA_USED(2),
    STMT_USED(3),
    CACHE_HIT(7),
    CACHE_MISS(8),
    CACHE_WRITE(9),
    DEFERRED_FKS(10),
    CACHE_SPILL(12);

    private final int value;

    DbStatus(int value) {
        this.value = value;
    }

    int value() {
        return value;
    }
}
