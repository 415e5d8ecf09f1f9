package io.skerry.server.http;

import io.helidon.common.buffers.BufferData;
import io.helidon.common.concurrency.limits.Limit;
import io.helidon.common.task.InterruptableTask;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ConnectionContext;
import io.helidon.webserver.spi.ServerConnection;
import io.helidon.webserver.spi.ServerConnectionSelector;
import java.time.Duration;
import java.util.Set;

/// HTTP upon TLS: the time of the handshake ends where HTTP begins, and what is said at the end of TLS has its time
/// too, because it is written to a client that may not read.
final class TlsConnections implements ServerConnectionSelector {

    private final ServerConnectionSelector http;
    private final SlowClients clients;

    TlsConnections(ServerConnectionSelector http, SlowClients clients) {
        this.http = http;
        this.clients = clients;
    }

    @Override
    public int bytesToIdentifyConnection() {
        return http.bytesToIdentifyConnection();
    }

    @Override
    public Support supports(BufferData data) {
        return http.supports(data);
    }

    @Override
    public Set<String> supportedApplicationProtocols() {
        return http.supportedApplicationProtocols();
    }

    @Override
    public ServerConnection connection(ConnectionContext context) {
        clients.watch().lift();
        return new Connection(http.connection(context), clients);
    }

    private record Connection(ServerConnection http, SlowClients clients)
            implements ServerConnection, InterruptableTask<Void> {

        @Override
        public boolean canInterrupt() {
            return http instanceof InterruptableTask<?> task && task.canInterrupt();
        }

        @Override
        public Void call() {
            throw new UnsupportedOperationException("a connection is handled, not called");
        }

        @Override
        public void handle(Limit limit) throws InterruptedException {
            try {
                http.handle(limit);
            } finally {
                try {
                    clients.watch().until(clients.requestEnd());
                } catch (CloseConnectionException struck) {
                    // Its socket is closed already.
                }
            }
        }

        @Override
        public Duration idleTime() {
            return http.idleTime();
        }

        @Override
        public void close(boolean interrupt) {
            http.close(interrupt);
        }
    }
}
