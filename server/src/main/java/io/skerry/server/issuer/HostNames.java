package io.skerry.server.issuer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Looks host names up for so long and no longer. A look-up blocks in native code, for as long as whoever
/// serves the name likes, and cannot be interrupted: it is left behind on a thread of its own, of which there
/// are only so many. Thread-safe.
final class HostNames {

    /// Twice as many as fetches at one time: those of the fetches before may still be under way.
    static final int LOOKUPS_MAX = 64;

    private final Resolver resolver;
    private final Semaphore lookups = new Semaphore(LOOKUPS_MAX);

    HostNames(Resolver resolver) {
        this.resolver = resolver;
    }

    @FunctionalInterface
    interface Resolver {
        InetAddress[] addresses(String host) throws UnknownHostException;
    }

    /// @throws UnknownHostException if there is no such name
    /// @throws SocketTimeoutException if `limit` passed first
    /// @throws IOException if too many names are being looked up
    InetAddress[] lookUp(String host, Duration limit) throws IOException {
        if (!lookups.tryAcquire()) {
            throw new IOException("too many host names are being looked up; try again");
        }
        FutureTask<InetAddress[]> task = new FutureTask<>(() -> {
            try {
                return resolver.addresses(host);
            } finally {
                lookups.release();
            }
        });
        Thread.ofPlatform().daemon().name("host-name").start(task);
        try {
            return task.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new SocketTimeoutException("no answer of the name service");
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownHostException unknown) {
                throw unknown;
            }
            throw new IOException("its host name could not be looked up", e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the node is stopping", e);
        }
    }
}
