package io.skerry.sqlite;

/// One connection to one database file.
public final class Connection {
    private Connection() {}
}
