package io.skerry.hrana;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.query.Restrictions;
import io.skerry.engine.query.SessionOptions;
import io.skerry.hrana.DatabaseAccess.Callers;
import io.skerry.hrana.DatabaseAccess.Target;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Two real servers: one has the uploads, the other hands on what it is asked.
@Timeout(120)
class UploadTest {

    private final FakeDatabase database = new FakeDatabase();
    private final FakeUploads uploads = new FakeUploads();
    private final FakeUploads elsewhere = new FakeUploads();
    private final AtomicReference<DatabaseAccess.Address> asked = new AtomicReference<>();
    private Restrictions restrictions = Restrictions.NONE;
    private boolean draft = true;
    private final DataPlane plane = plane(uploads);
    private final DataPlane other = plane(elsewhere);

    private DataPlane plane(FakeUploads taking) {
        return new DataPlane(
                (address, authorization) -> {
                    asked.set(address);
                    if (authorization == null) {
                        throw new AccessException(401, "Unauthorized");
                    }
                    return new Target(
                            "shop",
                            draft ? null : database,
                            null,
                            authorization.equals("ro") ? SessionOptions.READ_ONLY : SessionOptions.FULL,
                            restrictions,
                            Callers.ANYWHERE,
                            draft);
                },
                taking,
                HranaSettings.defaults());
    }

    @AfterEach
    void stop() {
        plane.close();
        other.close();
    }

    private static HttpResponse<String> send(DataPlane at, String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(at.uri(path))
                .header("Authorization", "rw")
                .method(method, BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        return at.send(request);
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) {
        return send(plane, method, path, body, headers);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/db/shop-acme", "/dev/shop", "/dev/acme/shop", "/dev", "/db", ""})
    void aFileIsUploadedInChunksAtEachAddress(String base) {
        HttpResponse<String> started = send("PUT", base + "/v2/upload/start", "{\"db_size_bytes\":12}");
        assertThat(started.statusCode()).isEqualTo(200);
        assertThat(started.headers().firstValue("content-type")).contains("application/json");
        assertThat(started.body()).isEqualTo("{\"chunk_size\":8,\"upload_id\":\"fra-1.id\"}");
        assertThat(send("PUT", base + "/v2/upload/fra-1.id/chunk/1", "last").statusCode())
                .isEqualTo(200);
        assertThat(send("PUT", base + "/v2/upload/fra-1.id/chunk/0", "12345678").statusCode())
                .isEqualTo(200);
        HttpResponse<String> done = send("PUT", base + "/v2/upload/fra-1.id/finalize", "");
        assertThat(done.statusCode()).isEqualTo(200);
        assertThat(done.body()).isEqualTo("{}");
        assertThat(uploads.calls)
                .containsExactly(
                        "start shop 12",
                        "chunk 1 of fra-1.id for shop: last",
                        "chunk 0 of fra-1.id for shop: 12345678",
                        "finish fra-1.id for shop by 127.0.0.1");
    }

    @Test
    void theHostNameIsAnAddressToo() throws IOException {
        String answer = plane.raw("POST /v1/upload HTTP/1.1\r\nHost: shop-acme.db.example.com\r\nAuthorization: rw\r\n"
                + "Content-Length: 4\r\nConnection: close\r\n\r\nfile");
        assertThat(answer).startsWith("HTTP/1.1 200").endsWith("\r\n\r\n");
        assertThat(asked.get()).isEqualTo(new DatabaseAccess.Address.HostLabel("shop-acme"));
        assertThat(uploads.calls)
                .containsExactly(
                        "start shop 4", "all of fra-1.id for shop: file", "finish fra-1.id for shop by 127.0.0.1");
    }

    @Test
    void aWholeFileSaysItsSize() {
        HttpResponse<String> answer = plane.send(HttpRequest.newBuilder(plane.uri("/dev/shop/v1/upload"))
                .header("Authorization", "rw")
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(new byte[100]))));
        assertThat(answer.statusCode()).isEqualTo(411);
        assertThat(uploads.calls).isEmpty();
    }

    @Test
    void whoMayNotWriteMayNotUpload() {
        assertThat(plane.send(HttpRequest.newBuilder(plane.uri("/dev/shop/v2/upload/start"))
                                .PUT(BodyPublishers.noBody()))
                        .statusCode())
                .isEqualTo(401);
        assertThat(send("PUT", "/dev/shop/v2/upload/start", "", "Authorization", "ro")
                        .statusCode())
                .isEqualTo(403);
        restrictions = new Restrictions(false, true, Long.MAX_VALUE);
        assertThat(send("PUT", "/dev/shop/v2/upload/start", "").statusCode()).isEqualTo(403);
        assertThat(uploads.calls).isEmpty();
    }

