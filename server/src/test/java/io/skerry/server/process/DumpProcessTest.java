package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.skerry.server.process.Client.Answer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The dump of a database, uploaded to one node, becomes a database of a group whose primary is
/// another.
class DumpProcessTest {

    private static final String BOUNDARY = "the-boundary";
    private static final String HEAD =
            "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"dump.sql\"\r\n\r\n";
    private static final String TAIL = "\r\n--" + BOUNDARY + "--\r\n";

    @TempDir
    Path files;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Client client = new Client();

    @AfterEach
    void close() {
        client.close();
        http.close();
    }

    @Test
    void whatIsDumpedAndLoadedIsTheSameAtEveryLocation() throws Exception {
        Path data = files.resolve("data");
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr,bos", "http.request-time=20s")) {
            URI fra = skerry.node("fra");
            String admin = Files.readString(data.resolve("token")).strip();
            String token = client.createShop(fra, admin);
            assertThat(Client.ok(client.sql(
                            fra,
                            token,
                            "CREATE TABLE u (x TEXT PRIMARY KEY, y) WITHOUT ROWID",
                            "INSERT INTO u VALUES ('it''s; ' || char(10), x'00ff')",
                            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                                    + " INSERT INTO t SELECT hex(randomblob(1000)) FROM n")))
                    .isTrue();
            assertUploadsInChunksAreFew(fra, admin);
            String dump = get(URI.create(fra + "/dev/shop/dump"), token);
            assertThat(dump).endsWith("COMMIT;\n").hasSizeGreaterThan(6_000_000);
            expect(client.call(
                    "POST", URI.create(fra + "/v1/groups"), admin, "{\"name\":\"eu\",\"location\":\"lhr\"}"));
            expect(client.call("POST", URI.create(fra + "/v1/groups/eu/locations/bos"), admin, ""));

            // Larger than any other body may be, uploaded to a node that has nothing to do with it.
            String padded = dump + "-- padding\n".repeat(4_000_000);
            JsonNode uploaded = upload(skerry.node("bos"), admin, padded, true);
            String id = uploaded.path("dump_url").asText().replaceFirst(".*/", "");
            JsonNode entry = audit(skerry.node("bos"), admin, 0);
            assertThat(entry.path("code").asText()).isEqualTo("dump-upload");
            assertThat(entry.path("author").asText()).isEqualTo("default");
            assertThat(entry.at("/data/target").asText()).isEqualTo(id);
            assertThat(entry.path("message").asText()).startsWith(padded.length() + " bytes, at node bos-");
            expect(create(fra, admin, "copy", uploaded));
            assertThat(audit(fra, admin, 0).path("message").asText()).isEqualTo("eu, from dump " + id);

            String copyToken = client.call("POST", URI.create(fra + "/v1/databases/copy/auth/tokens"), admin, "")
                    .body()
                    .path("jwt")
                    .asText();
            expect(client.call("GET", URI.create(fra + "/v1/databases/copy/instances/bos/wait"), admin, ""));
            for (String at : List.of("lhr", "bos")) {
                // A location that serves may lag.
                Await.until(() -> assertThat(get(URI.create(skerry.node(at) + "/dev/copy/dump"), copyToken))
                        .as("at %s", at)
                        .isEqualTo(dump));
            }

            Answer refused = create(
                    skerry.node("bos"),
                    admin,
                    "bad",
                    upload(skerry.node("lhr"), admin, "BEGIN;\nCREATE TABEL t (a);", false));
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.body().path("error").asText())
                    .isEqualTo("invalid seed: line 2: near \"TABEL\": syntax error");
            for (String location : List.of("fra", "lhr", "bos")) {
                Await.until(() ->
                        assertThat(data.resolve(location).resolve("uploads")).isEmptyDirectory());
            }
            Await.until(() -> assertThat(skerry.log())
                    .containsPattern("a database is made of a dump: ended, \\d+ of \\d+ bytes")
                    .containsPattern("is filled from OfUpload.*: ended, \\d+ of \\d+ bytes"));
            assertThat(skerry.log()).doesNotContain("ERROR");

            assertAClientThatGoesAwayEndsIt(skerry, data, admin, padded);

