package io.skerry.platform;

import io.helidon.webserver.http.HttpRouting;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.token.DatabaseTokens;

/// The routes of the Platform API. They take every path under `/v1`, `/v2` and `/v3` that was not taken before,
/// so register those of the data plane first.
public final class PlatformRoutes implements AutoCloseable {

    public PlatformRoutes(
            Catalog catalog, Fleet fleet, DatabaseTokens tokens, SystemLeader leader, PlatformSettings settings) {
        java.util.Objects.requireNonNull(catalog);
        java.util.Objects.requireNonNull(fleet);
        java.util.Objects.requireNonNull(tokens);
        java.util.Objects.requireNonNull(leader);
        java.util.Objects.requireNonNull(settings);
    }

    public void register(HttpRouting.Builder routing) {
        throw new UnsupportedOperationException(routing.toString());
    }

    /// Ends connections to other nodes.
    @Override
    public void close() {}
}
