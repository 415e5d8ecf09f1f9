package io.skerry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.conformance.DevProcess.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process whose reserve is larger than any disk: what a client and an operator see of a disk that
/// is full, on a machine where none can be mounted for [FullDiskTest].
class ShortDiskTest {

    private static final int NODES = 3;

    @TempDir
    private Path directory;

    @Test
    void writesAreRefusedReadsGoOnAndHealthAndLogSayWhatToDo() throws IOException, InterruptedException {
        try (DevProcess skerry = DevProcess.start(directory.resolve("data"))) {
            String jwt = prepare(skerry);
            String group = skerry.groupId("default");
            assertThat(skerry.health(0, group).get("writable").asBoolean()).isTrue();
            skerry.kill();

            skerry.restartWith("--set", "raft.disk-reserve-bytes=1048576GiB");
            refused(skerry, jwt);
            for (int node : new int[] {0, 1}) {
                JsonNode health = skerry.health(node, group);
                assertThat(health.get("writable").asBoolean()).isFalse();
                assertThat(health.get("trouble").asText())
                        .contains("KB are free on the log's disk, less than the reserve of 1099511627776 KB")
                        .contains("writes resume when there is space");
            }
            List<String> lines = awaitLines(skerry);
            assertThat(lines).as("one line for each node").hasSize(NODES).allMatch(line -> line.contains(" WARN "));
            skerry.kill();

            skerry.restartWith();
            assertThat(skerry.pipeline(0, "shop", jwt, "INSERT INTO t VALUES ('after')")
                            .ok())
                    .isTrue();
            assertThat(skerry.health(0, group).get("writable").asBoolean()).isTrue();
            assertThat(skerry.pipeline(0, "shop", jwt, "SELECT group_concat(x) FROM t")
                            .scalar())
                    .isEqualTo("before,after");
            assertThat(linesOfShortage(skerry)).hasSize(NODES);
        }
    }

    private static String prepare(DevProcess skerry) throws IOException, InterruptedException {
        skerry.api(0, "POST", "/v1/organizations/default/databases", "{\"name\":\"shop\",\"group\":\"default\"}");
        String jwt = skerry.databaseToken("shop");
        assertThat(skerry.pipeline(0, "shop", jwt, "CREATE TABLE t (x)", "INSERT INTO t VALUES ('before')")
                        .ok())
                .isTrue();
        skerry.api(0, "POST", "/v1/groups/default/locations/lhr", "");
        assertThat(skerry.api(0, "GET", "/v1/groups/default/locations/lhr/wait", "")
                        .status())
                .isEqualTo(200);
        return jwt;
    }

    private static void refused(DevProcess skerry, String jwt) throws IOException, InterruptedException {
        for (int node = 0; node < NODES; node++) {
            Answer write = skerry.pipeline(node, "shop", jwt, "INSERT INTO t VALUES ('refused')");
            assertThat(write.json().at("/results/0/error/code").asText())
                    .as(write.body())
                    .isEqualTo("SQLITE_FULL");
            assertThat(skerry.pipeline(node, "shop", jwt, "SELECT group_concat(x) FROM t")
                            .scalar())
                    .isEqualTo("before");
        }
        Answer created = skerry.api(
                0, "POST", "/v1/organizations/default/databases", "{\"name\":\"other\",\"group\":\"default\"}");
        assertThat(created.status()).as(created.body()).isEqualTo(503);
        assertThat(created.body()).contains("the disk is full");
    }

    private static List<String> awaitLines(DevProcess skerry) throws IOException, InterruptedException {
        return Await.value(() -> linesOfShortage(skerry), lines -> lines.size() >= NODES);
    }

    private static List<String> linesOfShortage(DevProcess skerry) throws IOException {
        return Files.readAllLines(skerry.log()).stream()
                .filter(line -> line.contains(" takes no writes: "))
                .toList();
    }
}
