package io.skerry.server.http;

import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.skerry.server.config.Configuration;
import io.skerry.server.config.Settings;
import io.skerry.server.life.Ports;
import io.skerry.server.life.StartException;
import java.net.URI;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One HTTP port of a node.
public final class Listener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Listener.class);
    /// Bodies have limits of their own where they are read, with answers in the form of each protocol; this
    /// one is for everything that forgets to have one.
    private static final long BODY_BACKSTOP_BYTES = 1L << 20;
    static final int HEADERS_BYTES_MAX = 32 * 1024;
    static final int REQUEST_LINE_BYTES_MAX = 8 * 1024;
    private static final Duration GRACE = Duration.ofMillis(100);

    private final WebServer server;
    private final String host;

    private Listener(WebServer server, String host) {
        this.server = server;
        this.host = host;
    }

    /// Binds the port and answers from then on.
    ///
    /// @param option what sets the port, for the message when it is in use
    /// @throws StartException if the port cannot be had
    public static Listener open(
            String host, int port, String option, Configuration settings, HttpRouting.Builder routing)
            throws StartException {
        Ports.check(host, port, option);
        routing.error(HttpException.class, Listener::refused).error(RuntimeException.class, Listener::defect);
        routing.addFilter(Listener::closeWhenAsked);
        WebServer server = WebServer.builder()
                .host(host)
                .port(port)
                .shutdownHook(false)
                .shutdownGracePeriod(GRACE)
                .maxPayloadSize(settings.get(Settings.BODY_BYTES) + BODY_BACKSTOP_BYTES)
                .maxTcpConnections(settings.get(Settings.CONNECTIONS))
                // Without it an answer of two segments waits for the client's delayed acknowledgement: 40 ms.
                .connectionOptions(socket -> socket.tcpNoDelay(true))
                .idleConnectionTimeout(settings.get(Settings.CONNECTION_IDLE))
                .directHandlers(PlainRefusals.handlers())
                .addProtocol(Http1Config.builder()
                        .maxHeadersSize(HEADERS_BYTES_MAX)
                        .maxPrologueLength(REQUEST_LINE_BYTES_MAX)
                        // It is the default of HTTP/1.1; to say so costs each answer a few per cent.
                        .sendKeepAliveHeader(false)
                        .build())
                .addRouting(routing)
                .build();
        server.start();
        if (!server.isRunning()) {
            // Helidon logs why and returns as if it had started.
            throw new StartException("HTTP could not start on port " + port + " of " + host + "; the log says why");
        }
        return new Listener(server, host);
    }

    /// Helidon answers `Connection: close` in kind and then waits for the next request all the same: a client
    /// that reads until the end would wait as long as an idle connection may live.
    private static void closeWhenAsked(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        chain.proceed();
        // Looked for by name first: to look for the value among all others costs more than to route the request.
        if (request.headers().contains(HeaderNames.CONNECTION)
                && response.isSent()
                && request.headers().containsToken(HeaderValues.CONNECTION_CLOSE)) {
            throw new CloseConnectionException("the client asked for it");
        }
    }

    /// What Helidon itself refuses: no such path, a body that is too large or ends early, an impossible
    /// encoding.
    private static void refused(ServerRequest request, ServerResponse response, HttpException thrown) {
        Status status = PlainRefusals.ofTheClient(thrown.status());
        response.status(status)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(PlainRefusals.body(status, thrown.getMessage()));
    }

    /// What nobody foresaw: the client learns that, the log learns what.
    private static void defect(ServerRequest request, ServerResponse response, RuntimeException thrown) {
        log.atError()
                .setCause(thrown)
                .addKeyValue("method", request.prologue().method().text())
                .addKeyValue("path", request.path().path())
                .log("a request failed for a reason that is a defect of Skerry");
        response.status(Status.INTERNAL_SERVER_ERROR_500)
                .send("{\"error\":\"internal error; the log of this node says more\"}");
    }

    public URI uri() {
        return uri(host, server.port());
    }

    /// How a client on this machine writes the address.
    public static URI uri(String host, int port) {
        return URI.create("http://" + (host.equals("127.0.0.1") ? "localhost" : host) + ":" + port);
    }

    @Override
    public void close() {
        server.stop();
    }
}
