package io.skerry.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.server.OneNode.Answer;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Of what is shared, the databases of one organization have its share together, and leave the rest to those of
/// another.
@Timeout(120)
class SharesTest {

    @TempDir
    private static Path directory;

    private static OneNode node;

    @BeforeAll
    static void start() throws Exception {
        node = OneNode.start(
                directory,
                Map.of("uploads.bytes", "64KiB", "uploads.organization-bytes", "64KiB", "dumps.per-organization", "1"));
        node.post("/v1/organizations", "{\"name\":\"acme\"}");
        node.post("/v1/organizations/acme/groups", "{\"name\":\"default\",\"location\":\"fra\"}");
    }

    @AfterAll
    static void stop() {
        node.close();
    }

    private record Draft(String path, String token) {

        static Draft create(String organization, String name) throws Exception {
            String token = node.create(organization, name, ",\"seed\":{\"type\":\"database_upload\"}");
            return new Draft("/dev/" + organization + "/" + name + "/v2/upload/", token);
        }

        Answer start(int bytes) throws Exception {
            String body = "{\"db_size_bytes\":" + bytes + "}";
            return node.send(node.request(path + "start", token).PUT(HttpRequest.BodyPublishers.ofString(body)));
        }

        void upload(int bytes) throws Exception {
            String upload = start(bytes).json().path("upload_id").asText();
            node.send(node.request(path + upload + "/chunk/0", token)
                            .PUT(HttpRequest.BodyPublishers.ofByteArray(new byte[bytes])))
                    .json();
        }
    }

    @Test
    void ofTheRoomForUploads() throws Exception {
        Draft one = Draft.create("default", "one");
        Draft two = Draft.create("default", "two");
        one.upload(40_960);
        Answer refused = two.start(40_960);
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.body()).contains("of this organization");
        Draft.create("acme", "three").upload(40_960);
        two.upload(20_480);
    }

    /// Answers whose clients do not read last.
    @Test
    void ofTheMemoryForAnswers() throws Exception {
        String one = node.create("default", "first", "");
        String two = node.create("default", "second", "");
        String foreign = node.create("acme", "elsewhere", "");
        List<InputStream> unread = new ArrayList<>();
        try {
            for (int i = 0; i < 3; i++) {
                unread.add(node.send(large("default/first", one), HttpResponse.BodyHandlers.ofInputStream())
                        .body());
            }
            assertThat(node.send(large("default/second", two)).body())
                    .contains("RESPONSE_TOO_LARGE", "this organization's databases");
            assertThat(node.send(large("acme/elsewhere", foreign)).body()).doesNotContain("\"error\"");
            assertThat(node.send(pipeline("default/second", two, "CREATE TABLE t (a)"))
                            .body())
                    .doesNotContain("\"error\"");
        } finally {
            for (InputStream answer : unread) {
                answer.close();
            }
        }
    }

    /// More than the buffers of both sides of a connection take.
    private static HttpRequest.Builder large(String database, String token) {
        return pipeline(database, token, "SELECT zeroblob(5000000)");
    }

    private static HttpRequest.Builder pipeline(String database, String token, String sql) {
        String body = "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}},{\"type\":\"close\"}]}";
        return node.request("/dev/" + database + "/v2/pipeline", token).POST(HttpRequest.BodyPublishers.ofString(body));
    }

    /// A dump whose client does not read lasts.
    @Test
    void ofTheDumps() throws Exception {
        String large = node.createLarge("default", "large");
        String other = node.create("default", "other", "");
        String foreign = node.create("acme", "foreign", "");
        HttpResponse<InputStream> lasting =
                node.send(node.request("/dev/default/large/dump", large), HttpResponse.BodyHandlers.ofInputStream());
        try (InputStream unread = lasting.body()) {
            Answer refused = node.send(node.request("/dev/default/other/dump", other));
            assertThat(refused.status()).as(refused.body()).isEqualTo(429);
            assertThat(refused.body()).contains("1 dumps of this organization");
            assertThat(node.send(node.request("/dev/acme/foreign/dump", foreign))
                            .status())
                    .isEqualTo(200);
            assertThat(unread.read()).isEqualTo('P');
        }
    }
}