    @Test
    void onlyADraftTakesAFileAndNothingElse() {
        HttpResponse<String> early = plane.pipeline("{\"requests\":[]}");
        assertThat(early.statusCode()).isEqualTo(401);
        early = plane.post("/dev/shop/v2/pipeline", "{\"requests\":[]}", "Authorization", "rw");
        assertThat(early.statusCode()).isEqualTo(400);
        assertThat(early.body())
                .startsWith("{\"message\":\"this database waits for its content")
                .endsWith("\"code\":\"DATABASE_DRAFT\"}");
        assertThat(send("GET", "/dev/shop/dump", "").body()).contains("DATABASE_DRAFT");
        draft = false;
        assertThat(send("PUT", "/dev/shop/v2/upload/start", "{\"db_size_bytes\":1}")
                        .statusCode())
                .isEqualTo(409);
        assertThat(send("POST", "/dev/shop/v1/upload", "file").statusCode()).isEqualTo(409);
        assertThat(uploads.calls).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            PUT  | start         | {}                      | 400
            PUT  | start         | {"db_size_bytes":"x"}   | 400
            PUT  | start         | {"db_size_bytes":[1]}   | 400
            PUT  | start         | [1]                     | 400
            PUT  | start         | {"db_size_              | 400
            POST | start         | {"db_size_bytes":1}     | 405
            PUT  | a/chunk/-1    | x                       | 404
            PUT  | a/chunk/x     | x                       | 404
            PUT  | a/chunk       | x                       | 404
            PUT  | a/b/finalize  | x                       | 404
            POST | a/finalize    | x                       | 405
            """)
    void whatIsNoUploadIsRefused(String method, String path, String body, int status) {
        assertThat(send(method, "/dev/shop/v2/upload/" + path, body).statusCode())
                .isEqualTo(status);
        assertThat(uploads.calls).isEmpty();
    }

    @Test
    void aStartThatIsTooLongAndAKeyOfTheClientAreRefused() {
        assertThat(send("PUT", "/dev/shop/v2/upload/start", "{\"db_size_bytes\":1" + " ".repeat(2000) + "}")
                        .statusCode())
                .isEqualTo(413);
        HttpResponse<String> encrypted =
                send("PUT", "/dev/shop/v2/upload/a/chunk/0", "x", "x-turso-encryption-key", "c2VjcmV0");
        assertThat(encrypted.statusCode()).isEqualTo(400);
        assertThat(encrypted.body()).contains("cannot be encrypted").doesNotContain("c2VjcmV0");
        assertThat(uploads.calls).isEmpty();
    }

    @Test
    void whatAnotherNodeHasIsHandedToIt() {
        elsewhere.holder = plane.uri("/dev/acme/shop");
        elsewhere.activator = plane.uri("/dev/acme/shop");
        assertThat(send(other, "PUT", "/dev/shop/v2/upload/fra-1.id/chunk/0", "12345678")
                        .statusCode())
                .isEqualTo(200);
        assertThat(send(other, "PUT", "/dev/shop/v2/upload/fra-1.id/finalize", "")
                        .statusCode())
                .isEqualTo(200);
        assertThat(elsewhere.calls).isEmpty();
        assertThat(uploads.calls)
                .containsExactly("chunk 0 of fra-1.id for shop: 12345678", "finish fra-1.id for shop by 127.0.0.1");
        assertThat(send(other, "PUT", "/dev/shop/v2/upload/fra-1.id/chunk/0", "123456789")
                        .statusCode())
                .as("larger than a chunk")
                .isEqualTo(400);
        uploads.refusal = new AccessException(400, "invalid upload: \"why\"");
        HttpResponse<String> refused = send(other, "POST", "/dev/shop/v1/upload", "file");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).isEqualTo("{\"error\":\"invalid upload: \\\"why\\\"\"}");
        assertThat(elsewhere.calls)
                .containsExactly("start shop 4", "all of fra-1.id for shop: file", "discard fra-1.id");
    }

    @Test
    void aWholeFileThatBreaksOffIsGivenUpAtOnce() throws IOException {
        plane.raw("POST /dev/shop/v1/upload HTTP/1.1\r\nHost: localhost\r\nAuthorization: rw\r\n"
                + "Content-Length: 100\r\nConnection: close\r\n\r\nfile");
        assertThat(uploads.calls).containsExactly("start shop 100", "discard fra-1.id");
        uploads.calls.clear();
        uploads.refusal = new AccessException(503, "the disk is full");
        uploads.refusedAt = "all";
        assertThat(send("POST", "/dev/shop/v1/upload", "file").statusCode()).isEqualTo(503);
        assertThat(uploads.calls).endsWith("discard fra-1.id");
    }

    @Test
    void anUploadWhoseEndIsNotKnownIsKept() {
        elsewhere.activator = plane.uri("/dev/acme/shop");
        uploads.loses = true;
        assertThat(send(other, "POST", "/dev/shop/v1/upload", "file").statusCode())
                .isEqualTo(503);
        assertThat(elsewhere.calls).containsExactly("start shop 4", "all of fra-1.id for shop: file");
    }

    @Test
    void nothingIsHandedOnTwiceAndWhoIsNotThereIsSaid() {
        elsewhere.holder = plane.uri("/dev/acme/shop");
        uploads.holder = other.uri("/dev/acme/shop");
        HttpResponse<String> lost = send(other, "PUT", "/dev/shop/v2/upload/x/chunk/0", "x");
        assertThat(lost.statusCode()).isEqualTo(503);
        assertThat(lost.headers().firstValue("retry-after")).isPresent();
        plane.close();
        assertThat(send(other, "PUT", "/dev/shop/v2/upload/x/chunk/0", "x").statusCode())
                .isEqualTo(503);
    }
}
