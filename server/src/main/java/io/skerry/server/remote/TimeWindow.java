package io.skerry.server.remote;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// From when to when something is counted.
final class TimeWindow {

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description = "Such as 2026-03-01T00:00:00Z. Default: the begin of the month.")
    @Nullable
    String from;

    @Option(names = "--to", paramLabel = "TIME", description = "Not included. Default: now.")
    @Nullable
    String to;

    /// @return a query with its question mark, or nothing
    String query() {
        StringBuilder query = new StringBuilder();
        if (from != null) {
            query.append("&from=").append(Server.encode(from));
        }
        if (to != null) {
            query.append("&to=").append(Server.encode(to));
        }
        return query.isEmpty() ? "" : "?" + query.substring(1);
    }
}
