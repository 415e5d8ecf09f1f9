package io.skerry.server.peer;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.HeaderNames;
import io.helidon.http.Status;
import io.helidon.webserver.CloseConnectionException;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.skerry.catalog.audit.AuditNote;
import io.skerry.catalog.fleet.CopySource;
import io.skerry.catalog.fleet.NodeClient;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.upload.UploadId;
import io.skerry.catalog.upload.UploadOwner;
import io.skerry.catalog.upload.UploadUse;
import io.skerry.catalog.usage.UsageReport;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers other nodes of the cluster. Without the secret every path is 404: who does not belong to the
/// cluster learns nothing about it.
public final class PeerRoutes {

    private static final Logger log = LoggerFactory.getLogger(PeerRoutes.class);
    private static final int SNAPSHOT_BUFFER_BYTES = 64 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    /// Writes a group's snapshot for a member.
    @FunctionalInterface
    public interface Snapshots {
        void write(GroupId group, NodeId receiver, OutputStream out) throws IOException;
    }

    /// Writes all pages of a database, as [io.skerry.engine.Database#copyTo].
    @FunctionalInterface
    public interface Copies {
        void write(GroupId group, DatabaseId database, OutputStream out);
    }

    /// The same of an upload.
    @FunctionalInterface
    public interface UploadCopies {
        void write(UploadId upload, OutputStream out);
    }

    private final PeerSecret secret;
    private final NodeClient node;
    private final Snapshots snapshots;
    private final Copies copies;
    private final UploadCopies uploadCopies;

    public PeerRoutes(
            PeerSecret secret, NodeClient node, Snapshots snapshots, Copies copies, UploadCopies uploadCopies) {
        this.secret = secret;
        this.node = node;
        this.snapshots = snapshots;
        this.copies = copies;
        this.uploadCopies = uploadCopies;
    }

    public void register(HttpRouting.Builder routing) {
        String group = PeerPaths.GROUPS + "/{group}";
        String upload = PeerPaths.UPLOADS + "/{upload}";
        routing.any((request, response) -> {
                    if (secret.matches(
                            request.headers().first(HeaderNames.AUTHORIZATION).orElse(null))) {
                        response.next();
                    } else {
                        response.status(Status.NOT_FOUND_404).send();
                    }
                })
                .get(
                        PeerPaths.GROUPS,
                        (request, response) -> json(
                                response,
                                node.groups().stream().map(GroupId::toString).toList()))
                .put(
                        group,
                        (request, response) -> done(response, () -> node.createGroup(group(request), limit(request))))
                .delete(
                        group,
                        (request, response) -> done(response, () -> node.deleteGroup(group(request), limit(request))))
                .post(
                        group + "/aside",
                        (request, response) -> done(response, () -> node.setAsideGroup(group(request), limit(request))))
                .put(
                        group + "/settled",
                        (request, response) -> done(
                                response,
                                () -> node.settleGroup(
                                        group(request),
                                        new FrameNo(
                                                Long.parseLong(request.query().get(Parameters.FRAME))),
                                        limit(request))))
                .put(
                        group + "/listeners/{node}",
                        (request, response) ->
                                done(response, () -> node.addListener(group(request), peer(request), limit(request))))
                .delete(
                        group + "/listeners/{node}",
                        (request, response) -> done(
                                response, () -> node.removeListener(group(request), peer(request), limit(request))))
                .get(group + "/members", (request, response) -> json(response, node.members(group(request))))
                .get(
                        group + "/databases",
                        (request, response) -> json(
                                response,
                                node.databases(group(request)).stream()
                                        .map(DatabaseId::toString)
                                        .toList()))
                .put(
                        group + "/databases/{database}",
                        (request, response) ->
                                done(response, () -> node.createDatabase(group(request), database(request))))
                .delete(
                        group + "/databases/{database}",
                        (request, response) ->
                                done(response, () -> node.dropDatabase(group(request), database(request))))
                .put(group + "/databases/{database}/copy", this::fill)
                .get(
                        group + "/databases/{database}/copy",
                        (request, response) ->
                                pages(request, response, out -> copies.write(group(request), database(request), out)))
                .get(
                        upload + "/database",
                        (request, response) ->
                                pages(request, response, out -> uploadCopies.write(upload(request), out)))
                .put(upload + "/database", this::build)
                .delete(
                        upload,
                        (request, response) -> done(response, () -> node.discardUpload(upload(request), use(request))))
                .post(PeerPaths.USAGE, this::usage)
                .post(PeerPaths.USAGE_REPORTS, this::recordUsage)
                .post(PeerPaths.AUDIT, this::recordAudit)
                .get(
                        PeerPaths.USAGE + "/{database}/queries",
                        (request, response) -> json(response, node.queries(database(request))))
                .get(group + "/snapshot/{node}", this::snapshot)
                .get(
                        PeerPaths.CATALOG,
                        (request, response) ->
                                json(response, node.catalogFrame(Duration.ZERO).value()))
                .get(
                        PeerPaths.CATALOG + "/{frame}",
                        (request, response) -> json(
                                response,
                                node.awaitCatalog(
                                        new FrameNo(Long.parseLong(
                                                request.path().pathParameters().get("frame"))),
                                        limit(request))))
                .error(RuntimeException.class, PeerRoutes::fail);
    }

