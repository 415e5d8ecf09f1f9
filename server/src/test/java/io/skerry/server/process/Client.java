package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.skerry.server.tls.TrustedCertificates;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Calls a node over HTTP, as a user would.
final class Client implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    record Answer(int status, JsonNode body) {}

    private final HttpClient http;

    Client() {
        this(HttpClient.newBuilder());
    }

    /// One that trusts the certificates of `file` over TLS.
    static Client trusting(Path file) throws IOException {
        return new Client(HttpClient.newBuilder()
                .sslContext(TrustedCertificates.read(file).context()));
    }

    private Client(HttpClient.Builder http) {
        this.http = http.version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(60))
                .build();
    }

    Answer call(String method, URI uri, @Nullable String token, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .timeout(Duration.ofSeconds(120));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        String text = response.body();
        return new Answer(response.statusCode(), text.startsWith("{") ? JSON.readTree(text) : JSON.createObjectNode());
    }

    /// Creates a database `shop` with a table.
    ///
    /// @return a token for it
    String createShop(URI node, String admin) throws IOException, InterruptedException {
        String databases = node + "/v1/organizations/default/databases";
        Answer created = call("POST", URI.create(databases), admin, "{\"name\":\"shop\",\"group\":\"default\"}");
        assertThat(created.status()).as("%s", created.body()).isEqualTo(200);
        Answer minted = call("POST", URI.create(databases + "/shop/auth/tokens"), admin, "");
        assertThat(minted.status()).isEqualTo(200);
        String token = minted.body().path("jwt").asText();
        assertThat(ok(sql(node, token, "CREATE TABLE t (x)"))).isTrue();
        return token;
    }

    /// Runs the statements on one stream; it is closed afterwards.
    Answer sql(URI node, String token, String... statements) throws IOException, InterruptedException {
        return pipeline(node, "shop", token, null, true, statements);
    }

    /// Runs the statements on the stream of `baton`, null for a new one, and leaves it open.
    Answer stream(URI node, String token, @Nullable String baton, String... statements)
            throws IOException, InterruptedException {
        return streamOf("shop", node, token, baton, statements);
    }

    /// As [#stream], of another database.
    Answer streamOf(String database, URI node, String token, @Nullable String baton, String... statements)
            throws IOException, InterruptedException {
        return pipeline(node, database, token, baton, false, statements);
    }

    /// The first value of the answer's first result; fails the test if there is none.
    static String value(Answer answer) {
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
        JsonNode value = answer.body().at("/results/0/response/result/rows/0/0/value");
        assertThat(value.isMissingNode()).as("%s", answer.body()).isFalse();
        return value.asText();
    }

    static boolean ok(Answer answer) {
        if (answer.status() != 200) {
            return false;
        }
        for (JsonNode result : answer.body().path("results")) {
            if (!result.path("type").asText().equals("ok")) {
                return false;
            }
        }
        return true;
    }

    private Answer pipeline(
            URI node, String database, String token, @Nullable String baton, boolean close, String... statements)
            throws IOException, InterruptedException {
        ObjectNode body = JSON.createObjectNode().put("baton", baton);
        ArrayNode requests = body.putArray("requests");
        for (String statement : statements) {
            requests.addObject().put("type", "execute").putObject("stmt").put("sql", statement);
        }
        if (close) {
            requests.addObject().put("type", "close");
        }
        return call("POST", URI.create(node + "/dev/" + database + "/v2/pipeline"), token, body.toString());
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
