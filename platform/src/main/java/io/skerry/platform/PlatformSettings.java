package io.skerry.platform;

import java.net.URI;
import java.time.Duration;

/// @param publicUrl how clients reach this node; databases are named `<database>-<organization>.` followed by its
///     host and, unless it is the scheme's own, port
/// @param bodyBytesMax of a request; a larger one is refused with 413
/// @param waitMax how long a `wait` call holds
public record PlatformSettings(URI publicUrl, int bodyBytesMax, Duration waitMax) {

    public static PlatformSettings at(URI publicUrl) {
        return new PlatformSettings(publicUrl, 1 << 20, Duration.ofMinutes(5));
    }
}
