package io.skerry.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Who may only read, and keeps a transaction open, does not fill the disk with what others write.
@Timeout(120)
class OldTransactionTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String READ = "SELECT count(*) FROM t";
    private static final String[] WRITES = {"DELETE FROM t", "INSERT INTO t VALUES (randomblob(200000))"};

    @TempDir
    private Path directory;

    @Test
    void theLogThatItKeepsIsDeletedOnceItIsTooOld() throws Exception {
        try (OneNode node =
                OneNode.start(directory, Map.of("sql.transaction-age", "2s", "raft.checkpoint-bytes", "1MiB"))) {
            String token = node.create("default", "shop", "");
            String reader = node.post("/v1/databases/shop/auth/tokens?authorization=read-only", "")
                    .path("jwt")
                    .asText();
            write(node, token, "CREATE TABLE t (a)");
            long first = firstSegments();

            JsonNode last = run(node, reader, null, "BEGIN", READ);
            assertThat(errors(last)).isEmpty();
            while (errors(last).isEmpty()) {
                write(node, token, WRITES);
                // So its stream does not end either.
                last = run(node, reader, last.path("baton").asText(), READ);
            }
            assertThat(errors(last)).containsExactly("TRANSACTION_TIMEOUT");
            JsonNode goesOn = run(node, reader, last.path("baton").asText(), "BEGIN", READ, "COMMIT");
            assertThat(errors(goesOn)).isEmpty();

            while (firstSegments() == first) {
                write(node, token, WRITES);
            }
            assertThat(errors(run(node, reader, null, "BEGIN", READ))).isEmpty();
        }
    }

    private static void write(OneNode node, String token, String... sql) throws Exception {
        assertThat(errors(run(node, token, null, sql))).isEmpty();
    }

    private static JsonNode run(OneNode node, String token, @Nullable String baton, String... sql) throws Exception {
        ObjectNode body = JSON.createObjectNode().put("baton", baton);
        ArrayNode requests = body.putArray("requests");
        for (String text : sql) {
            requests.addObject().put("type", "execute").putObject("stmt").put("sql", text);
        }
        return node.send(node.request("/dev/default/shop/v2/pipeline", token)
                        .POST(HttpRequest.BodyPublishers.ofString(body.toString())))
                .json();
    }

    private static List<String> errors(JsonNode answer) {
        return answer.findValues("error").stream()
                .map(error -> error.path("code").asText())
                .toList();
    }

    /// Of the logs, those that hold the beginning.
    private long firstSegments() throws IOException {
        try (Stream<Path> files = Files.walk(directory.resolve("fra/raft/log"))) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> name.equals("log_inprogress_0") || name.startsWith("log_0-"))
                    .count();
        }
    }
}
