package io.skerry.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.server.OneNode.Answer;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the logs keep for the copy of a database has a bound, and whoever asked for the copy hears of it.
@Timeout(180)
class CopyBoundTest {

    private static final String ORGANIZATION = "/v1/organizations/default";
    private static final int TRIES_MAX = 8;
    private static final int MEGABYTES = 8;

    @TempDir
    private Path directory;

    private OneNode node;
    private String token;

    @BeforeEach
    void start() throws Exception {
        node = OneNode.start(directory, Map.of("copies.kept-bytes", "1MiB"));
        node.post(ORGANIZATION + "/groups", "{\"name\":\"other\",\"location\":\"fra\"}");
        token = node.create("default", "shop", "");
        run("CREATE TABLE t (a)");
        for (int i = 0; i < MEGABYTES; i++) {
            write();
        }
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private void run(String sql) throws Exception {
        String pipeline =
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}},{\"type\":\"close\"}]}";
        node.send(node.request("/dev/default/shop/v2/pipeline", token)
                        .POST(HttpRequest.BodyPublishers.ofString(pipeline)))
                .json();
    }

    private void write() throws Exception {
        run("INSERT INTO t VALUES (randomblob(1000000))");
    }

    private Answer copy(String name, String group) throws Exception {
        return node.tryPost(
                ORGANIZATION + "/databases",
                "{\"name\":\"" + name + "\",\"group\":\"" + group
                        + "\",\"seed\":{\"type\":\"database\",\"name\":\"shop\"}}");
    }

    @Test
    void aCopyEndsWhileMuchIsWrittenAndNothingIsLeftOfIt() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Thread writer = Thread.ofVirtual().start(() -> {
            try {
                while (!over.get()) {
                    write();
                }
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
        Answer refused = copy("copy", "other");
        // Where the copy was faster than the writer.
        for (int i = 0; i < TRIES_MAX && refused.status() == 200; i++) {
            refused = copy("copy" + i, "other");
        }
        over.set(true);
        writer.join();
        assertThat(refused.status()).as(refused.body()).isEqualTo(429);
        assertThat(refused.body())
                .contains("the logs keep more than 1048576 bytes")
                .doesNotContain("node ");
        assertThat(copy("last", "other").status()).isEqualTo(200);
    }

    /// Eight times the bound, and all of it goes into the log that is kept.
    @Test
    void whatTheCopyItselfWritesIsNotHeldAgainstIt() throws Exception {
        assertThat(copy("copy", "default").status()).isEqualTo(200);
    }
}
