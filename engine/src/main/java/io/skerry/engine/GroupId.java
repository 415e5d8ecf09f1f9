package io.skerry.engine;

import java.util.UUID;

/// Names one group for its whole life; a renamed group keeps it, a deleted one never gets it back.
public record GroupId(UUID value) implements Comparable<GroupId> {

    /// Reads what [#toString] wrote.
    ///
    /// @throws IllegalArgumentException if `text` is not a UUID
    public static GroupId parse(String text) {
        return new GroupId(UUID.fromString(text));
    }

    @Override
    public int compareTo(GroupId other) {
        return value.compareTo(other.value);
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
