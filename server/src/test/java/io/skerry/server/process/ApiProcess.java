package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Three nodes in a process of their own, asked in turn, and people with their tokens: `acme` is an organization
/// with the group `main`, which has the database `shop` and two locations, and has a member of each role;
/// `rival`, who is none, has the same in his own.
final class ApiProcess implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final SkerryProcess process;
    private final List<URI> nodes;
    private final AtomicInteger next = new AtomicInteger();
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final String owner;
    private final ApiDocuments documents;

    record Reply(int status, String text, HttpResponse<String> response) {

        /// Null for what is no JSON.
        JsonNode json() {
            try {
                return JSON.readTree(text);
            } catch (IOException e) {
                return JsonNodeFactory.instance.nullNode();
            }
        }

        /// @param pointer to a text
        String at(String pointer) {
            assertThat(status).as(text).isEqualTo(200);
            assertThat(json().at(pointer).isTextual())
                    .as(pointer + " of " + text)
                    .isTrue();
            return json().at(pointer).asText();
        }
    }

    private ApiProcess(Path files, String... more) throws IOException, InterruptedException {
        Path data = files.resolve("data");
        // Far more wrong tokens than anybody has a right to, from one address.
        List<String> settings = new ArrayList<>(
                List.of("api.wrong-tokens-per-minute=1000000", "api.requests-per-second=1000000", "api.wait-time=10s"));
        settings.addAll(List.of(more));
        this.process = SkerryProcess.dev(files, data, "fra,lhr,bos", settings.toArray(String[]::new));
        this.nodes = List.of(process.node("fra"), process.node("lhr"), process.node("bos"));
        this.owner = Files.readString(data.resolve("token")).strip();
        this.documents =
                new ApiDocuments(send("GET", "/openapi.json", null, null).json());
    }

    /// @param settings beside its own, each as `name=value`
    static ApiProcess start(Path files, String... settings) throws IOException, InterruptedException {
        return new ApiProcess(files, settings);
    }

    /// The token of the owner of all that there is at first.
    String owner() {
        return owner;
    }

    ApiDocuments documents() {
        return documents;
    }

    List<URI> nodes() {
        return nodes;
    }

    URI node(String location) {
        return switch (location) {
            case "fra" -> nodes.get(0);
            case "lhr" -> nodes.get(1);
            case "bos" -> nodes.get(2);
            default -> throw new IllegalArgumentException("no node at " + location);
        };
    }

    /// Asks one node after the other.
    Reply send(String method, String path, @Nullable String token, @Nullable String body, String... headers) {
        return send(nodes.get(Math.floorMod(next.getAndIncrement(), nodes.size())), method, path, token, body, headers);
    }

    Reply send(URI node, String method, String path, @Nullable String token, @Nullable String body, String... headers) {
        return sendBody(
                node,
                method,
                path,
                token,
                body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body),
                headers);
    }

    Reply sendBody(
            URI node, String method, String path, @Nullable String token, BodyPublisher body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node + path))
                .timeout(Duration.ofSeconds(60))
                .method(method, body);
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body(), response);
        } catch (IOException e) {
            throw new AssertionError(method + " " + path + " got no answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// Does what has to succeed.
    Reply done(String method, String path, @Nullable String token, @Nullable String body) {
        Reply reply = send(method, path, token, body);
        assertThat(reply.status()).as(method + " " + path + ": " + reply.text()).isEqualTo(200);
        return reply;
    }

    /// Makes an account by an invitation to an organization of the owner's.
    ///
    /// @return a token for it
    String signUp(String organization, String username, String role) {
        String email = username + "@example.net";
        String secret = done(
                        "POST",
                        "/v2/organizations/" + organization + "/invites",
                        owner,
                        "{\"email\":\"" + email + "\",\"role\":\"" + role + "\"}")
                .at("/invited/token");
        return done(
                        "POST",
                        "/v1/invites/signup",
                        null,
                        "{\"token\":\"" + secret + "\",\"username\":\"" + username + "\"}")
                .at("/token");
    }

    /// Makes an organization with a group at two locations and a database in it.
    void furnish(String token, String organization) {
        String base = "/v1/organizations/" + organization;
        done("POST", base + "/groups", token, "{\"name\":\"main\",\"location\":\"fra\"}");
        done("POST", base + "/groups/main/locations/lhr", token, null);
        done("POST", base + "/databases", token, "{\"name\":\"shop\",\"group\":\"main\"}");
    }

    /// A token of the user that is restricted.
    ///
    /// @param restriction the body that says how
    String mint(String token, String name, String restriction) {
        return done("POST", "/v2/auth/api-tokens/" + name, token, restriction).at("/token/value");
    }

    /// Waits until every node answers the same to this.
    void awaitEverywhere(String path, String token) throws InterruptedException {
        Soon soon = new Soon(true);
        while (nodes.stream()
                        .map(node -> send(node, "GET", path, token, null).text())
                        .distinct()
                        .count()
                > 1) {
            assertThat(soon.again()).as("the nodes agree on " + path).isTrue();
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
        process.close();
    }
}
