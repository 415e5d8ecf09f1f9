package io.skerry.catalog.fleet;

/// Whoever asked for work that lasts, and may go away before its end. Implemented by the `server`
/// module; asked by the thread that has the request.
@FunctionalInterface
public interface Requester {

    /// Waits until the end, whatever happens.
    Requester STAYS = gone -> () -> {};

    /// Looks whether the requester is there, until it is closed.
    ///
    /// @param gone run once if the requester went away meanwhile, by any thread
    Watch watch(Runnable gone);

    /// After its end nothing is run any more.
    interface Watch extends AutoCloseable {
        @Override
        void close();
    }
}
