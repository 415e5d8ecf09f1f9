package io.skerry.server.peer;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skerry.catalog.audit.AuditNote;
import io.skerry.catalog.fleet.CopySource;
import io.skerry.catalog.fleet.NodeClient;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.progress.Progress;
import io.skerry.catalog.upload.UploadId;
import io.skerry.catalog.upload.UploadOwner;
import io.skerry.catalog.upload.UploadUse;
import io.skerry.catalog.usage.NodeUsage;
import io.skerry.catalog.usage.UsageReport;
import io.skerry.catalog.usage.UsageSince;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.platform.NodeHttp;
import io.skerry.raft.MemberState;
import io.skerry.raft.PeerAddress;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Another node of the cluster, reached over its own port. Thread-safe. Every call ends: an order at its
/// limit and a little more, one that lasts ([LastingOrder]) soon after the other node fell silent, a question after
/// five seconds.
public final class HttpNodeClient implements NodeClient {

    private static final Duration QUESTION = Duration.ofSeconds(5);
    private static final Duration WRITE_ORDER = Duration.ofSeconds(20);
    /// What an order may take beyond its limit before the caller stops waiting for the answer.
    private static final Duration MARGIN = Duration.ofSeconds(3);
    /// A node joins when the databases have been copied to it.
    private static final Duration JOIN_MAX = Duration.ofHours(1);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final NodeHttp http;
    private final PeerSecret secret;
    private final PeerAddress address;

    public HttpNodeClient(NodeHttp http, PeerSecret secret, PeerAddress address) {
        this.http = http;
        this.secret = secret;
        this.address = address;
    }

    @Override
    public void createGroup(GroupId group, Duration limit) {
        send("PUT", PeerPaths.group(group) + "?" + query(limit), limit.plus(MARGIN));
    }

    @Override
    public void deleteGroup(GroupId group, Duration limit) {
        send("DELETE", PeerPaths.group(group) + "?" + query(limit), limit.plus(MARGIN));
    }

    @Override
    public void setAsideGroup(GroupId group, Duration limit) {
        send("POST", PeerPaths.aside(group) + "?" + query(limit), limit.plus(MARGIN));
    }

    @Override
    public void settleGroup(GroupId group, FrameNo frame, Duration limit) {
        String query = PeerRoutes.Parameters.FRAME + "=" + frame + "&" + query(limit);
        send("PUT", PeerPaths.settled(group) + "?" + query, limit.plus(MARGIN));
    }

    @Override
    public void addListener(GroupId group, PeerAddress peer, Duration limit) {
        send("PUT", PeerPaths.listener(group, peer.node()) + "?" + query(peer, limit), JOIN_MAX);
    }

    @Override
    public void removeListener(GroupId group, PeerAddress peer, Duration limit) {
        send("DELETE", PeerPaths.listener(group, peer.node()) + "?" + query(peer, limit), limit.plus(MARGIN));
    }

    @Override
    public void createDatabase(GroupId group, DatabaseId database) {
        send("PUT", PeerPaths.database(group, database), WRITE_ORDER);
    }

    @Override
    public void dropDatabase(GroupId group, DatabaseId database) {
        send("DELETE", PeerPaths.database(group, database), WRITE_ORDER);
    }

    @Override
    public void fillDatabase(GroupId group, DatabaseId database, CopySource source, Duration limit, Progress progress) {
        String of = switch (source) {
            case CopySource.OfDatabase other ->
                PeerRoutes.Parameters.GROUP + "=" + other.group() + "&" + PeerRoutes.Parameters.DATABASE + "="
                        + other.database();
            case CopySource.OfUpload upload -> PeerRoutes.Parameters.UPLOAD + "=" + upload.upload();
        };
        String query = PeerRoutes.Parameters.NODE + "="
                + encode(source.node().node().value()) + "&" + of + "&" + query(source.node(), limit);
        LastingOrder.give(address, PeerPaths.copy(group, database) + "?" + query, secret, progress);
    }

    @Override
    public Optional<String> buildUpload(UploadId upload, UploadUse use, Duration limit, Progress progress) {
        String query = query(use) + "&" + query(limit);
        String wrong = LastingOrder.give(address, PeerPaths.database(upload) + "?" + query, secret, progress);
        return Optional.of(wrong).filter(text -> !text.isEmpty());
    }

    @Override
    public void discardUpload(UploadId upload, UploadUse use) {
        send("DELETE", PeerPaths.upload(upload) + "?" + query(use), QUESTION);
    }

