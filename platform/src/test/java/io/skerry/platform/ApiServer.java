package io.skerry.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.HttpRouting;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.Freshness;
import io.skerry.catalog.audit.AuditTrail;
import io.skerry.catalog.fleet.Requester;
import io.skerry.catalog.issuer.KeySets;
import io.skerry.catalog.issuer.KeySource;
import io.skerry.catalog.organization.PeopleLimits;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.catalog.token.DatabaseTokens;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A real server on a free port over a cluster in memory, and a client for it that shows the administrator's
/// token.
final class ApiServer implements AutoCloseable {

    /// By which two servers over one cluster know each other.
    static final String MARK = "of-one-cluster";

    /// Tests try many wrong tokens.
    private static final RateLimits RATES = new RateLimits(1_000_000, 1_000_000);

    /// Tests see by the catalog's frame whether a call changed anything.
    private static final Duration NEVER = Duration.ofHours(1);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final TestCluster cluster;
    private final PlatformRoutes routes;
    private final WebServer server;
    private final HttpClient client = HttpClient.newHttpClient();
    private final DatabaseTokens tokens;

    ApiServer(TestCluster cluster) {
        this(cluster, leading(), Duration.ofMillis(200));
    }

    ApiServer(TestCluster cluster, SystemLeader leader, Duration waitMax) {
        this(cluster, leader, settings().with(1 << 20, waitMax));
    }

    static ApiServer with(TestCluster cluster, PeopleLimits limits) {
        return new ApiServer(cluster, leading(), settings().with(limits));
    }

    static ApiServer with(TestCluster cluster, RateLimits limits) {
        return new ApiServer(cluster, leading(), settings().with(limits));
    }

    /// One that writes refused changes to the audit log at once.
    static ApiServer auditing(TestCluster cluster) {
        return new ApiServer(cluster, leading(), settings().withRefusalsPause(Duration.ofMillis(1)));
    }

    static ApiServer following(TestCluster cluster, URI leader, RateLimits limits) {
        return new ApiServer(cluster, following(leader), settings().with(limits));
    }

    private static PlatformSettings settings() {
        return settings(URI.create("http://localhost:8080"));
    }

    private static PlatformSettings settings(URI publicUrl) {
        return PlatformSettings.of(publicUrl, MARK).with(RATES).withRefusalsPause(NEVER);
    }

    /// One that clients reach by another address.
    static ApiServer following(TestCluster cluster, URI leader, URI publicUrl) {
        return new ApiServer(cluster, following(leader), settings(publicUrl));
    }

    /// One whose copy of the catalog is another than the leader's.
    static ApiServer following(TestCluster cluster, URI leader, Catalog copy) {
        return new ApiServer(
                cluster,
                copy,
                following(leader),
                limit -> Optional.of(cluster.catalog().frame()),
                settings());
    }

    private final NodeHttp nodes = NodeHttp.plain();

    private ApiServer(TestCluster cluster, SystemLeader leader, PlatformSettings settings) {
        this(cluster, cluster.catalog(), leader, Freshness.HERE, settings);
    }

    private ApiServer(
            TestCluster cluster,
            Catalog catalog,
            SystemLeader leader,
            Freshness.Leader newest,
            PlatformSettings settings) {
        this.cluster = cluster;
        this.tokens = new DatabaseTokens(catalog, new KeySets(KeySource.NONE, Duration.ofMinutes(5)));
        this.routes = new PlatformRoutes(
                catalog,
                cluster.fleet(),
                tokens,
                cluster.uploads(),
                AuditTrail.of(cluster.catalog()),
                leader,
                new Freshness(catalog, newest, Duration.ofSeconds(20)),
                nodes,
                Requester.STAYS,
                settings);
        HttpRouting.Builder routing = HttpRouting.builder();
        routes.register(routing);
        this.server = WebServer.builder().port(0).routing(routing).build().start();
    }

    static SystemLeader leading() {
        return new SystemLeader() {
            @Override
            public boolean here() {
                return true;
            }

            @Override
            public Optional<URI> elsewhere() {
                return Optional.empty();
            }
        };
    }

    static SystemLeader following(@Nullable URI leader) {
        return new SystemLeader() {
            @Override
            public boolean here() {
                return false;
            }

            @Override
            public Optional<URI> elsewhere() {
                return Optional.ofNullable(leader);
            }
        };
    }

    record Reply(int status, String text, HttpResponse<String> response) {

        JsonNode json() {
            try {
                return JSON.readTree(text);
            } catch (IOException e) {
                throw new AssertionError("not JSON: " + text, e);
            }
        }

        String error() {
            return json().path("error").asText();
        }
    }

    URI url() {
        return URI.create("http://localhost:" + server.port());
    }

    DatabaseTokens tokens() {
        return tokens;
    }

    Reply get(String path) {
        return send("GET", path, null);
    }

    Reply post(String path) {
        return send("POST", path, null);
    }

    Reply post(String path, String body) {
        return send("POST", path, body);
    }

    Reply delete(String path) {
        return send("DELETE", path, null);
    }

    Reply send(String method, String path, @Nullable String body) {
        return send(method, path, body, "Authorization", "Bearer " + cluster.token());
    }

    Reply send(String method, String path, @Nullable String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofSeconds(60))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// Sends these bytes, then nothing more.
    ///
    /// @return all that comes back
    String raw(String request) throws IOException {
        try (Socket socket = new Socket("localhost", server.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
        server.stop();
        routes.close();
        nodes.close();
    }
}
