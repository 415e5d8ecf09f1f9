package io.skerry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skerry.catalog.location.LocationCode;
import io.skerry.server.config.Configuration;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// A server with one location in this process, and what a test asks of it.
final class OneNode implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    record Answer(int status, String body) {

        /// Of a request that succeeded.
        JsonNode json() throws IOException {
            assertThat(status).as(body).isEqualTo(200);
            return JSON.readTree(body);
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final DevCluster cluster;
    private final String admin;

    private OneNode(DevCluster cluster, String admin) {
        this.cluster = cluster;
        this.admin = admin;
    }

    /// @param directory for its data
    static OneNode start(Path directory, Map<String, String> settings) throws Exception {
        DevCluster cluster = DevCluster.start(new DevCluster.Plan(
                directory,
                List.of(new LocationCode("fra")),
                0,
                "default",
                null,
                Configuration.load(settings, Map.of(), null)));
        return new OneNode(cluster, Files.readString(directory.resolve("token")).strip());
    }

    URI uri() {
        return cluster.nodes().getFirst().uri();
    }

    HttpRequest.Builder request(String path, String token) {
        return HttpRequest.newBuilder(URI.create(uri() + path)).header("Authorization", "Bearer " + token);
    }

    <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) throws Exception {
        return http.send(request.build(), body);
    }

    Answer send(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> response = send(request, HttpResponse.BodyHandlers.ofString());
        return new Answer(response.statusCode(), response.body());
    }

    /// As the administrator.
    JsonNode post(String path, String body) throws Exception {
        return tryPost(path, body).json();
    }

    /// The same of a request that may be refused.
    Answer tryPost(String path, String body) throws Exception {
        return send(request(path, admin).POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /// Creates a database in the group `default`.
    ///
    /// @param more fields of the call, each after a comma
    /// @return a token of it
    String create(String organization, String name, String more) throws Exception {
        String databases = "/v1/organizations/" + organization + "/databases";
        post(databases, "{\"name\":\"" + name + "\",\"group\":\"default\"" + more + "}");
        return post(databases + "/" + name + "/auth/tokens", "").path("jwt").asText();
    }

    /// Creates one whose dump is larger than what systems keep for a client that does not read it.
    String createLarge(String organization, String name) throws Exception {
        String token = create(organization, name, "");
        String sql = "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"CREATE TABLE t (a)\"}},"
                + "{\"type\":\"execute\",\"stmt\":{\"sql\":\"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL"
                + " SELECT i + 1 FROM n WHERE i < 20) INSERT INTO t SELECT zeroblob(1000000) FROM n\"}}]}";
        assertThat(send(request("/dev/" + organization + "/" + name + "/v2/pipeline", token)
                                .POST(HttpRequest.BodyPublishers.ofString(sql)))
                        .body())
                .doesNotContain("\"error\"");
        return token;
    }

    @Override
    public void close() {
        http.close();
        cluster.close();
        try {
            ClosedLogs.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