    private static String query(UploadUse use) {
        String database = PeerRoutes.Parameters.DATABASE + "=" + use.database();
        return switch (use.owner()) {
            case UploadOwner.OfOrganization(OrganizationId organization) ->
                database + "&" + PeerRoutes.Parameters.ORGANIZATION + "=" + organization;
            case UploadOwner.OfDatabase _ -> database;
        };
    }

    @Override
    public NodeUsage usage(Map<GroupId, List<DatabaseId>> databases) {
        Map<String, List<String>> wanted = new HashMap<>();
        databases.forEach((group, ids) -> wanted.put(
                group.toString(), ids.stream().map(DatabaseId::toString).toList()));
        return post(PeerPaths.USAGE, wanted, QUESTION, new TypeReference<>() {});
    }

    @Override
    public List<UsageSince> queries(DatabaseId database) {
        return ask(PeerPaths.queries(database), new TypeReference<>() {});
    }

    @Override
    public String recordUsage(UsageReport report) {
        return post(PeerPaths.USAGE_REPORTS, report, WRITE_ORDER, new TypeReference<>() {});
    }

    @Override
    public FrameNo recordAudit(List<AuditNote> notes) {
        return new FrameNo(post(PeerPaths.AUDIT, notes, WRITE_ORDER, new TypeReference<Long>() {}));
    }

    @Override
    public List<MemberState> members(GroupId group) {
        return ask(PeerPaths.members(group), new TypeReference<>() {});
    }

    @Override
    public Collection<GroupId> groups() {
        return ask(PeerPaths.GROUPS, new TypeReference<List<String>>() {}).stream()
                .map(GroupId::parse)
                .toList();
    }

    @Override
    public Collection<DatabaseId> databases(GroupId group) {
        return ask(PeerPaths.databases(group), new TypeReference<List<String>>() {}).stream()
                .map(DatabaseId::parse)
                .toList();
    }

    @Override
    public boolean awaitCatalog(FrameNo frame, Duration limit) {
        String path = PeerPaths.CATALOG + "/" + frame + "?" + query(limit);
        return ask(path, limit.plus(MARGIN), new TypeReference<Boolean>() {});
    }

    @Override
    public FrameNo catalogFrame(Duration limit) {
        return new FrameNo(ask(PeerPaths.CATALOG, limit, new TypeReference<Long>() {}));
    }

    private <T> T post(String path, Object body, Duration limit, TypeReference<T> type) {
        try {
            return JSON.readValue(send("POST", path, JSON.writeValueAsBytes(body), limit), type);
        } catch (IOException e) {
            throw otherForm(e);
        }
    }

    private <T> T ask(String path, TypeReference<T> type) {
        return ask(path, QUESTION, type);
    }

    private <T> T ask(String path, Duration limit, TypeReference<T> type) {
        try {
            return JSON.readValue(send("GET", path, limit), type);
        } catch (IOException e) {
            throw otherForm(e);
        }
    }

    private DatabaseException otherForm(IOException e) {
        return new DatabaseException(Code.INTERNAL, "node " + address.node() + " gave an answer of another form", e);
    }

    private byte[] send(String method, String path, Duration limit) {
        return send(method, path, new byte[0], limit);
    }

    private byte[] send(String method, String path, byte[] body, Duration limit) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address.transfer() + path))
                .method(
                        method,
                        body.length == 0
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofByteArray(body))
                .header("authorization", secret.header())
                .timeout(limit)
                .build();
        try {
            HttpResponse<byte[]> response = http.client().send(request, HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() / 100 == 2) {
                return response.body();
            }
            if (response.statusCode() != 409) {
                throw unavailable("answered " + method + " with status " + response.statusCode(), null);
            }
            throw JSON.readValue(response.body(), Failure.class)
                    .toThrow(address.node().value());
        } catch (ConnectException e) {
            throw unavailable("does not answer at " + address.transfer() + "; is it running?", e);
        } catch (IOException e) {
            // The order may have been carried out: the caller's next look at the node tells.
            throw new DatabaseException(
                    Code.OUTCOME_UNKNOWN, "node " + address.node() + " did not answer in time: " + e, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unavailable("was not waited for: this node is stopping", e);
        }
    }

    private DatabaseException unavailable(String what, @org.jspecify.annotations.Nullable Exception cause) {
        return new DatabaseException(Code.UNAVAILABLE, "node " + address.node() + " " + what, cause);
    }

    private static String query(Duration limit) {
        return PeerRoutes.Parameters.LIMIT_MILLIS + "=" + limit.toMillis();
    }

    private static String query(PeerAddress peer, Duration limit) {
        return query(limit) + "&" + PeerRoutes.Parameters.RAFT + "=" + encode(peer.raft()) + "&"
                + PeerRoutes.Parameters.TRANSFER + "=" + encode(peer.transfer());
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
