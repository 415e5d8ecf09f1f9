package io.skerry.engine;

import java.util.UUID;

/// Names one database for its whole life. It is also the name of its files: the name a user gave never reaches
/// the file system.
public record DatabaseId(UUID value) implements Comparable<DatabaseId> {

    /// Reads what [#toString] wrote.
    ///
    /// @throws IllegalArgumentException if `text` is not a UUID
    public static DatabaseId parse(String text) {
        return new DatabaseId(UUID.fromString(text));
    }

    @Override
    public int compareTo(DatabaseId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