            JsonNode lost = upload(skerry.node("bos"), admin, padded, true);
            Thread creating = Thread.ofVirtual().start(() -> {
                try {
                    create(fra, admin, "again", lost);
                } catch (Exception killed) {
                    // That is what happens.
                }
            });
            awaitDatabaseBeingMade(data.resolve("bos").resolve("uploads"));
            skerry.kill();
            creating.join();
            assertTheSameCallIsPossible(data, admin, lost, padded);
        }
    }

    /// Those of clients that send nothing, and one of a client that has no token.
    private static void assertUploadsInChunksAreFew(URI node, String admin) throws Exception {
        String head = "POST /v1/databases/dumps HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
                + "Content-Type: multipart/form-data; boundary=x\r\nTransfer-Encoding: chunked\r\n";
        String known = head + "Authorization: Bearer " + admin + "\r\n\r\n";
        try (RawConnection one = new RawConnection(node);
                RawConnection two = new RawConnection(node)) {
            one.send(known);
            two.send(known);
            // Until both have been heard.
            Await.until(() -> {
                try (RawConnection third = new RawConnection(node)) {
                    assertThat(third.send(known).end().untilTheEnd())
                            .startsWith("HTTP/1.1 429 ")
                            .containsIgnoringCase("retry-after: 1\r\n");
                }
            });
            try (RawConnection stranger = new RawConnection(node)) {
                assertThat(stranger.send(head + "\r\n").untilTheEnd()).startsWith("HTTP/1.1 401 ");
            }
        }
    }

    /// It asks one node, another one leads, a third has the dump.
    private void assertAClientThatGoesAwayEndsIt(SkerryProcess skerry, Path data, String admin, String dump)
            throws Exception {
        JsonNode uploaded = upload(skerry.node("bos"), admin, dump, true);
        URI lhr = skerry.node("lhr");
        CompletableFuture<HttpResponse<String>> creating = http.sendAsync(
                HttpRequest.newBuilder(URI.create(lhr + "/v1/databases"))
                        .header("Authorization", "Bearer " + admin)
                        .POST(HttpRequest.BodyPublishers.ofString(creation("left", uploaded)))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        awaitDatabaseBeingMade(data.resolve("bos").resolve("uploads"));
        creating.cancel(true);
        Await.until(() -> {
            assertThat(data.resolve("bos").resolve("uploads")).isEmptyDirectory();
            assertThat(client.call("GET", URI.create(lhr + "/v1/databases/left/seed"), admin, "")
                            .body()
                            .path("seed")
                            .isNull())
                    .isTrue();
        });
        assertThat(client.call("GET", URI.create(lhr + "/v1/databases/left"), admin, "")
                        .status())
                .isEqualTo(404);
        assertThat(skerry.log()).contains("whoever asked for database left went away before its end");
    }

    private static void awaitDatabaseBeingMade(Path uploads) throws Exception {
        Await.until(() -> assertThat(uploads).isDirectoryContaining("glob:**.db"));
    }

    /// After the process died in the middle of it.
    private void assertTheSameCallIsPossible(Path data, String admin, JsonNode lost, String dump) throws Exception {
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr,bos")) {
            URI fra = skerry.node("fra");
            Answer gone = create(fra, admin, "again", lost);
            assertThat(gone.status()).as("%s", gone.body()).isEqualTo(400);
            assertThat(gone.body().path("error").asText()).contains("there is no such upload (any more)");
            expect(create(fra, admin, "again", upload(skerry.node("bos"), admin, dump, false)));
        }
    }

    private Answer create(URI node, String admin, String name, JsonNode uploaded) throws Exception {
        return client.call("POST", URI.create(node + "/v1/databases"), admin, creation(name, uploaded));
    }

    private static String creation(String name, JsonNode uploaded) {
        return "{\"name\":\"" + name + "\",\"group\":\"eu\",\"seed\":{\"type\":\"dump\",\"url\":"
                + uploaded.path("dump_url") + "}}";
    }

    /// @param inChunks without a `Content-Length`, as the turso command does
    /// An entry of the audit log, the newest first.
    private JsonNode audit(URI node, String admin, int at) throws Exception {
        return client.call("GET", URI.create(node + "/v1/organizations/default/audit-logs"), admin, "")
                .body()
                .at("/audit_logs/" + at);
    }

    private JsonNode upload(URI node, String admin, String dump, boolean inChunks)
            throws IOException, InterruptedException {
        byte[] body = (HEAD + dump + TAIL).getBytes(StandardCharsets.UTF_8);
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(URI.create(node + "/v1/databases/dumps"))
                        .header("Authorization", "Bearer " + admin)
                        .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                        .POST(
                                inChunks
                                        ? HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))
                                        : HttpRequest.BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new ObjectMapper().readTree(answer.body());
    }

    private String get(URI uri, String token) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(
                HttpRequest.newBuilder(uri)
                        .header("Authorization", "Bearer " + token)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return answer.body();
    }

    private static void expect(Answer answer) {
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    }
}
