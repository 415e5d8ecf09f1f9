package io.skerry.engine.hop;

import java.time.Duration;
import java.util.Optional;

/// When the sender of a request that is handed on waits no longer. Who asked has heard by then that the outcome is
/// unknown, and may have looked: what comes later, from the queue of a port that was full, is not to run.
///
/// In milliseconds since 1970, so the clocks of the nodes must agree to some seconds. To be believed only of a node
/// of the cluster.
public final class Deadline {

    /// The header that says it.
    public static final String HEADER = "x-skerry-deadline";

    private Deadline() {}

    /// What [#HEADER] says where the sender waits for so long from now on.
    public static String in(Duration limit) {
        return Long.toString(System.currentTimeMillis() + limit.toMillis());
    }

    /// @param header what [#HEADER] says; empty if the request has none: then its sender waits
    public static boolean isPast(Optional<String> header) {
        return header.filter(deadline -> System.currentTimeMillis() > Long.parseLong(deadline))
                .isPresent();
    }
}
