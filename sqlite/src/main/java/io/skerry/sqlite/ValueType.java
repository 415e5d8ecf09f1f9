package io.skerry.sqlite;

/// Storage class of a value.
public enum ValueType {
    INTEGER,
    REAL,
    TEXT,
    BLOB,
    NULL;

    private static final ValueType[] ALL = values();

    /// @param code SQLite's: 1 to 5 in the order of the constants
    static ValueType of(int code) {
        return ALL[code - 1];
    }
}
