package io.skerry.server.http;

import io.helidon.http.HttpPrologue;
import io.helidon.http.Status;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.http1.Http1ConnectionListener;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Ends the connections of clients that take too long to send a request or to take an answer. Helidon reads and
/// writes without a limit of time, on one virtual thread a connection; the interrupt of that thread closes its
/// socket.
///
/// The time that a handler computes is not counted.
final class SlowClients implements AutoCloseable {

    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private final long requestNanos;
    private final Duration answer;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private final ThreadLocal<Watch> own = ThreadLocal.withInitial(this::begin);
    private final Thread clock;

    /// @param request from the first line of a request to the end of its body
    /// @param answer from its first byte until the client has taken the last, or the system's buffers have; of one
    ///     that lasts ([#lasting]), each MiB
    SlowClients(Duration request, Duration answer) {
        this.requestNanos = request.toNanos();
        this.answer = answer;
        this.clock = Thread.ofPlatform().daemon().name("http-slow-clients").start(this::look);
    }

    /// The watch of the connection that the calling thread serves.
    Watch watch() {
        return own.get();
    }

    /// The calling thread waits for a handshake of its client, that of TLS, from now on.
    void awaitHandshake(Duration limit) {
        watch().until(System.nanoTime() + limit.toNanos());
    }

    /// When a client that shows now that it is alive has to have shown it again.
    long requestEnd() {
        return System.nanoTime() + requestNanos;
    }

    /// As `out`, for an answer that lasts on the connection that the calling thread serves.
    OutputStream lasting(OutputStream out) {
        return new LastingAnswer(out, watch(), answer, System::nanoTime);
    }

    private Watch begin() {
        Watch watch = new Watch(Thread.currentThread());
        watches.add(watch);
        return watch;
    }

    private void look() {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                watches.removeIf(Watch::isOver);
                long now = System.nanoTime();
                watches.forEach(watch -> watch.strikeIfLate(now));
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// Told of requests as they begin to arrive.
    Http1ConnectionListener received() {
        return new Http1ConnectionListener() {
            @Override
            public void prologue(ConnectionContext connection, HttpPrologue prologue) {
                watch().until(System.nanoTime() + requestNanos);
            }
        };
    }

    /// Told of answers just before they are written.
    Http1ConnectionListener sent() {
        return new Http1ConnectionListener() {
            @Override
            public void status(ConnectionContext connection, Status status) {
                watch().until(System.nanoTime() + answer.toNanos());
            }
        };
    }

    @Override
    public void close() {
        clock.interrupt();
    }
}
