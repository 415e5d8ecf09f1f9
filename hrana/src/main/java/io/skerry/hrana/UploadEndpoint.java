package io.skerry.hrana;

import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.Method;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.skerry.hrana.forward.NodeClient;
import io.skerry.hrana.forward.Outcome;
import io.skerry.hrana.pipeline.Caller;
import io.skerry.hrana.wire.ByteBudget;
import io.skerry.hrana.wire.Refusal;
import io.skerry.hrana.wire.UploadStart;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The content of a database that waits for it, as a SQLite file: `POST v1/upload` takes all of it at
/// once, `PUT v2/upload/…` in chunks. Any node can be asked: a chunk is handed to the node where the
/// upload began, which its id names, and the last step to the node that leads the catalog. Thread-safe.
final class UploadEndpoint {

    private static final Pattern WHOLE = Pattern.compile(".*/v1/upload");
    private static final Pattern CHUNK = Pattern.compile(".*/(v2/upload/([^/]{1,128})/chunk/(\\d{1,7}))");
    private static final Pattern FINALIZE = Pattern.compile(".*/(v2/upload/([^/]{1,128})/finalize)");
    private static final HeaderName ENCRYPTION_KEY = HeaderNames.create("x-turso-encryption-key");
    private static final HeaderName CLIENT = HeaderNames.create(NodeClient.CLIENT_HEADER);
    private static final byte[] DONE = "{}".getBytes(StandardCharsets.UTF_8);

    /// Of another node: to store a chunk.
    private static final Duration CHUNK_MAX = Duration.ofSeconds(60);

    private final Uploads uploads;
    private final NodeClient nodes;
    private final ByteBudget bodies;
    private volatile boolean stopping;

    /// @param bodies where what is handed to another node has its room meanwhile
    UploadEndpoint(Uploads uploads, NodeClient nodes, ByteBudget bodies) {
        this.uploads = uploads;
        this.nodes = nodes;
        this.bodies = bodies;
    }

    /// Whether the body of such a request is taken as it comes, so that it may be of any size.
    static boolean streams(String method, String path) {
        return switch (method) {
            case "POST" -> WHOLE.matcher(path).matches();
            case "PUT" -> CHUNK.matcher(path).matches();
            default -> false;
        };
    }

    static Method method(Route.Endpoint endpoint) {
        return endpoint == Route.Endpoint.UPLOAD ? Method.POST : Method.PUT;
    }

    /// Takes no more.
    void stop() {
        stopping = true;
    }

    void answer(
            Route.Endpoint endpoint,
            DatabaseAccess.Target target,
            Caller caller,
            ServerRequest request,
            ServerResponse response)
            throws IOException {
        requireUploadable(target, request);
        String path = request.prologue().uriPath().path();
        Matcher chunk = CHUNK.matcher(path);
        Matcher finalize = FINALIZE.matcher(path);
        if (endpoint == Route.Endpoint.UPLOAD) {
            whole(target, caller, request);
            response.send();
        } else if (endpoint == Route.Endpoint.UPLOAD_START) {
            response.header(HranaRoutes.JSON).send(start(target, request));
        } else if (chunk.matches()) {
            chunk(target, caller, chunk, body(request));
            response.header(HranaRoutes.JSON).send(DONE);
        } else if (finalize.matches()) {
            Refusal lost = finish(target.key(), caller, finalize.group(2), client(caller, request));
            if (lost != null) {
                throw lost;
            }
            response.header(HranaRoutes.JSON).send(DONE);
        } else {
            throw Refusal.server(404, "nothing is served at this path of a database");
        }
    }

    private void requireUploadable(DatabaseAccess.Target target, ServerRequest request) {
        if (stopping) {
            throw Refusal.last(503, "This node is stopping; ask another one or try again");
        }
        if (target.rights().readOnly() || target.rights().permissions().limit()) {
            throw Refusal.server(403, "Authorization forbidden: an upload needs a token that may do everything");
        }
        if (target.restrictions().blocksWrites()) {
            throw Refusal.server(403, "writes to this database are blocked by its owner");
        }
        if (!target.draft()) {
            throw Refusal.server(
                    409, "this database has its content already: create another one with the seed database_upload");
        }
        if (request.headers()
                .first(ENCRYPTION_KEY)
                .filter(key -> !key.isEmpty())
                .isPresent()) {
            throw Refusal.server(400, "databases cannot be encrypted with a key of the client");
        }
    }

