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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// SIGTERM while everything is under way that lasts.
@Timeout(600)
class StopProcessTest {

    /// Two seconds are promised. The rest is for a machine that has other things to do, and far below what any of these
    /// clients would last for.
    private static final Duration LIMIT = Duration.ofSeconds(2).plusSeconds(10);

    /// Of the process nothing is left then.
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private static final String FOR_EVER =
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

    /// To be copied at one a second: longer than all else here takes.
    private static final int MEGABYTES = 100;

    @TempDir
    private Path files;

    @TempDir
    private Path data;

    private final Client client = new Client();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void theProcessEndsInTimeAndNoClientHangs() throws Exception {
        Stopped stopped = stop(LIMIT);
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr")) {
            // Asked of the node that the copy goes to, after that.
            assertThat(api(skerry, "GET", "/v1/groups/default/locations/lhr/wait")
                            .status())
                    .isEqualTo(200);
            String rows =
                    "SELECT count(*) FILTER (WHERE length(x) = 1000000) || ' ' || count(*) FILTER (WHERE x = 'open')"
                            + " || ' ' || count(*) FILTER (WHERE x = 'waiting') FROM t";
            String now = Client.value(client.sql(skerry.node("fra"), stopped.token(), rows));
            assertThat(now).startsWith(MEGABYTES + " 0 " + (stopped.acknowledged() ? "1" : ""));
            Await.until(() -> assertThat(Client.value(client.sql(skerry.node("lhr"), stopped.token(), rows)))
                    .isEqualTo(now));
        }
    }

    /// @param acknowledged whether the write that waited for the transaction was: that one is rolled back first
    private record Stopped(String token, boolean acknowledged) {}

    /// Whatever is not ended but cut off at the limit would last for a minute here.
    @Test
    void nothingNeedsToBeCutOff() throws Exception {
        stop(Duration.ofSeconds(30), "stop-time=1m");
    }

    private Stopped stop(Duration limit, String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of(
                "raft.snapshot-bytes-per-second=1MiB",
                "groups.join-answer=0s",
                "sql.statement-time=5m",
                "sql.transaction-time=5m",
                "streams.idle-time=5m"));
        all.addAll(List.of(settings));
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr", all.toArray(String[]::new));
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            URI fra = skerry.node("fra");
            String token = client.createShop(fra, admin());
            for (int i = 0; i < MEGABYTES; i += 4) {
                assertThat(Client.ok(client.sql(
                                fra,
                                token,
                                "INSERT INTO t SELECT randomblob(1000000) FROM (VALUES (1), (2), (3), (4))")))
                        .isTrue();
            }
            // First: it begins with a checkpoint, for which transactions are waited for.
            beginCopy(skerry);
            Future<Answer> read = clients.submit(() -> client.sql(fra, token, FOR_EVER));
            skerry.awaitThreads("skerry-read-", 1);
            Answer open = client.stream(fra, token, null, "BEGIN IMMEDIATE", "INSERT INTO t VALUES ('open')");
            assertThat(Client.ok(open)).isTrue();
            Future<Answer> waiting = clients.submit(() -> client.sql(fra, token, "INSERT INTO t VALUES ('waiting')"));
            boolean acknowledged;
            try (RawConnection dump = new RawConnection(fra, 4096);
                    RawConnection idle = new RawConnection(fra);
                    RawConnection halfway = new RawConnection(fra)) {
                dump.send("GET /dev/shop/dump HTTP/1.1\r\nHost: h\r\nAuthorization: Bearer " + token + "\r\n\r\n");
                assertThat(dump.next()).startsWith("HTTP/1.1 200 ");
                idle.send("GET /health HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(idle.next()).startsWith("HTTP/1.1 200 ");
                halfway.send("POST /dev/shop/v2/pipeline HTTP/1.1\r\nHost: h\r\nContent-Le");

                assertThat(lhr(skerry).path("serving").asBoolean()).isFalse();

                skerry.terminate();

                assertThat(skerry.awaitEnd(limit)).isEqualTo(143);
                assertThat(isDone(read)).isFalse();
                acknowledged = isDone(waiting);
                assertThat(dump.untilTheEnd()).doesNotEndWith("\r\n0\r\n\r\n");
                idle.untilTheEnd();
                halfway.untilTheEnd();
            }
            // What Ratis says of a copy that came to its end.
            assertThat(skerry.log().lines().filter(line -> line.contains("ERROR")))
                    .allMatch(line -> line.contains("Failed to notify StateMachine to InstallSnapshot"));
            if (settings.length > 0) {
                assertThat(skerry.log()).doesNotContain("cut off");
            }
            return new Stopped(token, acknowledged);
        }
    }

    private void beginCopy(SkerryProcess skerry) throws Exception {
        assertThat(api(skerry, "POST", "/v1/groups/default/locations/lhr").status())
                .isEqualTo(200);
        Await.until(() -> assertThat(lhr(skerry).path("bytes_copied").asLong()).isPositive());
    }

    private JsonNode lhr(SkerryProcess skerry) throws IOException, InterruptedException {
        return api(skerry, "GET", "/v1/groups/default").body().at("/group/skerry/locations/1");
    }

    /// Fails the test unless it was answered, or its connection has ended.
    ///
    /// @return false if it was refused, or nobody can tell
    private static boolean isDone(Future<Answer> pipeline) throws Exception {
        try {
            Answer answer = pipeline.get(ANSWER.toSeconds(), TimeUnit.SECONDS);
            if (Client.ok(answer)) {
                return true;
            }
            String code = answer.status() == 200
                    ? answer.body().at("/results/0/error/code").asText()
                    : answer.body().path("code").asText();
            assertThat(code).as("%s", answer).isEqualTo("UNAVAILABLE");
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(IOException.class);
        }
        return false;
    }

    private Answer api(SkerryProcess skerry, String method, String path) throws IOException, InterruptedException {
        return client.call(method, URI.create(skerry.node("fra") + path), admin(), "");
    }

    private String admin() throws IOException {
        return Files.readString(data.resolve("token")).strip();
    }
}
