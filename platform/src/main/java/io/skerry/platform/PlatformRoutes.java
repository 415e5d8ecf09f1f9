package io.skerry.platform;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.Freshness;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.AuditTrail;
import io.skerry.catalog.audit.Refusals;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.fleet.Requester;
import io.skerry.catalog.oauth.OauthException;
import io.skerry.catalog.token.Caller;
import io.skerry.catalog.token.DatabaseTokens;
import io.skerry.catalog.token.PlatformTokens;
import io.skerry.catalog.upload.Uploads;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.FrameNo;
import io.skerry.engine.hop.Deadline;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The routes of the Platform API. They take every path under `/v1`, `/v2` and `/v3`, and the few outside that an
/// operation has, unless it was taken before: so register those of the data plane first. Every answer carries
/// `X-Request-Id`.
public final class PlatformRoutes implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PlatformRoutes.class);
    private static final Pattern PREFIX = Pattern.compile("/v[123](/.*)?");
    private static final HeaderName ORGANIZATION_HEADER = HeaderNames.create("x-turso-organization");
    private static final HeaderName MARKER_HEADER = HeaderNames.create(Forwarder.MARKER);
    private static final HeaderName FRAME_HEADER = HeaderNames.create(Forwarder.FRAME);
    private static final HeaderName CLIENT_HEADER = HeaderNames.create(Forwarder.CLIENT);
    private static final HeaderName NODE_HEADER = HeaderNames.create(Forwarder.NODE);
    private static final HeaderName DEADLINE_HEADER = HeaderNames.create(Deadline.HEADER);

    private static final List<HeaderName> HANDED_ON =
            List.of(HeaderNames.AUTHORIZATION, HeaderNames.USER_AGENT, HeaderNames.CONTENT_TYPE, ORGANIZATION_HEADER);

    /// How long an answer that another node gave is held back until this one has seen the change.
    private static final Duration CATCH_UP_MAX = Duration.ofSeconds(2);

    private final Catalog catalog;
    private final SystemLeader leader;
    private final Freshness freshness;
    private final PlatformSettings settings;
    private final Admission admission;
    private final Access access;
    private final Router router;
    private final Forwarder forwarder;
    private final SignInPages pages;
    private final Refusals refusals;
    private final RefusedChanges refused;
    private final Documentation documentation;

    public PlatformRoutes(
            Catalog catalog,
            Fleet fleet,
            DatabaseTokens tokens,
            Uploads uploads,
            AuditTrail audit,
            SystemLeader leader,
            Freshness freshness,
            NodeHttp nodes,
            Requester requester,
            PlatformSettings settings) {
        this.catalog = catalog;
        this.leader = leader;
        this.freshness = freshness;
        this.settings = settings;
        PlatformTokens platformTokens = new PlatformTokens(catalog, Clock.systemUTC());
        this.admission = new Admission(platformTokens, freshness, settings.rates(), System::nanoTime);
        this.forwarder = new Forwarder(settings.nodeMark(), nodes, requester, settings.handedOnMax());
        this.access = new Access(catalog);
        this.refusals = new Refusals(audit, settings.refusalsPause(), System::nanoTime);
        this.refused = new RefusedChanges(catalog, access, refusals);
        this.pages = new SignInPages(catalog, settings, Clock.systemUTC());
        List<Operation> operations =
                Operations.all(Handlers.of(catalog, fleet, tokens, uploads, audit, requester, settings));
        this.router = new Router(operations);
        this.documentation = new Documentation(operations);
    }

    public void register(HttpRouting.Builder routing) {
        routing.any(this::handle);
    }

    /// No refusal is written to the audit log any more.
    @Override
    public void close() {
        refusals.close();
    }

    private void handle(ServerRequest request, ServerResponse response) {
        String path = request.prologue().uriPath().rawPath();
        if (!PREFIX.matcher(path).matches() && !router.knows(path) && !isPage(path)) {
            response.next();
            return;
        }
        long start = System.nanoTime();
        String requestId = RequestId.of(request);
        Answer answer;
        try {
            answer = isPage(path) ? page(request, path, requestId) : answer(request, path, requestId);
        } catch (RuntimeException e) {
            answer = Answer.of(e, requestId);
            logFailure(request, answer, requestId, e);
        }
        LOG.debug(
                "request {}: {} {} {} in {} us",
                requestId,
                request.prologue().method(),
                path,
                answer.status(),
                (System.nanoTime() - start) / 1_000);
        response.header(RequestId.HEADER, requestId);
        if (isHandedOn(request)) {
            response.header(FRAME_HEADER, catalog.frame().toString());
        }
        Sending.send(response, answer, request.prologue().method().equals(Method.HEAD));
    }

    /// What is no fault of the caller, or of more than this one. A state that is expected to pass (a full
    /// disk, no leader, too much at once) is one line with what the answer leaves out; the trace is for what
    /// nobody foresaw.
    private static void logFailure(ServerRequest request, Answer answer, String requestId, RuntimeException e) {
        String method = request.prologue().method().text();
        String path = request.prologue().uriPath().rawPath();
        if (answer.status() == 500) {
            LOG.error("request {} failed: {} {}", requestId, method, path, e);
        } else if (answer.status() > 500 || e instanceof DatabaseException) {
            LOG.warn("request {} could not be done: {} {}: {}", requestId, method, path, e.getMessage());
        }
    }

    /// Whether the path is for people with a browser, and no operation.
    private boolean isPage(String path) {
        return pages.serve(path) || documentation.serves(path);
    }

    private Answer page(ServerRequest request, String path, String requestId) {
        if (documentation.serves(path)) {
            Answer answer = documentation.answer(request.prologue().method().text(), path);
            return EntityTags.tagged(answer, header(request, HeaderNames.IF_NONE_MATCH));
        }
        SignInPages.Request asked = new SignInPages.Request(
                request.prologue().method().text(),
                path,
                name -> FormData.once(name, query(request, name)),
                header(request, HeaderNames.COOKIE),
                () -> RequestBody.whole(request, settings.bodyBytesMax()));
        return pages.answer(asked, (operation, body) -> {
            try {
                Router.Match match = router.find("POST", RequestPath.parse(operation));
                return perform(request, match, operation, body, requestId);
            } catch (RuntimeException e) {
                Answer refused = Answer.of(e, requestId);
                logFailure(request, refused, requestId, e);
                return refused;
            }
        });
    }

    private Answer answer(ServerRequest request, String path, String requestId) {
        Router.Match match = router.find(request.prologue().method().text(), RequestPath.parse(path));
        String query = request.prologue().query().rawValue();
        String target = request.prologue().uriPath().rawPath() + (query.isEmpty() ? "" : "?" + query);
        byte[] body = match.operation().streams() ? new byte[0] : RequestBody.whole(request, settings.bodyBytesMax());
        return perform(request, match, target, body, requestId);
    }

    /// @param target path and query, as another node would be asked
    private Answer perform(ServerRequest request, Router.Match match, String target, byte[] body, String requestId) {
        if (isHandedOn(request) && Deadline.isPast(header(request, DEADLINE_HEADER))) {
            throw new ApiException(503, "it came when its sender waited no longer: nothing of it was done");
        }
        if (match.operation().led() && !leader.here()) {
            Answer answer = forward(request, match.operation().method(), target, body, requestId);
            return tagged(request, match.operation(), answer);
        }
        Caller caller = caller(request, match.operation().right());
        Actor actor = actor(request, caller, requestId);
        try {
            return match.operation().led() || match.operation().streams()
                    ? perform(request, match, caller, actor, body)
                    : freshness.look(() -> perform(request, match, caller, actor, body), PlatformRoutes::isMiss);
        } catch (RuntimeException e) {
            if (match.operation().changes()) {
                note(match, caller, actor, organization(request), body, e);
            }
            throw e;
        }
    }

    /// Whether what was asked for, or the caller's place there, may be too new for this node.
    private static boolean isMiss(RuntimeException e) {
        return switch (e) {
            case ApiException refused -> refused.status() == 403 || refused.status() == 404;
            case CatalogException refused -> refused.reason() == CatalogException.Reason.NOT_FOUND;
            default -> false;
        };
    }

    /// What keeps it out of the audit log must not take the place of the answer.
    private void note(
            Router.Match match,
            @Nullable Caller caller,
            Actor actor,
            @Nullable String header,
            byte[] body,
            RuntimeException why) {
        try {
            refused.note(match, caller, actor, header, body, why);
        } catch (RuntimeException e) {
            why.addSuppressed(e);
        }
    }

    private Answer perform(
            ServerRequest request, Router.Match match, @Nullable Caller caller, Actor actor, byte[] body) {
        Call call = new Call(
                catalog,
                caller,
                place(request, match, caller),
                match.parameters(),
                name -> query(request, name),
                name -> header(request, HeaderNames.create(name)),
                body,
                () -> RequestBody.stream(request),
                actor,
                asked(request));
        Answer answer = match.operation().changes() && match.operation().right().takesSecret()
                ? withSecret(match.operation(), call, address(request))
                : match.operation().handler().handle(call);
        return tagged(request, match.operation(), answer);
    }

    private static Answer tagged(ServerRequest request, Operation operation, Answer answer) {
        return operation.method().equals("GET") && answer.status() == 200
                ? EntityTags.tagged(answer, header(request, HeaderNames.IF_NONE_MATCH))
                : answer;
    }

    /// The secret that is shown here might be a guess, as a token might.
    private Answer withSecret(Operation operation, Call call, String address) {
        admission.require(null, address);
        try {
            return operation.handler().handle(call);
        } catch (CatalogException e) {
            if (e.reason() == CatalogException.Reason.NOT_FOUND
                    || e.reason() == CatalogException.Reason.WRONG_PASSWORD) {
                admission.wrong("", address);
            }
            throw e;
        } catch (OauthException e) {
            if (e.problem() == OauthException.Problem.INVALID_CLIENT) {
                admission.wrong("", address);
            }
            throw e;
        }
    }

    private @Nullable Caller caller(ServerRequest request, Right right) {
        return right.needsToken() ? admission.admit(authorization(request), address(request)) : null;
    }

    private Access.@Nullable Place place(ServerRequest request, Router.Match match, @Nullable Caller caller) {
        if (caller == null) {
            return null;
        }
        Right right = match.operation().right();
        if (!match.operation().ofOrganization()) {
            access.check(caller, right);
            return null;
        }
        return access.check(caller, right, match.parameters(), organization(request));
    }

    private static @Nullable String organization(ServerRequest request) {
        return header(request, ORGANIZATION_HEADER).orElse(null);
    }

    private Actor actor(ServerRequest request, @Nullable Caller caller, String requestId) {
        String name = caller == null ? "" : caller.user().username();
        return new Actor(name, origin(request), address(request), requestId);
    }

    private Answer forward(ServerRequest request, String method, String path, byte[] body, String requestId) {
        Optional<URI> target = leader.elsewhere();
        if (target.isEmpty() || isHandedOn(request)) {
            throw new ApiException(503, "no node takes changes at the moment: try again");
        }
        String address = address(request);
        admission.require(authorization(request), address);
        Map<String, String> headers = new HashMap<>();
        headers.put(Forwarder.CLIENT, address);
        headers.put(Forwarder.NODE, settings.publicUrl().toString());
        headers.put(RequestId.HEADER.defaultCase(), requestId);
        for (HeaderName name : HANDED_ON) {
            header(request, name).ifPresent(value -> headers.put(name.defaultCase(), value));
        }
        Forwarder.Reply reply = forwarder.send(target.get(), method, path, headers, body);
        if (reply.answer().status() == 401) {
            admission.wrong(authorization(request), address);
        } else if (reply.answer().status() < 400) {
            admission.good(authorization(request));
        }
        if (!catalog.awaitFrame(new FrameNo(reply.frame()), CATCH_UP_MAX)) {
            LOG.warn("request {}: this node's catalog is behind frame {}", requestId, reply.frame());
        }
        return reply.answer();
    }

    /// Whether the operation reads a body of any size, as it comes.
    public boolean streams(String method, String rawPath) {
        return router.streams(method, rawPath);
    }

    private static @Nullable String authorization(ServerRequest request) {
        return header(request, HeaderNames.AUTHORIZATION).orElse(null);
    }

    private boolean isHandedOn(ServerRequest request) {
        return forwarder.isMarked(header(request, MARKER_HEADER));
    }

    /// Where the one who asks is: another node says it of whose request it hands on.
    private String address(ServerRequest request) {
        String peer = request.remotePeer().host();
        return isHandedOn(request) ? header(request, CLIENT_HEADER).orElse(peer) : peer;
    }

    /// By which URL the client knows the node that it asked.
    private URI asked(ServerRequest request) {
        Optional<String> other = isHandedOn(request) ? header(request, NODE_HEADER) : Optional.empty();
        return other.map(URI::create).orElse(settings.publicUrl());
    }

    private static Optional<String> header(ServerRequest request, HeaderName name) {
        return request.headers().first(name);
    }

    private static List<String> query(ServerRequest request, String name) {
        return request.query().all(name, List::of);
    }

    /// For the audit log.
    private static String origin(ServerRequest request) {
        String agent = header(request, HeaderNames.USER_AGENT).orElse("");
        return agent.startsWith("turso-cli") || agent.startsWith("skerry-cli")
                ? "cli"
                : agent.startsWith("Mozilla") ? "web" : "api";
    }
}
