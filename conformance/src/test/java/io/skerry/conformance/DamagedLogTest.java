package io.skerry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.conformance.DevProcess.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The log of one group is damaged at one node, which is started anew on it: what that stops, who says
/// so, and the way out that they name.
class DamagedLogTest {

    private static final int FRA = 0;
    private static final int LHR = 1;

    @TempDir
    private Path directory;

    private DevProcess skerry;
    private String shop;
    private String other;
    private String group;

    @BeforeEach
    void prepare() throws IOException, InterruptedException {
        skerry = DevProcess.start(directory.resolve("data"));
        call("POST", "/v1/groups", "{\"name\":\"second\",\"location\":\"fra\"}");
        shop = database("shop", "default");
        other = database("other", "second");
        call("POST", "/v1/groups/default/locations/lhr", "");
        call("GET", "/v1/groups/default/locations/lhr/wait", "");
        group = skerry.groupId("default");
    }

    @AfterEach
    void close() {
        skerry.close();
    }

    private String database(String name, String in) throws IOException, InterruptedException {
        call("POST", "/v1/organizations/default/databases", "{\"name\":\"" + name + "\",\"group\":\"" + in + "\"}");
        String jwt = skerry.databaseToken(name);
        assertThat(skerry.pipeline(FRA, name, jwt, "CREATE TABLE t (x)", "INSERT INTO t VALUES ('before')")
                        .ok())
                .isTrue();
        return jwt;
    }

    private void call(String method, String path, String body) throws IOException, InterruptedException {
        Answer answer = skerry.api(FRA, method, path, body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    }

    /// A byte in the middle of what is written is another one afterwards.
    private void damage(String location) throws IOException {
        Path current = directory.resolve("data/" + location + "/raft/log/" + group + "/current");
        Path segment;
        try (Stream<Path> files = Files.list(current)) {
            segment = files.filter(file -> file.getFileName().toString().startsWith("log_inprogress"))
                    .findAny()
                    .orElseThrow();
        }
        byte[] bytes = Files.readAllBytes(segment);
        int end = bytes.length;
        while (bytes[end - 1] == 0) {
            end--;
        }
        bytes[end / 2] ^= 0x10;
        Files.write(segment, bytes);
    }

    private void insert(int node, String value) throws IOException, InterruptedException {
        Answer inserted = skerry.pipeline(node, "shop", shop, "INSERT INTO t VALUES ('" + value + "')");
        assertThat(inserted.ok()).as(inserted.body()).isTrue();
    }

    private void assertShop(int node, String values) throws IOException, InterruptedException {
        Answer read = skerry.pipeline(node, "shop", shop, "SELECT group_concat(x) FROM t");
        assertThat(read.ok()).as(read.body()).isTrue();
        assertThat(read.scalar()).isEqualTo(values);
    }

    private void assertTheOtherGroupGoesOn() throws IOException, InterruptedException {
        Answer inserted = skerry.pipeline(FRA, "other", other, "INSERT INTO t VALUES ('goes on')");
        assertThat(inserted.ok()).as(inserted.body()).isTrue();
    }

    private List<String> lines(String... parts) throws IOException {
        return Files.readAllLines(skerry.log()).stream()
                .filter(line -> Stream.of(parts).allMatch(line::contains))
                .toList();
    }

    /// Until the primary misses so many members of the group.
    private JsonNode awaitSilent(int members) throws IOException, InterruptedException {
        JsonNode health = Await.value(
                () -> skerry.health(FRA, group), answer -> answer.get("silent").size() == members);
        assertThat(health.get("silent")).as("%s", health).hasSize(members);
        return health;
    }

    @Test
    void aReplicasIsSaidThereAndAtThePrimaryAndItsLocationIsRemovedAndAddedAgain()
            throws IOException, InterruptedException {
        skerry.kill();
        damage("lhr");
        skerry.restart();

        assertTheOtherGroupGoesOn();
        insert(FRA, "at fra");
        insert(LHR, "at lhr");
        assertShop(LHR, "before,at fra,at lhr");
        assertThat(skerry.health(LHR, group).get("trouble").asText())
                .contains("its log is damaged", "Remove this node from the group and add it again");
        assertThat(lines("ERROR", group, "its log is damaged", "add it again")).hasSize(1);

        JsonNode primary = awaitSilent(1);
        assertThat(primary.get("writable").asBoolean()).isTrue();
        assertThat(primary.get("trouble").isNull()).isTrue();
        assertThat(primary.get("silent").get(0).asText()).contains("does not answer", "add it again");
        assertThat(lines("WARN", group, "does not answer")).hasSize(1);

        call("DELETE", "/v1/groups/default/locations/lhr", "");
        call("POST", "/v1/groups/default/locations/lhr", "");
        call("GET", "/v1/groups/default/locations/lhr/wait", "");
        assertShop(LHR, "before,at fra,at lhr");
        assertThat(skerry.health(LHR, group).get("trouble").isNull()).isTrue();
        awaitSilent(0);
    }

    /// Reads go on at the replica.
    @Test
    void thePrimarysStopsThatGroupsWritesAloneAndIsPutBack() throws IOException, InterruptedException {
        skerry.kill();
        damage("fra");
        skerry.restart();

        assertTheOtherGroupGoesOn();
        String trouble = skerry.health(FRA, group).get("trouble").asText();
        assertThat(trouble).contains("its log is damaged", "put the directory back after repairing it");
        assertThat(lines("ERROR", group, "its log is damaged")).hasSize(1);
        Answer write = skerry.pipeline(FRA, "shop", shop, "INSERT INTO t VALUES ('refused')");
        assertThat(write.status()).as(write.body()).isEqualTo(503);
        assertThat(write.body())
                .contains("database shop is stopped on this node")
                .contains("/health/groups");
        assertThat(skerry.pipeline(LHR, "shop", shop, "INSERT INTO t VALUES ('refused')")
                        .ok())
                .isFalse();
        assertShop(LHR, "before");

        // The damage is repaired: the byte is what it was.
        skerry.kill();
        Path moved;
        try (Stream<Path> directories = Files.list(directory.resolve("data/fra/raft/damaged"))) {
            moved = directories.findAny().orElseThrow();
        }
        Files.move(moved, directory.resolve("data/fra/raft/log/" + group));
        damage("fra");
        skerry.restart();
        insert(LHR, "after");
        assertShop(LHR, "before,after");
        assertThat(skerry.health(FRA, group).get("trouble").isNull()).isTrue();
    }
}
