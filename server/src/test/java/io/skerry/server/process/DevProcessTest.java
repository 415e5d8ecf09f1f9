package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.server.process.Client.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a new user does, and what happens to the process on the way.
class DevProcessTest {

    private static final String FOR_EVER =
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

    @TempDir
    Path files;

    private final Client client = new Client();
    private Path data = Path.of("");

    @BeforeEach
    void directory() {
        data = files.resolve("data");
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void theTourOfTheReadmeWorksAndNoSecretIsLogged() throws Exception {
        try (SkerryProcess skerry = SkerryProcess.dev(
                files,
                data,
                "fra,lhr,bos",
                "groups.join-answer=1m",
                "sql.memory-bytes=256MiB",
                "sql.temporary-bytes=64MiB")) {
            URI fra = skerry.node("fra");
            URI lhr = skerry.node("lhr");
            String admin = admin();
            assertThat(skerry.out()).contains(admin).contains(fra.toString());
            String token = client.createShop(fra, admin);
            fill(fra, token, 1000);

            Answer withLhr = client.call("POST", URI.create(fra + "/v1/groups/default/locations/lhr"), admin, "");
            assertThat(withLhr.body().at("/group/locations")).hasToString("[\"fra\",\"lhr\"]");
            assertThat(skerry.log()).containsPattern("lhr\\S* is a member");
            // Asked of another node, which passes it on.
            Answer withBos = client.call(
                    "POST", URI.create(lhr + "/v1/organizations/default/groups/default/locations/bos"), admin, "");
            assertThat(withBos.body().at("/group/locations")).hasToString("[\"fra\",\"lhr\",\"bos\"]");
            assertThat(skerry.log()).containsPattern("bos\\S* is a member");
            for (String location : List.of("lhr", "bos")) {
                assertThat(client.call(
                                        "GET",
                                        URI.create(fra + "/v1/groups/default/locations/" + location + "/wait"),
                                        admin,
                                        "")
                                .status())
                        .isEqualTo(200);
                assertThat(Client.value(client.sql(skerry.node(location), token, "SELECT count(*) FROM t")))
                        .isEqualTo("1000");
            }

            assertThat(Client.ok(client.sql(lhr, token, "INSERT INTO t (x) VALUES ('at lhr')")))
                    .isTrue();
            assertThat(Client.value(client.sql(lhr, token, "SELECT count(*) FROM t")))
                    .isEqualTo("1001");
            assertThat(Client.value(client.sql(fra, token, "SELECT count(*) FROM t")))
                    .isEqualTo("1001");

            Answer health = client.call("GET", URI.create(lhr + "/health/groups"), null, "");
            assertThat(health.status()).isEqualTo(200);
            assertThat(health.body().path("groups")).hasSize(2);
            refusals(fra, token);
            recursion(fra, token);
            hunger(fra, token);
            assertThat(skerry.log()).doesNotContain(admin).doesNotContain(token).doesNotContain(token.substring(0, 40));
            assertThat(skerry.log()).doesNotContain("ERROR");
        }
    }

    /// Mistakes of a user, none of which is a failure of the server.
    private void refusals(URI fra, String token) throws IOException, InterruptedException {
        assertThat(client.call("GET", URI.create(fra + "/v1/groups"), "wrong-token-wrong-token", "")
                        .status())
                .isEqualTo(401);
        assertThat(client.call("GET", URI.create(fra + "/v1/nothing"), admin(), "")
                        .status())
                .isEqualTo(404);
        assertThat(client.call("GET", URI.create(fra + "/nothing"), null, "").status())
                .isEqualTo(404);
        assertThat(client.sql(fra, "eyJhbGciOiJFZERTQSJ9.e30.AAAA", "SELECT 1").status())
                .isEqualTo(401);
        assertThat(client.call("POST", URI.create(fra + "/dev/nothing/v2/pipeline"), token, "{}")
                        .status())
                .isIn(401, 404);
        assertThat(client.call("POST", URI.create(fra + "/dev/shop/v2/pipeline"), token, "{\"requests\":")
                        .status())
                .isEqualTo(400);
        assertThat(client.call("POST", URI.create(fra + "/v1/groups/default/locations/xyz"), admin(), "")
                        .status())
                .isBetween(400, 499);
    }

    /// What makes SQLite recurse as deep as it goes must not meet the end of a thread's stack: that would
    /// end the process.
    private void recursion(URI fra, String token) throws IOException, InterruptedException {
        int deep = 990;
        client.sql(fra, token, "SELECT " + "-(".repeat(deep) + "1" + ")".repeat(deep));
        client.sql(fra, token, "SELECT " + "CASE WHEN 1 THEN ".repeat(deep) + "1" + " END".repeat(deep));
        client.sql(fra, token, "SELECT " + "(SELECT ".repeat(deep) + "1" + ")".repeat(deep));
        client.sql(fra, token, "SELECT '" + "a".repeat(40_000) + "' LIKE '" + "%a".repeat(20_000) + "b'");
        StringBuilder with = new StringBuilder("WITH ");
        for (int i = 0; i < deep; i++) {
            with.append("t%d AS (SELECT count(*) AS c FROM t%d GROUP BY c), ".formatted(i, i + 1));
        }
        client.sql(fra, token, with + "t" + deep + " AS (SELECT 1 AS c) SELECT * FROM t0");
        assertThat(Client.value(client.sql(fra, token, "SELECT 1"))).isEqualTo("1");
    }

    /// What would take all memory, or all of the disk, ends with an error.
    private void hunger(URI fra, String token) throws IOException, InterruptedException {
        Answer memory = client.sql(fra, token, "SELECT randomblob(5000000)" + ", randomblob(5000000)".repeat(300));
        assertThat(memory.body().toString()).contains("SQLITE_NOMEM");
        Answer disk = client.sql(
                fra,
                token,
                "SELECT b FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                        + " SELECT randomblob(1000000) AS b FROM n) ORDER BY b");
        assertThat(disk.body().toString()).contains("SQLITE_FULL");
        assertThat(Client.value(client.sql(fra, token, "SELECT 1"))).isEqualTo("1");
    }

    @Test
    void whatWasAcknowledgedSurvivesKillNineOnceAndEverywhere() throws Exception {
        List<Integer> acknowledged = new ArrayList<>();
        String token;
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr")) {
            URI fra = skerry.node("fra");
            token = client.createShop(fra, admin());
            assertThat(client.call("POST", URI.create(fra + "/v1/groups/default/locations/lhr"), admin(), "")
                            .status())
                    .isEqualTo(200);
            Thread writer = Thread.ofPlatform().start(() -> write(fra, token, acknowledged));
            Await.until(() -> assertThat(count(acknowledged)).isGreaterThanOrEqualTo(200));
            skerry.kill();
            writer.join();
        }
        int tried = acknowledged.getLast() + 1;
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr")) {
            for (String location : List.of("fra", "lhr")) {
                URI node = skerry.node(location);
                awaitRows(node, token, acknowledged.size());
                // One more may be there: it was under way when the process died.
                assertThat(Client.value(client.sql(
                                node,
                                token,
                                "SELECT count(DISTINCT x) || ' of ' || count(*) FROM t WHERE x <= " + tried)))
                        .isIn(
                                acknowledged.size() + " of " + acknowledged.size(),
                                (acknowledged.size() + 1) + " of " + (acknowledged.size() + 1));
                assertThat(Client.value(client.sql(
                                node,
                                token,
                                "SELECT count(*) FROM t WHERE x IN ("
                                        + String.join(
                                                ",",
                                                acknowledged.stream()
                                                        .map(String::valueOf)
                                                        .toList()) + ")")))
                        .isEqualTo(Integer.toString(acknowledged.size()));
                assertThat(Client.value(client.sql(node, token, "PRAGMA integrity_check")))
                        .isEqualTo("ok");
            }
        }
    }

    @Test
    void sigtermRollsBackWhatIsOpenAndEndsTheProcess() throws Exception {
        String token;
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra")) {
            URI fra = skerry.node("fra");
            token = client.createShop(fra, admin());
            fill(fra, token, 10);
            Answer open = client.stream(fra, token, null, "BEGIN IMMEDIATE", "INSERT INTO t (x) VALUES ('never')");
            assertThat(Client.ok(open)).isTrue();
            assertThat(open.body().path("baton").asText()).isNotEmpty();

            skerry.terminate();

            assertThat(skerry.awaitEnd()).isEqualTo(143);
            assertThat(skerry.log()).doesNotContain("ERROR");
        }
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra")) {
            assertThat(Client.value(client.sql(skerry.node("fra"), token, "SELECT count(*) FROM t")))
                    .isEqualTo("10");
        }
    }

    @Test
    void sigtermInterruptsWhatRunsAndItsClientIsAnswered() throws Exception {
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr")) {
            URI fra = skerry.node("fra");
            String token = client.createShop(fra, admin());
            List<Future<Answer>> answers = new ArrayList<>();
            try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                for (String location : List.of("fra", "lhr")) {
                    URI node = skerry.node(location);
                    answers.add(clients.submit(() -> client.sql(node, token, FOR_EVER)));
                    answers.add(clients.submit(() -> client.sql(node, token, "INSERT INTO t " + FOR_EVER)));
                }
                // Both reads have left their carriers; the writes, sent beside them, have had as long
                // as that and more.
                skerry.awaitThreads("skerry-read-", 2);
                skerry.awaitComputing(Duration.ofSeconds(2));

                skerry.terminate();

                for (Future<Answer> answer : answers) {
                    JsonNode error = answer.get().body().at("/results/0/error");
                    assertThat(error.path("code").asText())
                            .as("%s", answer.get())
                            .isEqualTo("UNAVAILABLE");
                    assertThat(error.path("message").asText()).contains("stopping");
                }
            }
            assertThat(skerry.awaitEnd()).isEqualTo(143);
            assertThat(skerry.log()).doesNotContain("ERROR").doesNotContain("\tat ");
        }
    }

    @Test
    void whatCannotStartSaysWhyInOneSentence() throws Exception {
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr")) {
            assertThat(refusal("dev", "--data", data.toString(), "--port", "0"))
                    .contains("data directory " + data + " is in use by another skerry process");
            String port = Integer.toString(skerry.node("lhr").getPort());
            assertThat(refusal("dev", "--data", files.resolve("other").toString(), "--port", port))
                    .contains("port " + port)
                    .contains("--port");
            assertThat(client.call("GET", URI.create(skerry.node("fra") + "/health"), null, "")
                            .status())
                    .isEqualTo(200);
            client.call("POST", URI.create(skerry.node("fra") + "/v1/groups/default/locations/lhr"), admin(), "");
        }
        assertThat(refusal("dev", "--data", data.toString(), "--port", "0", "--locations", "fra"))
                .contains("leaves out lhr")
                .contains("group 'default'");
        assertThat(refusal("dev", "--data", data.toString(), "--port", "0", "--locations", "lhr"))
                .contains("leaves out fra");
        assertThat(refusal("check", "--data", files.resolve("nowhere").toString()))
                .contains("no node in");
        assertThat(refusal("dev", "--locations", "no/where")).contains("'no/where' is no location code");
        assertThat(refusal("dev", "--set", "limits=1")).contains("unknown setting 'limits'");
        assertThat(refusal("dev", "--config", files.resolve("no.yaml").toString()))
                .contains("no such file");
        String fresh = files.resolve("fresh").toString();
        assertThat(refusal("dev", "--data", fresh, "--organization", "Acme Inc"))
                .contains("--organization 'Acme Inc'")
                .contains("lowercase");
        assertThat(refusal("dev", "--data", fresh, "--token", "to ken"))
                .contains("--token")
                .doesNotContain("to ken");
        assertThat(files.resolve("fresh")).doesNotExist();
    }

    @Test
    void aLocationMayGoAndComeBack() throws Exception {
        SkerryProcess.dev(files, data, "fra,bos").close();
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra")) {
            URI fra = skerry.node("fra");
            Answer locations = client.call("GET", URI.create(fra + "/v1/locations"), admin(), "");
            assertThat(locations.body().path("locations").has("fra")).isTrue();
            assertThat(locations.body().path("locations").has("bos")).isFalse();
            Answer added = client.call("POST", URI.create(fra + "/v1/groups/default/locations/bos"), admin(), "");
            assertThat(added.status()).isBetween(400, 499);
        }
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,bos,lhr")) {
            URI fra = skerry.node("fra");
            String token = client.createShop(fra, admin());
            for (String location : List.of("bos", "lhr")) {
                Answer added =
                        client.call("POST", URI.create(fra + "/v1/groups/default/locations/" + location), admin(), "");
                assertThat(added.status()).as("%s", added.body()).isEqualTo(200);
                URI node = skerry.node(location);
                assertThat(Client.ok(client.sql(node, token, "INSERT INTO t (x) VALUES (1)")))
                        .isTrue();
                assertThat(Client.ok(client.sql(node, token, "SELECT * FROM t")))
                        .isTrue();
            }
        }
    }

    private String refusal(String... arguments) throws IOException, InterruptedException {
        try (SkerryProcess refused = SkerryProcess.run(files, arguments)) {
            assertThat(refused.awaitEnd()).as(refused.log()).isIn(1, 2);
            String text = refused.log();
            assertThat(text).doesNotContain("\tat ");
            return text;
        }
    }

    private String admin() throws IOException {
        return Files.readString(data.resolve("token")).strip();
    }

    private void fill(URI node, String token, int rows) throws IOException, InterruptedException {
        String[] inserts = Stream.generate(() -> "INSERT INTO t (x) VALUES (1)")
                .limit(rows)
                .toArray(String[]::new);
        assertThat(Client.ok(client.sql(node, token, inserts))).isTrue();
    }

    private void write(URI node, String token, List<Integer> acknowledged) {
        try {
            for (int x = 0; Client.ok(client.sql(node, token, "INSERT INTO t (x) VALUES (" + x + ")")); x++) {
                synchronized (acknowledged) {
                    acknowledged.add(x);
                }
            }
        } catch (IOException killed) {
            // the process is gone
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static int count(List<Integer> acknowledged) {
        synchronized (acknowledged) {
            return acknowledged.size();
        }
    }

    /// A replica may be behind its primary for a moment, never for good.
    private void awaitRows(URI node, String token, int rows) throws Exception {
        Await.until(() -> {
            Answer answer = client.sql(node, token, "SELECT count(*) FROM t");
            assertThat(Client.ok(answer)).as("%s", answer.body()).isTrue();
            assertThat(Integer.parseInt(Client.value(answer))).isGreaterThanOrEqualTo(rows);
        });
    }
}
