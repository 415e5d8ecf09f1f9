package io.skerry.catalog.fleet;

import java.util.UUID;

/// Names an uploaded dump. Who knows it may use it, in the organization that it was uploaded for: 122
/// of its bits are random.
public record DumpId(UUID value) {

    static DumpId random() {
        return new DumpId(UUID.randomUUID());
    }

    /// @throws IllegalArgumentException if it is none
    public static DumpId parse(String text) {
        return new DumpId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
