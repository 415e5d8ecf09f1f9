package io.skerry.server.http;

import io.skerry.catalog.fleet.Requester;
import org.jspecify.annotations.Nullable;

/// The clients of a port, each while its connection's thread works on its request. Who has no
/// connection here stays. Thread-safe.
public final class Presence implements Requester {

    private final ThreadLocal<@Nullable Lookout> own = new ThreadLocal<>();

    /// The calling thread serves that connection from now on.
    void serve(Lookout lookout) {
        own.set(lookout);
    }

    @Override
    public Watch watch(Runnable gone) {
        Lookout lookout = own.get();
        if (lookout == null) {
            return STAYS.watch(gone);
        }
        lookout.begin(gone);
        return lookout::end;
    }
}
