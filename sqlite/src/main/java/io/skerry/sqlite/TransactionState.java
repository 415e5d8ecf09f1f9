package io.skerry.sqlite;

/// What a connection's transaction holds on its main database.
public enum TransactionState {
    NONE,
    READ,
    WRITE
}
