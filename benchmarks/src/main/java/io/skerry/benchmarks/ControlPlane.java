package io.skerry.benchmarks;

import io.skerry.benchmarks.PipelineConnection.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.time.Duration;

/// The Platform API calls that a measurement needs, against the node of the first location.
final class ControlPlane {

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ServerProcess server;
    private final String token;

    ControlPlane(ServerProcess server) throws IOException {
        this.server = server;
        this.token = Files.readString(server.directory().resolve("token")).trim();
    }

    /// Creates a database in the group `default`, and a token for it.
    Endpoint createDatabase(String name) throws IOException, InterruptedException {
        create(name);
        return endpoint(name, 0);
    }

    /// Creates a database in the group `default`.
    void create(String name) throws IOException, InterruptedException {
        call("POST", "/v1/organizations/default/databases", "{\"name\":\"" + name + "\",\"group\":\"default\"}");
    }

    Endpoint endpoint(String name, int node) throws IOException, InterruptedException {
        String answer = call("POST", "/v1/organizations/default/databases/" + name + "/auth/tokens", "");
        return new Endpoint(server.port(node), "/dev/" + name, jwt(answer));
    }

    /// A token for every database of the group `default`.
    String groupToken() throws IOException, InterruptedException {
        return jwt(call("POST", "/v1/organizations/default/groups/default/auth/tokens", ""));
    }

    /// The administrator's. A secret.
    String token() {
        return token;
    }

    /// A token for the control plane.
    String mintApiToken(String name) throws IOException, InterruptedException {
        String answer = call("POST", "/v1/auth/api-tokens/" + name, "");
        int at = answer.indexOf("\"token\":\"") + 9;
        return answer.substring(at, answer.indexOf('"', at));
    }

    private static String jwt(String answer) {
        return answer.substring(answer.indexOf("\"jwt\":\"") + 7, answer.lastIndexOf('"'));
    }

    void addLocation(String location) throws IOException, InterruptedException {
        call("POST", "/v1/groups/default/locations/" + location, "");
    }

    void awaitLocation(String location) throws IOException, InterruptedException {
        call("GET", "/v1/groups/default/locations/" + location + "/wait", "");
    }

    String call(String method, String path, String body) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port(0) + path))
                        .timeout(Duration.ofMinutes(6))
                        .header("Authorization", "Bearer " + token)
                        .method(method, HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IOException(method + " " + path + ": " + answer.statusCode() + " " + answer.body());
        }
        return answer.body();
    }
}
