package io.skerry.catalog.upload;

import java.util.UUID;

/// Names an upload. Who knows it may use it, for the owner that it was made for: 122 of its bits are
/// random.
public record UploadId(UUID value) {

    static UploadId random() {
        return new UploadId(UUID.randomUUID());
    }

    /// @throws IllegalArgumentException if it is none
    public static UploadId parse(String text) {
        return new UploadId(UUID.fromString(text));
    }

    @Override
    public String toString() {
        return value.toString();
    }
}