    private void snapshot(ServerRequest request, ServerResponse response) throws IOException {
        GroupId group = group(request);
        NodeId receiver = new NodeId(request.path().pathParameters().get("node"));
        long start = System.nanoTime();
        stream(request, response, out -> snapshots.write(group, receiver, out));
        log.atInfo()
                .addKeyValue("group", group)
                .addKeyValue("receiver", receiver)
                .addKeyValue("ms", (System.nanoTime() - start) / 1_000_000)
                .log("snapshot sent");
    }

    private static void pages(ServerRequest request, ServerResponse response, Consumer<OutputStream> pages)
            throws IOException {
        stream(request, response, out -> PiecedBody.send(request.path().path(), out, pages));
    }

    @FunctionalInterface
    private interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /// A failure after the first byte breaks the connection off, and so it is known to the receiver, who misses the
    /// end. There is no other answer then.
    private static void stream(ServerRequest request, ServerResponse response, Body body) throws IOException {
        try (OutputStream out = new BufferedOutputStream(response.outputStream(), SNAPSHOT_BUFFER_BYTES)) {
            body.writeTo(out);
        } catch (IOException | RuntimeException e) {
            if (response.bytesWritten() == 0) {
                throw e;
            }
            boolean foreseen =
                    e instanceof IOException || e instanceof UncheckedIOException || e instanceof DatabaseException;
            log.atWarn()
                    .setCause(foreseen ? null : e)
                    .addKeyValue("path", request.path().path())
                    .log("what another node fetches is broken off: {}", e.toString());
            throw new CloseConnectionException("an answer was broken off", e);
        }
    }

    private void fill(ServerRequest request, ServerResponse response) throws IOException {
        GroupId group = group(request);
        DatabaseId database = database(request);
        CopySource source = source(request);
        Duration limit = limit(request);
        LastingOrder.carryOut(request.path().path(), response, progress -> {
            node.fillDatabase(group, database, source, limit, progress);
            return "";
        });
    }

    private void build(ServerRequest request, ServerResponse response) throws IOException {
        UploadId upload = upload(request);
        UploadUse use = use(request);
        Duration limit = limit(request);
        LastingOrder.carryOut(
                request.path().path(),
                response,
                progress -> node.buildUpload(upload, use, limit, progress).orElse(""));
    }

    private void usage(ServerRequest request, ServerResponse response) throws IOException {
        Map<String, List<String>> texts = JSON.readValue(request.content().inputStream(), new TypeReference<>() {});
        Map<GroupId, List<DatabaseId>> wanted = new HashMap<>();
        texts.forEach((group, ids) -> wanted.put(
                GroupId.parse(group), ids.stream().map(DatabaseId::parse).toList()));
        json(response, node.usage(wanted));
    }

