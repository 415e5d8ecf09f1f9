package io.skerry.server.http;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.http.HeaderNames;
import io.helidon.webserver.http.HttpRouting;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import io.skerry.engine.GroupId;
import io.skerry.platform.RequestId;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.raft.Replication;
import io.skerry.server.tls.NodeTls;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a node is, for load balancers and for people. Needs no token and tells no names: groups go by their
/// ids.
///
///     GET /health           200 while the node serves
///     GET /health/groups    200 with every group of this node; 503 if one of them, or its writes, is stopped here
public final class HealthRoutes {

    private static final ObjectMapper JSON = new ObjectMapper();

    /// @param archived groups that are closed on purpose, and no trouble
    /// @param certificate null without TLS
    private record NodeHealth(
            String node,
            String location,
            List<GroupHealth> groups,
            List<String> archived,
            @Nullable CertificateHealth certificate) {}

    /// @param trouble null if there is none
    private record CertificateHealth(String ends, @Nullable String trouble) {}

    /// @param trouble what stopped the group on this node, or its writes, and the way out; null if it works
    /// @param silent a line for each member that does not answer this node, which leads the group, and the way out
    private record GroupHealth(
            String group,
            @Nullable String leader,
            boolean writable,
            @Nullable String trouble,
            List<String> silent) {}

    private final Replication replication;
    private final String location;
    private final Optional<NodeTls> tls;

    /// @param tls of the port for clients
    public HealthRoutes(Replication replication, String location, Optional<NodeTls> tls) {
        this.replication = replication;
        this.location = location;
        this.tls = tls;
    }

    public void register(HttpRouting.Builder routing) {
        routing.get(
                        "/health",
                        (request, response) -> response.header(RequestId.HEADER, RequestId.of(request))
                                .send())
                .get("/health/groups", this::groups);
    }

    private void groups(ServerRequest request, ServerResponse response) throws IOException {
        List<GroupHealth> groups =
                replication.groups().stream().map(HealthRoutes::health).toList();
        boolean well = groups.stream().allMatch(group -> group.trouble() == null);
        response.status(well ? 200 : 503)
                .header(RequestId.HEADER, RequestId.of(request))
                .header(HeaderNames.CONTENT_TYPE, "application/json")
                .send(JSON.writeValueAsBytes(new NodeHealth(
                        replication.self().value(),
                        location,
                        groups,
                        replication.archived().stream().map(GroupId::toString).toList(),
                        tls.map(with -> certificate(with.state())).orElse(null))));
    }

    private static CertificateHealth certificate(NodeTls.State state) {
        return new CertificateHealth(
                state.end().toString(),
                state.refused()
                        ? "its files have changed and cannot be used as they are: the log says why; the one that was"
                                + " read before is still shown"
                        : null);
    }

    private static GroupHealth health(ReplicatedGroup group) {
        Optional<String> trouble = group.trouble().or(group::shortage);
        return new GroupHealth(
                group.id().toString(),
                group.leader().map(Object::toString).orElse(null),
                trouble.isEmpty() && group.log().isLeader(),
                trouble.orElse(null),
                group.silent());
    }
}
