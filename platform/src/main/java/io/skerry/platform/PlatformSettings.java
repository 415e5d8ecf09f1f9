package io.skerry.platform;

import io.skerry.catalog.organization.PeopleLimits;
import java.net.URI;
import java.time.Duration;

/// @param publicUrl how clients reach this node
/// @param address how databases are named: by their label, `<database>-<organization>`, and the host of the public
///     URL with, unless it is the scheme's own, its port
/// @param bodyBytesMax of a request; a larger one is refused with 413
/// @param waitMax how long a `wait` call holds
public record PlatformSettings(
        URI publicUrl, DatabaseAddress address, int bodyBytesMax, Duration waitMax, PeopleLimits people) {

    public static PlatformSettings at(URI publicUrl) {
        return new PlatformSettings(
                publicUrl, DatabaseAddress.HOST, 1 << 20, Duration.ofMinutes(5), PeopleLimits.DEFAULT);
    }

    public PlatformSettings with(int bodyBytesMax, Duration waitMax) {
        return new PlatformSettings(publicUrl, address, bodyBytesMax, waitMax, people);
    }

    public PlatformSettings with(DatabaseAddress form) {
        return new PlatformSettings(publicUrl, form, bodyBytesMax, waitMax, people);
    }

    public PlatformSettings with(PeopleLimits people) {
        return new PlatformSettings(publicUrl, address, bodyBytesMax, waitMax, people);
    }
}
