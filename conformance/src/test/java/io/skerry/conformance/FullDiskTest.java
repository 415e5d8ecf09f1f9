package io.skerry.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.conformance.DevProcess.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The disk of a running process fills up while clients write, the process is killed and started on the full disk, and
/// then there is space again. Where no small disk can be mounted, [ShortDiskTest] is all that is tested of it.
class FullDiskTest {

    private static final int DISK_MEGABYTES = 192;
    private static final Pattern FULL =
            Pattern.compile("KB are free on the log's disk|database or disk is full|No space left");

    @TempDir
    private Path directory;

    private final Set<Long> acknowledged = new ConcurrentSkipListSet<>();
    private final AtomicLong numbers = new AtomicLong();

    private SmallDisk disk;

    @BeforeEach
    void mount() throws IOException {
        var mounted = SmallDisk.mount(Files.createDirectory(directory.resolve("disk")), DISK_MEGABYTES);
        if (mounted.isEmpty()) {
            String skipped = "SKIPPED: a process on a full disk is not tested, no tmpfs can be mounted here";
            System.err.println(skipped);
            abort(skipped);
        }
        disk = mounted.get();
    }

    @AfterEach
    void unmount() {
        if (disk != null) {
            disk.close();
        }
    }

    /// With no reserve the log itself meets the end of the disk; with one it stops before.
    @ParameterizedTest
    @ValueSource(strings = {"64MiB", "0B"})
    void clientsAreToldReadsGoOnAndNothingAcknowledgedIsLost(String reserve) throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        try (DevProcess skerry =
                DevProcess.start(disk.place("data", log), "--set", "raft.disk-reserve-bytes=" + reserve)) {
            String jwt = prepare(skerry);
            fillWhileClientsWrite(skerry, jwt);
            answersOnTheFullDisk(skerry, jwt);
            awaitHealthSaysSo(skerry);
            awaitLines(log, " takes no writes: ", 3);

            skerry.kill();
            disk.fill();
            skerry.restart();
            answersOnTheFullDisk(skerry, jwt);
            awaitLines(log, " takes no writes: ", 6);

            disk.free(0);
            awaitWrites(skerry, jwt);
            for (int node = 0; node < 3; node++) {
                compare(skerry, node, jwt);
                awaitNoTrouble(skerry, node);
            }
            awaitLines(log, " takes writes again: ", 3);
            assertThat(lines(log, " takes no writes: "))
                    .as("one line for each node and start")
                    .hasSize(6);
            assertThat(Files.readAllLines(log))
                    .as("a call that a full disk refuses is one line, and no defect")
                    .anyMatch(line -> line.contains("could not be done: POST"))
                    .noneMatch(line -> line.contains("ERROR PlatformRoutes"))
                    .noneMatch(line -> line.contains("at io.skerry.platform."));
        }
    }

    @Test
    void aStartThatHasToWriteOnAFullDiskSaysSoInOneSentence() throws IOException, InterruptedException {
        Path log = directory.resolve("log");
        try (DevProcess skerry = DevProcess.start(disk.place("data", log), "--set", "raft.disk-reserve-bytes=64MiB")) {
            skerry.kill();
            disk.fill();
            assertThatThrownBy(skerry::restartElsewhere).hasMessageContaining("did not start");
            assertThat(Files.readAllLines(log))
                    .anyMatch(line -> line.startsWith("skerry: ") && line.contains("make space on the disk"))
                    .noneMatch(line -> line.contains("at io.skerry."));
            disk.free(0);
            skerry.restartElsewhere();
        }
    }

    /// What a node says of its disk may be as old as its last look at it.
    private void awaitHealthSaysSo(DevProcess skerry) throws IOException, InterruptedException {
        String group = skerry.groupId("default");
        for (int node = 0; node < 3; node++) {
            int index = node;
            JsonNode health = Await.value(
                    () -> {
                        disk.fill();
                        return skerry.health(index, group);
                    },
                    FullDiskTest::saysSo);
            assertThat(saysSo(health))
                    .as("node %d tells that its disk is full: %s", node, health)
                    .isTrue();
        }
    }

    private static boolean saysSo(JsonNode health) {
        return !health.get("writable").asBoolean()
                && FULL.matcher(health.get("trouble").asText()).find();
    }

    /// What a full disk stopped is looked at again after a pause.
    private static void awaitNoTrouble(DevProcess skerry, int node) throws IOException, InterruptedException {
        String group = skerry.groupId("default");
        JsonNode trouble = Await.value(() -> skerry.health(node, group).get("trouble"), JsonNode::isNull);
        assertThat(trouble.isNull()).as(trouble.asText()).isTrue();
    }

    private static List<String> lines(Path log, String part) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> line.contains(part))
                .toList();
    }

    private static void awaitLines(Path log, String part, int count) throws IOException, InterruptedException {
        assertThat(Await.value(() -> lines(log, part), lines -> lines.size() >= count))
                .as("lines of '%s'", part)
                .hasSizeGreaterThanOrEqualTo(count);
    }

    private static String prepare(DevProcess skerry) throws IOException, InterruptedException {
        Answer created = skerry.api(
                0, "POST", "/v1/organizations/default/databases", "{\"name\":\"shop\",\"group\":\"default\"}");
        assertThat(created.status()).as(created.body()).isEqualTo(200);
        String jwt = skerry.databaseToken("shop");
        assertThat(skerry.pipeline(0, "shop", jwt, "CREATE TABLE t (n INTEGER, filler BLOB)")
                        .ok())
                .isTrue();
        for (String location : List.of("lhr", "bos")) {
            assertThat(skerry.api(0, "POST", "/v1/groups/default/locations/" + location, "")
                            .status())
                    .isEqualTo(200);
            skerry.api(0, "GET", "/v1/groups/default/locations/" + location + "/wait", "");
        }
        return jwt;
    }

    private void fillWhileClientsWrite(DevProcess skerry, String jwt) throws IOException, InterruptedException {
        AtomicBoolean full = new AtomicBoolean();
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        List<Thread> writers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int node = i % 2;
            Thread writer = Thread.ofVirtual().unstarted(() -> {
                try {
                    while (!full.get()) {
                        insert(skerry, node, jwt, 200);
                    }
                } catch (IOException | InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            writer.setUncaughtExceptionHandler((thread, failure) -> failures.add(failure));
            writers.add(writer);
            writer.start();
        }
        Await.value(() -> acknowledged.size() >= 100 || !failures.isEmpty(), enough -> enough);
        disk.fill();
        full.set(true);
        for (Thread writer : writers) {
            writer.join();
        }
        assertThat(failures).isEmpty();
        assertThat(acknowledged).as("rows of a disk with space").hasSizeGreaterThanOrEqualTo(100);
    }

    /// @return the code of the error, which is always an answer in band; empty if the row was acknowledged
    private String insert(DevProcess skerry, int node, String jwt, int bytes) throws IOException, InterruptedException {
        long n = numbers.incrementAndGet();
        Answer answer =
                skerry.pipeline(node, "shop", jwt, "INSERT INTO t VALUES (" + n + ", randomblob(" + bytes + "))");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        if (answer.ok()) {
            acknowledged.add(n);
            return "";
        }
        String code = answer.json().at("/results/0/error/code").asText();
        assertThat(code).as(answer.body()).isNotEmpty();
        return code;
    }

    private void answersOnTheFullDisk(DevProcess skerry, String jwt) throws IOException, InterruptedException {
        // One that was under way may have an unknown outcome.
        assertThat(insertOnTheFullDisk(skerry, 0, jwt, 100_000, "SQLITE_FULL"::equals))
                .as("writers are told that the disk is full")
                .isEqualTo("SQLITE_FULL");
        for (int bytes : new int[] {1, 5_000, 500_000}) {
            for (int node : new int[] {0, 1}) {
                awaitRefusal(skerry, node, jwt, bytes);
            }
        }
        for (int node : new int[] {0, 1, 2}) {
            Answer read = skerry.pipeline(node, "shop", jwt, "SELECT count(*) FROM t");
            assertThat(read.ok()).as("a read at node %d: %s", node, read.body()).isTrue();
        }
        Answer created = skerry.api(
                1, "POST", "/v1/organizations/default/databases", "{\"name\":\"other\",\"group\":\"default\"}");
        assertThat(created.status()).as(created.body()).isEqualTo(503);
        assertThat(created.body()).contains("disk");
        assertThat(skerry.api(0, "GET", "/v1/organizations/default/databases", "")
                        .status())
                .isEqualTo(200);
    }

    /// What the log has allocated already may still take small rows: they are acknowledged, or refused as the disk is
    /// full, and soon all are refused.
    private void awaitRefusal(DevProcess skerry, int node, String jwt, int bytes)
            throws IOException, InterruptedException {
        String code = insertOnTheFullDisk(skerry, node, jwt, bytes, answer -> !answer.isEmpty());
        assertThat(code).as("%d bytes at node %d", bytes, node).isEqualTo("SQLITE_FULL");
    }

    private String insertOnTheFullDisk(DevProcess skerry, int node, String jwt, int bytes, Predicate<String> expected)
            throws IOException, InterruptedException {
        return Await.value(
                () -> {
                    disk.fill();
                    return insert(skerry, node, jwt, bytes);
                },
                expected);
    }

    private void awaitWrites(DevProcess skerry, String jwt) throws IOException, InterruptedException {
        for (int node : new int[] {0, 1}) {
            assertThat(Await.value(() -> insert(skerry, node, jwt, 200), String::isEmpty))
                    .as("writes resume")
                    .isEmpty();
        }
    }

    /// Rows that were not acknowledged may be there, none twice.
    private void compare(DevProcess skerry, int node, String jwt) throws IOException, InterruptedException {
        Set<Long> there = Await.value(() -> numbers(skerry, node, jwt), numbers -> numbers.containsAll(acknowledged));
        assertThat(there).as("node %d", node).containsAll(acknowledged);
        assertThat(skerry.pipeline(node, "shop", jwt, "PRAGMA integrity_check").scalar())
                .as("node %d", node)
                .isEqualTo("ok");
    }

    private static Set<Long> numbers(DevProcess skerry, int node, String jwt) throws IOException, InterruptedException {
        Answer answer = skerry.pipeline(node, "shop", jwt, "SELECT coalesce(group_concat(n), '') FROM t");
        assertThat(answer.ok()).as(answer.body()).isTrue();
        Set<Long> numbers = new TreeSet<>();
        for (String n : answer.scalar().split(",")) {
            assertThat(numbers.add(Long.parseLong(n)))
                    .as("row %s is there once", n)
                    .isTrue();
        }
        return numbers;
    }
}
