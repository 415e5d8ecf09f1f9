package io.skerry.hrana;

import io.helidon.http.Header;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.HeaderValues;
import io.helidon.http.Headers;
import io.helidon.http.Method;
import io.helidon.http.Status;
import io.helidon.webserver.http.Handler;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.skerry.engine.hop.Deadline;
import io.skerry.hrana.forward.HopMark;
import io.skerry.hrana.forward.NodeClient;
import io.skerry.hrana.pipeline.Caller;
import io.skerry.hrana.wire.ByteBudget;
import io.skerry.hrana.wire.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/// The data plane of a node as one handler: the server mounts it for every method and path
/// (`routing.any(routes)`), before its own routes; a request that does not address a database goes on to the next.
///
/// Thread-safe. Requests run on the calling (virtual) thread. The server must write answers synchronously (Helidon's
/// default): their buffers are used again.
public final class HranaRoutes implements Handler, AutoCloseable {

    static final Header JSON = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "application/json");
    static final Header PLAIN = HeaderValues.createCached(HeaderNames.CONTENT_TYPE, "text/plain");
    static final Header ANY_ORIGIN = HeaderValues.createCached(HeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    private static final Header ANY_METHOD = HeaderValues.createCached(
            HeaderNames.ACCESS_CONTROL_ALLOW_METHODS, "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS");
    private static final Header FOR_A_DAY = HeaderValues.createCached(HeaderNames.ACCESS_CONTROL_MAX_AGE, "86400");
    private static final HeaderName X_AUTHORIZATION = HeaderNames.create("x-authorization");
    private static final HeaderName HOP = HeaderNames.create(NodeClient.HOP_HEADER);
    private static final HeaderName DEADLINE = HeaderNames.create(Deadline.HEADER);

    private static final String DUMP_PATH = "/" + Route.Endpoint.DUMP.path();

    private final DatabaseAccess access;
    private final Predicate<String> ownHost;
    private final HopMark mark;
    private final PipelineEndpoint pipelines;
    private final DumpEndpoint dumps;
    private final UploadEndpoint uploads;
    private final NodeClient nodes;

    /// @param ownHost whether a host name (lower case, without port) is one of this node's own names, so that its
    ///     first label is not a database. IP addresses, `localhost` and names without a dot never are databases
    ///     and are not asked for.
    /// @param mark by which the nodes of this cluster know each other
    /// @param trust what makes connections to them over TLS; empty for what the JVM trusts
    public HranaRoutes(
            DatabaseAccess access,
            Uploads uploads,
            HranaSettings settings,
            Predicate<String> ownHost,
            HopMark mark,
            Optional<SSLContext> trust) {
        this(access, uploads, settings, ownHost, mark, trust, System::nanoTime);
    }

    HranaRoutes(
            DatabaseAccess access,
            Uploads uploads,
            HranaSettings settings,
            Predicate<String> ownHost,
            HopMark mark,
            Optional<SSLContext> trust,
            LongSupplier nanoClock) {
        this.access = access;
        this.ownHost = ownHost;
        this.mark = mark;
        this.nodes = new NodeClient(settings.forwarding(), mark, trust);
        ByteBudget bodies = new ByteBudget(settings.requests().bodyBytesInFlightMax());
        this.dumps = new DumpEndpoint(settings.dumps());
        this.pipelines = new PipelineEndpoint(settings, nodes, bodies, nanoClock);
        this.uploads = new UploadEndpoint(uploads, nodes, bodies);
    }

    @Override
    public void handle(ServerRequest request, ServerResponse response) throws IOException {
        Route route = Route.parse(
                host(request.headers()), request.prologue().uriPath().path(), ownHost);
        if (route == null) {
            response.next();
            return;
        }
        response.header(ANY_ORIGIN);
        if (request.prologue().method() == Method.OPTIONS) {
            preflight(request.headers(), response);
            return;
        }
        try {
            answer(route, request, response);
        } catch (Refusal refusal) {
            refuse(refusal, response);
        } catch (AccessException e) {
            refuse(refusal(e), response);
        }
    }

    /// Not that of the request, which is of its first line and headers as they came: a filter may know
    /// better.
    private static String host(Headers headers) {
        return headers.first(HeaderNames.HOST).orElse("");
    }

    private static Refusal refusal(AccessException e) {
        String message = String.valueOf(e.getMessage());
        return e.code().isEmpty() ? Refusal.server(e.status(), message) : Refusal.coded(message, e.code());
    }

    private void answer(Route route, ServerRequest request, ServerResponse response) throws IOException {
        switch (route.endpoint()) {
            case PIPELINE_2, PIPELINE_3 -> {
                if (allows(Method.POST, request, response)) {
                    Caller caller = caller(request);
                    pipelines.answer(content(route, caller, request), caller, request, response);
                }
            }
            case DUMP -> {
                if (allows(Method.GET, request, response)) {
                    dumps.answer(content(route, caller(request), request), request, response);
                }
            }
            case UPLOAD, UPLOAD_START, UPLOAD_STEP -> {
                if (allows(UploadEndpoint.method(route.endpoint()), request, response)) {
                    Caller caller = caller(request);
                    uploads.answer(route.endpoint(), target(route, caller, request), caller, request, response);
                }
            }
            case HEALTH -> {
                if (allows(Method.GET, request, response)) {
                    response.send();
                }
            }
            case VERSION -> text("skerry (Hrana 2 and 3 over HTTP)", request, response);
            case PROBE_2 -> text("Hrana 2 over HTTP: POST v2/pipeline", request, response);
            case PROBE_3 -> text("Hrana 3 over HTTP: POST v3/pipeline", request, response);
            case UNKNOWN -> refuse(Refusal.server(404, "nothing is served at this path of a database"), response);
        }
    }

    private Caller caller(ServerRequest request) {
        boolean forwarded = mark.matches(request.headers().first(HOP).orElse(null));
        if (forwarded && Deadline.isPast(request.headers().first(DEADLINE))) {
            throw Refusal.last(503, "it came when its sender waited no longer: nothing of it ran");
        }
        return new Caller(authorization(request.headers()), forwarded);
    }

    /// As [#target], of a database that has its content.
    private DatabaseAccess.Target content(Route route, Caller caller, ServerRequest request) {
        var target = target(route, caller, request);
        if (target.draft()) {
            throw Refusal.coded(
                    "this database waits for its content: upload a SQLite file to it (POST v1/upload, or PUT"
                            + " v2/upload/start and its chunks)",
                    "DATABASE_DRAFT");
        }
        return target;
    }

    private DatabaseAccess.Target target(Route route, Caller caller, ServerRequest request) {
        var target = access.resolve(route.address(), caller.authorization());
        requireAllowed(target, caller, request);
        return target;
    }

    private static void requireAllowed(DatabaseAccess.Target target, Caller caller, ServerRequest request) {
        if (target.callers() == DatabaseAccess.Callers.ANYWHERE || caller.forwarded()) {
            return;
        }
        InetAddress from = request.remotePeer().address() instanceof InetSocketAddress peer ? peer.getAddress() : null;
        if (from == null || !target.callers().allow(from)) {
            throw new AccessException(
                    403,
                    "Authorization forbidden: "
                            + (from == null ? "an unknown address" : from.getHostAddress())
                            + " is not among the allowed_ips of this database");
        }
    }

    /// Whether a request with this method and path may bring a body of any size, which is taken as it
    /// comes.
    public static boolean streams(String method, String rawPath) {
        return UploadEndpoint.streams(method, rawPath);
    }

    /// Whether a request with this method and path may be answered with a body of any size, which is sent as it is
    /// made.
    public static boolean dumps(String method, String rawPath) {
        return method.equals(Method.GET.text()) && rawPath.endsWith(DUMP_PATH);
    }

    /// Whether the host name in a `Host` header (with or without port) means a database.
    public boolean isDatabaseHost(String host) {
        return Route.databaseLabel(host, ownHost) != null;
    }

    /// Refuses new pipelines from now on (503, `Connection: close`). Those under way have `grace` to end by
    /// themselves; then their statements are interrupted, open transactions are rolled back, and they have
    /// `limit` to answer. Idempotent.
    ///
    /// @param interrupt makes the statements of this node end
    public void stop(Duration grace, Runnable interrupt, Duration limit) {
        dumps.stop();
        uploads.stop();
        pipelines.stop(grace, interrupt, limit);
        nodes.close();
    }

    /// Asks again, after a change, what let in the streams and the requests that run. Those that it would not let in
    /// now begin to end: what is open in them is rolled back, what runs in them is interrupted. What runs in others
    /// and is forbidden now is interrupted soon.
    public void checkStreams() {
        pipelines.checkStreams();
    }

    /// Waits until all that earlier calls of [#checkStreams] ended is over.
    ///
    /// @return false if something still ran after `limit`; it ends later
    public boolean awaitEndings(Duration limit) throws InterruptedException {
        return pipelines.awaitEndings(limit);
    }

    /// Closes the streams whose time is up; called by the endpoint's own timer.
    void expireStreams() {
        pipelines.expireStreams();
    }

    @Override
    public void close() {
        stop(Duration.ZERO, () -> {}, Duration.ZERO);
    }

    private static @Nullable String authorization(Headers headers) {
        return headers.first(HeaderNames.AUTHORIZATION)
                .or(() -> headers.first(X_AUTHORIZATION))
                .orElse(null);
    }

    private static boolean allows(Method method, ServerRequest request, ServerResponse response) {
        Method given = request.prologue().method();
        if (given == method || given == Method.HEAD && method == Method.GET) {
            return true;
        }
        response.header(HeaderNames.ALLOW, method == Method.GET ? "GET, HEAD, OPTIONS" : method.text() + ", OPTIONS");
        refuse(Refusal.server(405, "method not allowed: only " + method.text() + " is served here"), response);
        return false;
    }

    private static void text(String text, ServerRequest request, ServerResponse response) {
        if (allows(Method.GET, request, response)) {
            response.header(PLAIN).send(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void preflight(Headers headers, ServerResponse response) {
        headers.first(HeaderNames.ACCESS_CONTROL_REQUEST_HEADERS)
                .ifPresent(names -> response.header(HeaderNames.ACCESS_CONTROL_ALLOW_HEADERS, names));
        response.header(ANY_METHOD)
                .header(FOR_A_DAY)
                .status(Status.NO_CONTENT_204)
                .send();
    }

    private static void refuse(Refusal refusal, ServerResponse response) {
        if (refusal.closesConnection()) {
            response.header(HeaderValues.CONNECTION_CLOSE);
        }
        if (refusal.status() == Status.SERVICE_UNAVAILABLE_503.code()
                || refusal.status() == Status.TOO_MANY_REQUESTS_429.code()) {
            response.header(HeaderNames.RETRY_AFTER, "1");
        }
        response.status(refusal.status())
                .header(refusal.json() ? JSON : PLAIN)
                .send(refusal.body().getBytes(StandardCharsets.UTF_8));
    }
}
