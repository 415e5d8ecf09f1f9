package io.skerry.server.http;

import io.helidon.common.socket.SocketOptions;
import io.helidon.common.tls.Tls;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.HttpException;
import io.helidon.http.Status;
import io.helidon.service.registry.GlobalServiceRegistry;
import io.helidon.service.registry.ServiceRegistryConfig;
import io.helidon.service.registry.ServiceRegistryManager;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.ErrorHandling;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.FilterChain;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.RoutingRequest;
import io.helidon.webserver.http.RoutingResponse;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.helidon.webserver.http1.Http1Config;
import io.helidon.webserver.http1.Http1ConnectionSelector;
import io.helidon.webserver.spi.ServerConnectionSelector;
import io.skerry.platform.RequestId;
import io.skerry.server.config.Configuration;
import io.skerry.server.config.Settings;
import io.skerry.server.life.Ports;
import io.skerry.server.life.StartException;
import io.skerry.server.tls.NodeTls;
import java.io.Closeable;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLContext;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One HTTP port of a node.
public final class Listener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Listener.class);
    /// Bodies have limits of their own where they are read, with answers in the form of each protocol; this
    /// one is for everything that forgets to have one. It is above what they read and forget of a larger body.
    /// Uploads have a higher one.
    private static final long BODY_BACKSTOP_BYTES = 9L << 20;
    static final int HEADERS_BYTES_MAX = 32 * 1024;
    static final int REQUEST_LINE_BYTES_MAX = 8 * 1024;
    /// Of silence, before the client's system is asked whether it is there.
    static final int KEEP_ALIVE_SECONDS = 60;

    /// It is asked so often, before the connection ends.
    private static final int KEEP_ALIVE_COUNT = 6;

    private static final int KEEP_ALIVE_AGAIN_SECONDS = 10;
    private static final Duration GRACE = Duration.ofMillis(100);
    /// Whether the port is still open.
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private static final Duration IDLE_PERIOD_MAX = Duration.ofMinutes(1);

    static {
        // Helidon looks through the class path for services otherwise, and reads what each says of itself: nothing here
        // comes from there, and a start would wait for it.
        ServiceRegistryConfig none = ServiceRegistryConfig.builder()
                .discoverServices(false)
                .discoverServicesFromServiceLoader(false)
                .build();
        GlobalServiceRegistry.registry(ServiceRegistryManager.create(none).registry());
    }

    private final IntFunction<OpenSocket> socket;
    private final String scheme;
    private final String host;
    /// Of the settings until it is open; 0 is any then.
    private volatile int port;
    private final Runnable atTheEnd;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable OpenSocket open;
    private volatile @Nullable WebServer server;
    private volatile boolean closed;

    /// @param socket configures the next server of a port
    private Listener(IntFunction<OpenSocket> socket, String scheme, String host, int port, Runnable atTheEnd) {
        this.socket = socket;
        this.scheme = scheme;
        this.host = host;
        this.port = port;
        this.atTheEnd = atTheEnd;
    }

    /// The routes of a port to be opened, none so far.
    public static HttpRouting.Builder routing() {
        return HttpRouting.builder();
    }

    /// Binds a port for clients and answers from then on. Clients are held to the limits of the settings.
    ///
    /// @param option what sets the port, for the message when it is in use
    /// @throws StartException if the port cannot be had
    public static Listener open(
            String host, int port, String option, Configuration settings, HttpRouting.Builder routing)
            throws StartException {
        return open(host, port, option, settings, routing, Lasting.NONE, new Presence(), Optional.empty());
    }

    /// As above.
    ///
    /// @param lasting which requests and answers have their time for each MiB, not for the whole
    /// @param presence knows the clients of the port from then on
    /// @param tls empty for plain HTTP
    public static Listener open(
            String host,
            int port,
            String option,
            Configuration settings,
            HttpRouting.Builder routing,
            Lasting lasting,
            Presence presence,
            Optional<NodeTls> tls)
            throws StartException {
        SlowClients clients = new SlowClients(settings.get(Settings.REQUEST_TIME), settings.get(Settings.ANSWER_TIME));
        RequestGuard guard = new RequestGuard(clients, chunkedMax(settings), bodyMax(settings), lasting);
        Http1Config.Builder protocol =
                protocol().addReceiveListener(clients.received()).addSendListener(clients.sent());
        routing.addFilter(Listener::closeWhenSaid).addFilter(new AbsoluteForm()).addFilter(guard);
        Transport transport = tls.map(with -> tls(with, clients, settings.get(Settings.TLS_HANDSHAKE_TIME)))
                .orElseGet(Transport::plain);
        return open(host, port, option, settings, routing, protocol, transport, presence, clients::close);
    }

    /// Binds a port for other nodes of the cluster, whose answers may take as long as a database is large.
    ///
    /// @throws StartException as [#open]
    public static Listener openForNodes(
            String host, int port, String option, Configuration settings, HttpRouting.Builder routing)
            throws StartException {
        routing.addFilter(Listener::closeWhenSaid);
        return open(host, port, option, settings, routing, protocol(), Transport.plain(), new Presence(), () -> {});
    }

    /// What is below HTTP.
    ///
    /// @param selector makes of a way to handle connections one that knows of the transport
    private record Transport(Optional<SSLContext> tls, UnaryOperator<ServerConnectionSelector> selector) {

        static Transport plain() {
            return new Transport(Optional.empty(), UnaryOperator.identity());
        }

        String scheme() {
            return tls.isPresent() ? "https" : "http";
        }

        /// Helidon's other way of TLS looks up the host name of every client.
        void configure(OpenSocket server) {
            tls.ifPresent(context ->
                    server.useNio(false).tls(Tls.builder().sslContext(context).build()));
        }
    }

    private static Transport tls(NodeTls tls, SlowClients clients, Duration handshake) {
        SSLContext context = new TlsContext(tls, new TlsSockets(tls, () -> clients.awaitHandshake(handshake)));
        return new Transport(Optional.of(context), http -> new TlsConnections(http, clients));
    }

    private static Http1Config.Builder protocol() {
        return Http1Config.builder()
                .maxHeadersSize(HEADERS_BYTES_MAX)
                .maxPrologueLength(REQUEST_LINE_BYTES_MAX)
                // It is the default of HTTP/1.1; to say so costs each answer a few per cent.
                .sendKeepAliveHeader(false);
    }

    /// So many that their chunks together are what large bodies may be.
    private static int chunkedMax(Configuration settings) {
        return Math.toIntExact(Math.max(1, settings.get(Settings.BODIES_BYTES) / settings.get(Settings.BODY_BYTES)));
    }

    private static long bodyMax(Configuration settings) {
        return settings.get(Settings.BODY_BYTES) + BODY_BACKSTOP_BYTES;
    }

    private static Listener open(
            String host,
            int port,
            String option,
            Configuration settings,
            HttpRouting.Builder routing,
            Http1Config.Builder protocol,
            Transport transport,
            Presence presence,
            Runnable atTheEnd)
            throws StartException {
        Ports.check(host, port, option);
        routing.error(HttpException.class, Listener::refused).error(RuntimeException.class, Listener::defect);
        IntFunction<OpenSocket> socket = wanted -> {
            OpenSocket builder = new OpenSocket()
                    .host(host)
                    .port(wanted)
                    .shutdownHook(false)
                    .shutdownGracePeriod(GRACE)
                    .maxPayloadSize(bodyMax(settings) + settings.get(Settings.UPLOAD_BYTES))
                    .maxTcpConnections(settings.get(Settings.CONNECTIONS))
                    .connectionOptions(Listener::connection)
                    .idleConnectionTimeout(settings.get(Settings.CONNECTION_IDLE))
                    .idleConnectionPeriod(idlePeriod(settings.get(Settings.CONNECTION_IDLE)))
                    .directHandlers(PlainRefusals.handlers())
                    .errorHandling(ErrorHandling.builder().includeEntity(true).build())
                    .contentEncoding(new Uncoded())
                    // HTTP/1.1 alone: where there is a choice, Helidon waits for the first byte to make it, and
                    // a connection that never sends one is not among those that it closes when they are idle.
                    .protocolsDiscoverServices(false)
                    .addConnectionSelector(transport
                            .selector()
                            .apply(new BoundedChunks(
                                    Http1ConnectionSelector.builder()
                                            .config(protocol.build())
                                            .build(),
                                    Math.toIntExact(bodyMax(settings)),
                                    presence)))
                    .addRouting(routing);
            transport.configure(builder);
            return builder;
        };
        Listener listener = new Listener(socket, transport.scheme(), host, port, atTheEnd);
        if (!listener.start()) {
            atTheEnd.run();
            // Helidon logs why and returns as if it had started.
            throw new StartException("HTTP could not start on port " + port + " of " + host + "; the log says why");
        }
        listener.watch();
        return listener;
    }

    /// @return false if the port cannot be had
    private boolean start() {
        OpenSocket next = socket.apply(port);
        WebServer started = WebServer.create(next.buildPrototype()).start();
        lock.lock();
        try {
            if (!started.isRunning()) {
                return false;
            }
            if (closed) {
                started.stop();
                return true;
            }
            port = started.port();
            open = next;
            server = started;
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Opens the port again whenever it was lost: a node that nobody reaches looks as if it ran.
    private void watch() {
        Thread.ofVirtual().name("port-" + port).start(() -> {
            try {
                while (!closed) {
                    Thread.sleep(LOOK_EVERY);
                    lookAfter();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private void lookAfter() {
        try {
            if (isLost()) {
                openAgain();
            }
        } catch (RuntimeException e) {
            log.error("port {} of {} cannot be looked after now; the next attempt follows", port, host, e);
        }
    }

    private boolean isLost() {
        OpenSocket present = open;
        return !closed && present != null && present.isLost();
    }

    /// The connections of the one before are closed, or will be in a moment.
    private void openAgain() {
        log.error("port {} of {} could not accept a client and was closed; it is opened again", port, host);
        WebServer before = server;
        if (before != null) {
            before.stop();
        }
        if (start()) {
            log.warn("port {} of {} is open again", port, host);
        } else {
            log.error("port {} of {} cannot be opened again now; the next attempt follows", port, host);
        }
    }

    /// What clients are accepted from now.
    @Nullable
    Closeable socket() {
        OpenSocket present = open;
        return present == null ? null : present.socket();
    }

    /// While a client waits, nothing is sent to it: what remembers connections on the way forgets a silent one within
    /// minutes, and a client whose machine is gone would be waited for.
    private static void connection(SocketOptions.Builder socket) {
        // Without it an answer of two segments waits for the client's delayed acknowledgement: 40 ms.
        socket.tcpNoDelay(true)
                .socketKeepAlive(true)
                .putSocketOption(ExtendedSocketOptions.TCP_KEEPIDLE, KEEP_ALIVE_SECONDS)
                .putSocketOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, KEEP_ALIVE_AGAIN_SECONDS)
                .putSocketOption(ExtendedSocketOptions.TCP_KEEPCOUNT, KEEP_ALIVE_COUNT);
    }

    /// How often idle connections are looked for.
    private static Duration idlePeriod(Duration idle) {
        Duration quarter = idle.dividedBy(4);
        return quarter.compareTo(IDLE_PERIOD_MAX) < 0 ? quarter : IDLE_PERIOD_MAX;
    }

    /// Helidon says `Connection: close`, in kind or because it was told to, and then waits for the next request all
    /// the same: a client that reads until the end would wait as long as an idle connection may live, and what is
    /// left of a body would be taken for a request.
    private static void closeWhenSaid(FilterChain chain, RoutingRequest request, RoutingResponse response) {
        chain.proceed();
        if (response.isSent() && (closes(request.headers()) || closes(response.headers()))) {
            throw new CloseConnectionException("it was said that the connection ends");
        }
    }

    // Looked for by name first: to look for the value among all others costs more than to route the request.
    private static boolean closes(Headers headers) {
        return headers.contains(HeaderNames.CONNECTION) && headers.containsToken(HeaderValues.CONNECTION_CLOSE);
    }

    /// What Helidon itself refuses: no such path, a body that is too large or ends early, an impossible
    /// encoding.
    static void refused(ServerRequest request, ServerResponse response, HttpException thrown) {
        if (thrown.status().code() == Status.TOO_MANY_REQUESTS_429.code()) {
            response.header(HeaderNames.RETRY_AFTER, "1");
        }
        if (thrown.status().code() == Status.UNSUPPORTED_MEDIA_TYPE_415.code()) {
            response.header(HeaderNames.ACCEPT_ENCODING, "identity");
        }
        Status status = PlainRefusals.ofTheClient(thrown.status());
        response.status(status)
                .header(RequestId.HEADER, RequestId.of(request))
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(PlainRefusals.body(status, thrown.getMessage()));
    }

    /// What nobody foresaw: the client learns that, the log learns what.
    private static void defect(ServerRequest request, ServerResponse response, RuntimeException thrown) {
        String id = RequestId.of(request);
        log.atError()
                .setCause(thrown)
                .addKeyValue("request", id)
                .addKeyValue("method", request.prologue().method().text())
                .addKeyValue("path", request.path().path())
                .log("a request failed for a reason that is a defect of Skerry");
        response.status(Status.INTERNAL_SERVER_ERROR_500)
                .header(RequestId.HEADER, id)
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send("{\"error\":\"internal error; the log of this node says more\"}");
    }

    public URI uri() {
        return uri(scheme, host, port);
    }

    /// How a client on this machine writes the address.
    ///
    /// @param scheme `http`, or `https` for a port with TLS
    public static URI uri(String scheme, String host, int port) {
        return URI.create(scheme + "://" + (host.equals("127.0.0.1") ? "localhost" : host) + ":" + port);
    }

    @Override
    public void close() {
        WebServer present;
        lock.lock();
        try {
            closed = true;
            present = server;
        } finally {
            lock.unlock();
        }
        if (present != null) {
            present.stop();
        }
        atTheEnd.run();
    }
}