    private void recordUsage(ServerRequest request, ServerResponse response) throws IOException {
        UsageReport report = JSON.readValue(request.content().inputStream(), UsageReport.class);
        json(response, node.recordUsage(report));
    }

    private void recordAudit(ServerRequest request, ServerResponse response) throws IOException {
        List<AuditNote> notes = JSON.readValue(request.content().inputStream(), new TypeReference<>() {});
        json(response, node.recordAudit(notes).value());
    }

    private static CopySource source(ServerRequest request) {
        PeerAddress holder = new PeerAddress(
                new NodeId(request.query().get(Parameters.NODE)),
                request.query().get(Parameters.RAFT),
                request.query().get(Parameters.TRANSFER));
        return request.query().contains(Parameters.UPLOAD)
                ? new CopySource.OfUpload(holder, UploadId.parse(request.query().get(Parameters.UPLOAD)))
                : new CopySource.OfDatabase(
                        holder,
                        GroupId.parse(request.query().get(Parameters.GROUP)),
                        DatabaseId.parse(request.query().get(Parameters.DATABASE)));
    }

    private static void done(ServerResponse response, Runnable order) {
        order.run();
        response.status(Status.NO_CONTENT_204).send();
    }

    private static void json(ServerResponse response, Object body) throws IOException {
        response.header(HeaderNames.CONTENT_TYPE, "application/json").send(JSON.writeValueAsBytes(body));
    }

    private static void fail(ServerRequest request, ServerResponse response, RuntimeException thrown) {
        Failure failure = Failure.of(thrown);
        log.atWarn()
                .addKeyValue("path", request.path().path())
                .log("order of another node failed: {}", failure.message());
        if (Thread.currentThread().isInterrupted()) {
            // The node is stopping: a thread that is interrupted can send nothing, and Helidon would log that at
            // length.
            throw new CloseConnectionException("the node is stopping", thrown);
        }
        try {
            response.status(Status.CONFLICT_409)
                    .header(HeaderNames.CONTENT_TYPE, "application/json")
                    .send(JSON.writeValueAsBytes(failure));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static GroupId group(ServerRequest request) {
        return GroupId.parse(request.path().pathParameters().get("group"));
    }

    private static DatabaseId database(ServerRequest request) {
        return DatabaseId.parse(request.path().pathParameters().get("database"));
    }

    private static UploadId upload(ServerRequest request) {
        return UploadId.parse(request.path().pathParameters().get("upload"));
    }

    private static UploadUse use(ServerRequest request) {
        DatabaseId database = DatabaseId.parse(request.query().get(Parameters.DATABASE));
        return request.query().contains(Parameters.ORGANIZATION)
                ? new UploadUse(
                        new UploadOwner.OfOrganization(
                                OrganizationId.parse(request.query().get(Parameters.ORGANIZATION))),
                        database)
                : UploadUse.ofDraft(database);
    }

    private static PeerAddress peer(ServerRequest request) {
        return new PeerAddress(
                new NodeId(request.path().pathParameters().get("node")),
                request.query().get(Parameters.RAFT),
                request.query().get(Parameters.TRANSFER));
    }

    private static Duration limit(ServerRequest request) {
        return Duration.ofMillis(Long.parseLong(request.query().get(Parameters.LIMIT_MILLIS)));
    }

    /// Names of query parameters.
    static final class Parameters {
        static final String NODE = "node";
        static final String GROUP = "group";
        static final String DATABASE = "database";
        static final String UPLOAD = "upload";
        static final String ORGANIZATION = "organization";
        static final String RAFT = "raft";
        static final String TRANSFER = "transfer";
        static final String FRAME = "frame";
        static final String LIMIT_MILLIS = "limit_ms";

        private Parameters() {}
    }
}
