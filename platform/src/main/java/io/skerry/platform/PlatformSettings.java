package io.skerry.platform;

import io.skerry.catalog.organization.PeopleLimits;
import java.net.URI;
import java.time.Duration;

/// @param publicUrl how clients reach this node
/// @param address how databases are named: by their label, `<database>-<organization>`, and the host of the public
///     URL with, unless it is the scheme's own, its port
/// @param bodyBytesMax of a request; a larger one is refused with 413
/// @param waitMax how long a `wait` call holds
/// @param refusalsPause between two writes of refused changes to the audit log
/// @param nodeMark by which the nodes of a cluster know what one hands on to another; no client may know it
/// @param handedOnMax calls being handed on to another node; one more waits, then is answered with 429
public record PlatformSettings(
        URI publicUrl,
        DatabaseAddress address,
        int bodyBytesMax,
        Duration waitMax,
        PeopleLimits people,
        RateLimits rates,
        Duration refusalsPause,
        String nodeMark,
        int handedOnMax) {

    /// Without the mark: it is a secret.
    @Override
    public String toString() {
        return "PlatformSettings[publicUrl=" + publicUrl + ", address=" + address + "]";
    }

    /// With the defaults.
    public static PlatformSettings of(URI publicUrl, String nodeMark) {
        return new PlatformSettings(
                publicUrl,
                DatabaseAddress.HOST,
                1 << 20,
                Duration.ofMinutes(5),
                PeopleLimits.DEFAULT,
                RateLimits.DEFAULT,
                Duration.ofSeconds(5),
                nodeMark,
                256);
    }

    public PlatformSettings with(int bodyBytesMax, Duration waitMax) {
        return new PlatformSettings(
                publicUrl, address, bodyBytesMax, waitMax, people, rates, refusalsPause, nodeMark, handedOnMax);
    }

    public PlatformSettings with(DatabaseAddress form) {
        return new PlatformSettings(
                publicUrl, form, bodyBytesMax, waitMax, people, rates, refusalsPause, nodeMark, handedOnMax);
    }

    public PlatformSettings with(PeopleLimits people) {
        return new PlatformSettings(
                publicUrl, address, bodyBytesMax, waitMax, people, rates, refusalsPause, nodeMark, handedOnMax);
    }

    public PlatformSettings with(RateLimits rates) {
        return new PlatformSettings(
                publicUrl, address, bodyBytesMax, waitMax, people, rates, refusalsPause, nodeMark, handedOnMax);
    }

    public PlatformSettings withRefusalsPause(Duration pause) {
        return new PlatformSettings(
                publicUrl, address, bodyBytesMax, waitMax, people, rates, pause, nodeMark, handedOnMax);
    }

    public PlatformSettings withHandedOnMax(int calls) {
        return new PlatformSettings(
                publicUrl, address, bodyBytesMax, waitMax, people, rates, refusalsPause, nodeMark, calls);
    }
}