    private void whole(DatabaseAccess.Target target, Caller caller, ServerRequest request) throws IOException {
        long length = request.headers()
                .contentLength()
                .orElseThrow(() -> Refusal.last(411, "an upload must say its size: Content-Length is missing"));
        String upload = uploads.start(target.key(), length);
        boolean over = false;
        try {
            uploads.receiveAll(target.key(), upload, body(request));
            Refusal lost = finish(target.key(), caller, upload, client(caller, request));
            // Another node may still be at it, if its answer was lost.
            over = true;
            if (lost != null) {
                throw lost;
            }
        } finally {
            if (!over) {
                // The client does not know its name, so nothing can be done with it any more.
                uploads.discard(upload);
            }
        }
    }

    private byte[] start(DatabaseAccess.Target target, ServerRequest request) throws IOException {
        byte[] body = body(request).readNBytes(UploadStart.BYTES_MAX + 1);
        if (body.length > UploadStart.BYTES_MAX) {
            throw Refusal.server(413, "The request body is larger than " + UploadStart.BYTES_MAX + " bytes");
        }
        String upload = uploads.start(target.key(), UploadStart.size(body));
        return UploadStart.answer(uploads.chunkBytes(), upload);
    }

    private void chunk(DatabaseAccess.Target target, Caller caller, Matcher path, InputStream body) throws IOException {
        String upload = path.group(2);
        URI holder = uploads.holder(target.key(), upload);
        if (holder == null) {
            uploads.receive(target.key(), upload, Integer.parseInt(path.group(3)), body);
            return;
        }
        if (!bodies.tryAcquire(uploads.chunkBytes())) {
            throw Refusal.last(429, "Too many large requests at once; try again later");
        }
        try {
            byte[] bytes = body.readNBytes(uploads.chunkBytes() + 1);
            if (bytes.length > uploads.chunkBytes()) {
                throw Refusal.server(400, "a chunk has at most " + uploads.chunkBytes() + " bytes");
            }
            requireFirst(caller);
            URI uri = URI.create(holder + "/" + path.group(1));
            Refusal lost = result(nodes.put(uri, caller.authorization(), "", bytes, CHUNK_MAX));
            if (lost != null) {
                throw lost;
            }
        } finally {
            bodies.release(uploads.chunkBytes());
        }
    }

    /// @return as [#result]
    private @Nullable Refusal finish(String database, Caller caller, String upload, String client) {
        URI activator = uploads.activator(database);
        if (activator == null) {
            uploads.finish(database, upload, client);
            return null;
        }
        requireFirst(caller);
        return result(uploads.whileThere(() -> nodes.putLasting(
                URI.create(activator + "/v2/upload/" + upload + "/finalize"),
                activator.resolve("/health"),
                caller.authorization(),
                client)));
    }

    /// What was handed on once is not handed on again.
    private static void requireFirst(Caller caller) {
        if (caller.forwarded()) {
            throw Refusal.server(503, "no node takes this at the moment: try again");
        }
    }

    /// @return null if it is done; the answer if it is not known whether it is, or will be
    /// @throws Refusal if it is not done
    private static @Nullable Refusal result(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Answered answer when answer.status() == 200 -> null;
            case Outcome.Answered answer ->
                throw Refusal.passedOn(
                        answer.status(), answer.json(), new String(answer.body(), StandardCharsets.UTF_8));
            case Outcome.NotSent notSent ->
                throw Refusal.server(503, "another node could not be asked: " + notSent.reason());
            case Outcome.Lost lost ->
                Refusal.server(
                        503,
                        "another node did not answer: " + lost.reason()
                                + ". Try again, and look first whether the database has its content by now.");
        };
    }

    /// Another node says for whom it asks.
    private static String client(Caller caller, ServerRequest request) {
        String peer = request.remotePeer().host();
        return caller.forwarded() ? request.headers().first(CLIENT).orElse(peer) : peer;
    }

    /// What goes wrong while it is read is the client's doing; Helidon throws whatever its parser met.
    private static InputStream body(ServerRequest request) {
        InputStream in =
                request.content().hasEntity() ? request.content().inputStream() : InputStream.nullInputStream();
        return new FilterInputStream(in) {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                int n = read(one, 0, 1);
                return n < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte @Nullable [] target, int offset, int length) throws IOException {
                try {
                    return in.read(target, offset, length);
                } catch (CloseConnectionException e) {
                    throw e;
                } catch (IOException | RuntimeException e) {
                    throw Refusal.last(400, "The request body ended early, or is not framed as its headers say");
                }
            }
        };
    }
}
