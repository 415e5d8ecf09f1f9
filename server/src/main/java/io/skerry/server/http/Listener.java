package io.skerry.server.http;

import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.skerry.server.StartException;
import io.skerry.server.config.Configuration;
import io.skerry.server.config.Settings;
import io.skerry.server.life.Ports;
import java.net.URI;

/// The HTTP port of a node.
public final class Listener implements AutoCloseable {

    private final WebServer server;
    private final String host;

    private Listener(WebServer server, String host) {
        this.server = server;
        this.host = host;
    }

    /// Binds the port and answers from then on.
    ///
    /// @throws StartException if the port cannot be had
    public static Listener open(String host, int port, Configuration settings) throws StartException {
        Ports.check(host, port, "--port");
        HttpRouting.Builder routing = HttpRouting.builder();
        routing.get("/health", (req, res) -> res.send());
        WebServer server = WebServer.builder()
                .host(host)
                .port(port)
                .shutdownHook(false)
                .maxPayloadSize(settings.get(Settings.BODY_BYTES))
                .maxTcpConnections(settings.get(Settings.CONNECTIONS))
                .addRouting(routing)
                .build();
        server.start();
        if (!server.isRunning()) {
            // Helidon logs why and returns as if it had started.
            throw new StartException("HTTP could not start on port " + port + " of " + host + "; the log says why");
        }
        return new Listener(server, host);
    }

    public URI uri() {
        return URI.create("http://" + (host.equals("127.0.0.1") ? "localhost" : host) + ":" + server.port());
    }

    @Override
    public void close() {
        server.stop();
    }
}
