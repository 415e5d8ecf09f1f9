package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.server.process.Client.Answer;
import io.skerry.sqlite.Connection;
import io.skerry.sqlite.OpenMode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A SQLite file becomes a database, by way of any node, and whatever goes wrong on the way.
class UploadProcessTest {

    private static final int CHUNK = 4 << 20;
    private static final String DRAFT = "{\"name\":\"shop\",\"seed\":{\"type\":\"database_upload\"}}";
    private static final int MEBIBYTE = 1 << 20;

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

    /// @param rows of a kilobyte each
    private byte[] file(int rows) throws IOException {
        Path file = files.resolve("app.db");
        Files.deleteIfExists(file);
        try (Connection connection = Connection.open(file, OpenMode.CREATE)) {
            connection.exec(
                    "CREATE TABLE t (x, y); CREATE INDEX i ON t (x); WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL"
                            + " SELECT i + 1 FROM n WHERE i < " + rows
                            + ") INSERT INTO t SELECT i, hex(randomblob(450)) FROM n");
        }
        return Files.readAllBytes(file);
    }

    private HttpResponse<String> send(String method, URI uri, String token, byte[] body) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri)
                        .header("Authorization", "Bearer " + token)
                        .method(method, BodyPublishers.ofByteArray(body))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static URI shop(URI node, String path) {
        return URI.create(node + "/dev/shop/" + path);
    }

    private HttpResponse<String> chunk(URI node, String token, String upload, byte[] file, int number)
            throws Exception {
        byte[] bytes = Arrays.copyOfRange(file, number * CHUNK, Math.min(file.length, (number + 1) * CHUNK));
        return send("PUT", shop(node, "v2/upload/" + upload + "/chunk/" + number), token, bytes);
    }

    private String start(URI node, String token, byte[] file) throws Exception {
        Answer started =
                client.call("PUT", shop(node, "v2/upload/start"), token, "{\"db_size_bytes\":" + file.length + "}");
        assertThat(started.status()).as("%s", started.body()).isEqualTo(200);
        assertThat(started.body().path("chunk_size").asInt()).isEqualTo(CHUNK);
        return started.body().path("upload_id").asText();
    }

    private String createDraft(URI node, String admin) throws Exception {
        Answer created = client.call("POST", URI.create(node + "/v1/databases"), admin, DRAFT);
        assertThat(created.status()).as("%s", created.body()).isEqualTo(200);
        assertThat(created.body().at("/database/skerry/state").asText()).isEqualTo("draft");
        return token(node, admin, "");
    }

    private String token(URI node, String admin, String query) throws Exception {
        Answer minted = client.call("POST", URI.create(node + "/v1/databases/shop/auth/tokens" + query), admin, "");
        assertThat(minted.status()).isEqualTo(200);
        return minted.body().path("jwt").asText();
    }

    private static void awaitNothingLeft(Path data, String... locations) throws Exception {
        for (String location : locations) {
            awaitNothingIn(data.resolve(location).resolve("uploads"));
        }
    }

    @Test
    void chunksByWayOfAnyNodeBecomeTheDatabaseAtEveryLocation() throws Exception {
        Path data = files.resolve("data");
        byte[] file = file(6000);
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr,bos")) {
            URI fra = skerry.node("fra");
            URI lhr = skerry.node("lhr");
            URI bos = skerry.node("bos");
            String admin = Files.readString(data.resolve("token")).strip();
            client.call("POST", URI.create(lhr + "/v1/groups"), admin, "{\"name\":\"eu\",\"location\":\"lhr\"}");
            expect(client.call("POST", URI.create(lhr + "/v1/groups/eu/locations/bos"), admin, ""));
            expect(client.call(
                    "POST",
                    URI.create(bos + "/v1/databases"),
                    admin,
                    "{\"name\":\"shop\",\"group\":\"eu\",\"seed\":{\"type\":\"database_upload\"}}"));
            String token = token(bos, admin, "");

            String upload = start(bos, token, file);
            assertThat(upload).startsWith("bos-");
            for (int number = (file.length - 1) / CHUNK; number >= 0; number--) {
                URI node = List.of(fra, lhr, bos).get(number % 3);
                assertThat(chunk(node, token, upload, file, number).statusCode())
                        .isEqualTo(200);
            }
            assertThat(client.sql(lhr, token, "SELECT 1").body().path("code").asText())
                    .isEqualTo("DATABASE_DRAFT");
            String other = upload.substring(0, upload.length() - 36) + new UUID(0, 1);
            for (URI node : List.of(fra, lhr, bos)) {
                HttpResponse<String> absent =
                        send("PUT", shop(node, "v2/upload/" + other + "/finalize"), token, new byte[0]);
                assertThat(absent.statusCode()).as(absent.body()).isEqualTo(404);
                assertThat(absent.body()).contains("there is no such upload");
            }
            HttpResponse<String> done = send("PUT", shop(lhr, "v2/upload/" + upload + "/finalize"), token, new byte[0]);
            assertThat(done.statusCode()).as(done.body()).isEqualTo(200);

            for (URI node : List.of(fra, lhr, bos)) {
                // A location that serves may lag.
                Await.until(() -> assertThat(Client.value(client.sql(node, token, "SELECT count(*) FROM t")))
                        .as("at %s", node)
                        .isEqualTo("6000"));
            }
            assertThat(Client.value(client.sql(lhr, token, "PRAGMA integrity_check")))
                    .isEqualTo("ok");
            assertThat(Client.ok(client.sql(fra, token, "INSERT INTO t VALUES (0, 'new')")))
                    .isTrue();
            expect(client.call("GET", URI.create(fra + "/v1/databases/shop/instances/bos/wait"), admin, ""));
            Await.until(() -> assertThat(
                            send("GET", shop(bos, "dump"), token, new byte[0]).body())
                    .isEqualTo(
                            send("GET", shop(lhr, "dump"), token, new byte[0]).body()));
            assertThat(send("PUT", shop(fra, "v2/upload/" + upload + "/finalize"), token, new byte[0])
                            .statusCode())
                    .isEqualTo(409);
            awaitNothingLeft(data, "fra", "lhr", "bos");
            assertThat(skerry.log()).doesNotContain("ERROR");
        }
    }

    private HttpResponse<String> dump(URI node, String admin) throws Exception {
        return http.send(
                HttpRequest.newBuilder(URI.create(node + "/v1/databases/dumps"))
                        .header("Authorization", "Bearer " + admin)
                        .header("Content-Type", "multipart/form-data; boundary=b")
                        .POST(BodyPublishers.ofString("--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n"
                                + "BEGIN;\nCOMMIT;\n\r\n--b--\r\n"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private static void assertTooMany(HttpResponse<String> refused) {
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(refused.body()).contains("this node receives 32 uploads of this organization already");
    }

    @Test
    void clientsThatSendSlowlyHaveSoManyPlacesAndGiveThemBack() throws Exception {
        Path data = files.resolve("data");
        byte[] file = file(100);
        List<RawConnection> slow = new ArrayList<>();
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra")) {
            URI fra = skerry.node("fra");
            String admin = Files.readString(data.resolve("token")).strip();
            String token = createDraft(fra, admin);
            String upload = start(fra, token, file);
            for (int i = 0; i < 40; i++) {
                slow.add(new RawConnection(fra)
                        .send("PUT /dev/shop/v2/upload/" + upload + "/chunk/0 HTTP/1.1\r\nHost: localhost\r\n"
                                + "Authorization: Bearer " + token + "\r\nContent-Length: " + file.length
                                + "\r\n\r\nSQLite"));
            }
            Await.until(() -> assertTooMany(chunk(fra, token, upload, file, 0)));
            assertTooMany(dump(fra, admin));

            for (RawConnection connection : slow) {
                connection.close();
            }
            Await.until(() -> assertThat(dump(fra, admin).statusCode()).isEqualTo(200));
            // One that is handled late only now begins the chunk anew.
            Await.until(() -> {
                assertThat(chunk(fra, token, upload, file, 0).statusCode()).isEqualTo(200);
                assertThat(send("PUT", shop(fra, "v2/upload/" + upload + "/finalize"), token, new byte[0])
                                .statusCode())
                        .isEqualTo(200);
            });
        } finally {
            for (RawConnection connection : slow) {
                connection.close();
            }
        }
    }

    @Test
    void aBadFileLeavesTheDraftForAGoodOne() throws Exception {
        Path data = files.resolve("data");
        byte[] file = file(100);
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra", "uploads.bytes=1MiB")) {
            URI fra = skerry.node("fra");
            String admin = Files.readString(data.resolve("token")).strip();
            String token = createDraft(fra, admin);
            assertThat(client.call("POST", URI.create(fra + "/v1/databases"), admin, DRAFT)
                            .status())
                    .isEqualTo(409);
            byte[] damaged = file.clone();
            Arrays.fill(damaged, 3 * 4096, 4 * 4096, (byte) 0xff);
            HttpResponse<String> bad = send("POST", shop(fra, "v1/upload"), token, damaged);
            assertThat(bad.statusCode()).as(bad.body()).isEqualTo(400);
            assertThat(bad.body()).startsWith("{\"error\":\"invalid upload: ");
            assertThat(send("POST", shop(fra, "v1/upload"), token, new byte[MEBIBYTE + 1])
                            .statusCode())
                    .isEqualTo(413);
            assertThat(send("POST", shop(fra, "v1/upload"), token(fra, admin, "?authorization=read-only"), file)
                            .statusCode())
                    .isEqualTo(403);
            assertThat(send("POST", shop(fra, "v1/upload"), "nobody", file).statusCode())
                    .isEqualTo(401);
            JsonNode listed = client.call("GET", URI.create(fra + "/v1/databases"), admin, "")
                    .body()
                    .at("/databases/0");
            assertThat(listed.path("Name").asText()).isEqualTo("shop");
            assertThat(listed.at("/skerry/state").asText()).isEqualTo("draft");
            awaitNothingLeft(data, "fra");

            HttpResponse<String> good = send("POST", shop(fra, "v1/upload"), token, file);
            assertThat(good.statusCode()).as(good.body()).isEqualTo(200);
            assertThat(good.body()).isEmpty();
            assertThat(Client.value(client.sql(fra, token, "SELECT count(*) FROM t")))
                    .isEqualTo("100");
            assertThat(send("POST", shop(fra, "v1/upload"), token, file).statusCode())
                    .isEqualTo(409);
            assertThat(client.call("GET", URI.create(fra + "/v1/organizations/default/audit-logs"), admin, "")
                            .body()
                            .path("audit_logs")
                            .findValuesAsText("author"))
                    .contains("token of database shop");
            awaitNothingLeft(data, "fra");
            assertThat(skerry.log()).doesNotContain("ERROR");
        }
    }

    @Test
    void afterACrashTheUploadBeginsAnew() throws Exception {
        Path data = files.resolve("data");
        byte[] file = file(6000);
        String token;
        String upload;
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr")) {
            URI fra = skerry.node("fra");
            token = createDraft(fra, Files.readString(data.resolve("token")).strip());
            upload = start(fra, token, file);
            assertThat(chunk(fra, token, upload, file, 0).statusCode()).isEqualTo(200);
            skerry.kill();
        }
        // Again, in the middle of the last step.
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr")) {
            URI fra = skerry.node("fra");
            awaitNothingLeft(data, "fra", "lhr");
            assertThat(chunk(fra, token, upload, file, 1).statusCode()).isEqualTo(404);
            assertThat(client.sql(fra, token, "SELECT 1").body().path("code").asText())
                    .isEqualTo("DATABASE_DRAFT");
            String second = start(fra, token, file);
            for (int number = 0; number <= (file.length - 1) / CHUNK; number++) {
                assertThat(chunk(fra, token, second, file, number).statusCode()).isEqualTo(200);
            }
            upload = second;
            Thread sending = Thread.ofVirtual().start(() -> {
                try {
                    send("PUT", shop(fra, "v2/upload/" + second + "/finalize"), token, new byte[0]);
                } catch (Exception killed) {
                    // That is what happens.
                }
            });
            skerry.awaitLog("is filled from");
            skerry.kill();
            sending.join();
        }
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr")) {
            URI fra = skerry.node("fra");
            // It may have been done already when the process died.
            assertThat(send("PUT", shop(fra, "v2/upload/" + upload + "/finalize"), token, new byte[0])
                            .statusCode())
                    .isIn(404, 409);
            int status = send("POST", shop(fra, "v1/upload"), token, file).statusCode();
            assertThat(status).isIn(200, 409);
            assertThat(Client.value(client.sql(fra, token, "SELECT count(*) FROM t")))
                    .isEqualTo("6000");
            assertThat(Client.value(client.sql(fra, token, "PRAGMA integrity_check")))
                    .isEqualTo("ok");
            awaitNothingLeft(data, "fra", "lhr");
        }
    }

    /// Of a dump and of a file: who sends a little now and then is waited for, who falls silent is not,
    /// and leaves nothing.
    @Test
    void aClientThatFallsSilentLosesItsConnectionAndOneThatIsSlowDoesNot() throws Exception {
        Path data = files.resolve("data");
        byte[] file = file(3300);
        assertThat(file.length).isBetween(3 * MEBIBYTE, CHUNK);
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra", "http.request-time=6s")) {
            URI fra = skerry.node("fra");
            String admin = Files.readString(data.resolve("token")).strip();
            String token = createDraft(fra, admin);
            String upload = start(fra, token, file);
            String step = "/dev/shop/v2/upload/" + upload;
            String bytes = new String(file, StandardCharsets.ISO_8859_1);
            String dump = "--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\n-- " + "x".repeat(3 * MEBIBYTE);

            stall(fra, "POST", "/dev/shop/v1/upload", token, "", bytes);
            awaitNothingIn(data.resolve("fra").resolve("uploads"));
            upload = start(fra, token, file);
            step = "/dev/shop/v2/upload/" + upload;
            stall(fra, "PUT", step + "/chunk/0", token, "", bytes);
            stall(fra, "POST", "/v1/databases/dumps", admin, "Content-Type: multipart/form-data; boundary=b\r\n", dump);
            HttpResponse<String> missing = send("PUT", URI.create(fra + step + "/finalize"), token, new byte[0]);
            assertThat(missing.body()).contains("chunk 0 of 1 was not received");
            Await.until(() -> assertThat(
                            data.resolve("fra").resolve("uploads").toFile().list())
                    .as("the upload that began, and no dump")
                    .hasSize(1));

            assertThat(slow(fra, "PUT", step + "/chunk/0", token, "", bytes)).startsWith("HTTP/1.1 200");
            assertThat(slow(
                            fra,
                            "POST",
                            "/v1/databases/dumps",
                            admin,
                            "Content-Type: multipart/form-data; boundary=b\r\n",
                            dump + "\r\n--b--"))
                    .startsWith("HTTP/1.1 200");
            assertThat(send("PUT", URI.create(fra + step + "/finalize"), token, new byte[0])
                            .statusCode())
                    .isEqualTo(200);
        }
    }

    private static void awaitNothingIn(Path directory) throws Exception {
        Await.until(() -> assertThat(directory).isEmptyDirectory());
    }

    private static String head(String method, String path, String token, String headers, String body) {
        return method + " " + path + " HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
                + "\r\nConnection: close\r\n" + headers + "Content-Length: " + body.length() + "\r\n\r\n";
    }

    private static void stall(URI node, String method, String path, String token, String headers, String body)
            throws IOException {
        try (RawConnection connection = new RawConnection(node)) {
            connection.send(head(method, path, token, headers, body)).send(body.substring(0, body.length() / 2));
            assertThat(connection.untilTheEnd()).as("%s %s", method, path).doesNotContain(" 200 ");
        }
    }

    /// Takes longer for all of it than a silent client may, and never as long for a part.
    private static String slow(URI node, String method, String path, String token, String headers, String body)
            throws Exception {
        try (RawConnection connection = new RawConnection(node)) {
            connection.send(head(method, path, token, headers, body));
            for (int at = 0; at < body.length(); at += MEBIBYTE) {
                Thread.sleep(Duration.ofSeconds(2));
                connection.send(body.substring(at, Math.min(body.length(), at + MEBIBYTE)));
            }
            return connection.untilTheEnd();
        }
    }

    @Test
    void aDraftThatNobodyFillsIsDeletedAndItsNameIsFree() throws Exception {
        Path data = files.resolve("data");
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra", "uploads.draft-time=1s")) {
            URI fra = skerry.node("fra");
            String admin = Files.readString(data.resolve("token")).strip();
            createDraft(fra, admin);
            URI shop = URI.create(fra + "/v1/databases/shop");
            Await.until(() ->
                    assertThat(client.call("GET", shop, admin, "").status()).isEqualTo(404));
            createDraft(fra, admin);
            assertThat(client.call("DELETE", shop, admin, "").status()).isEqualTo(200);
            assertThat(client.createShop(fra, admin)).isNotEmpty();
        }
    }

    private static void expect(Answer answer) {
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    }
}
