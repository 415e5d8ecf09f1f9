package io.skerry.platform;

import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Which nodes did not answer when they were asked last: one line for the log when that begins, one when it is
/// over, however many ask meanwhile. As many entries as the cluster has nodes. Thread-safe.
final class Silences {

    private final Set<URI> silent = ConcurrentHashMap.newKeySet();

    /// @return the line, if it is to be said
    Optional<String> silent(URI node, Exception why) {
        return silent.add(node)
                ? Optional.of("the node that leads the catalog, " + node + ", does not answer, and changes sent here"
                        + " are refused until it does: " + why)
                : Optional.empty();
    }

    /// @return the line, if it is to be said
    Optional<String> answered(URI node) {
        return silent.remove(node)
                ? Optional.of("the node that leads the catalog, " + node + ", answers again")
                : Optional.empty();
    }
}
