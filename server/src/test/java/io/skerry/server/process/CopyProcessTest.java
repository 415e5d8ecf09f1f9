package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.server.process.Client.Answer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A database is copied into a group with another primary while it is written, and what both use is told.
class CopyProcessTest {

    @TempDir
    Path files;

    private final Client client = new Client();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void aCopyIsWholeAtEveryLocationOfItsGroup() throws Exception {
        Path data = files.resolve("data");
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr,bos")) {
            URI fra = skerry.node("fra");
            URI lhr = skerry.node("lhr");
            String admin = Files.readString(data.resolve("token")).strip();
            String token = client.createShop(fra, admin);
            assertThat(Client.ok(client.sql(
                            fra,
                            token,
                            "CREATE TABLE u (x)",
                            "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
                                    + " INSERT INTO t SELECT hex(randomblob(1000)) FROM n")))
                    .isTrue();
            expect(client.call(
                    "POST", URI.create(fra + "/v1/groups"), admin, "{\"name\":\"eu\",\"location\":\"lhr\"}"));
            expect(client.call("POST", URI.create(fra + "/v1/groups/eu/locations/bos"), admin, ""));

            AtomicBoolean done = new AtomicBoolean();
            AtomicReference<Exception> failure = new AtomicReference<>();
            // Both tables get a row in each transaction.
            Thread writer = Thread.ofPlatform().start(() -> {
                try {
                    while (!done.get()) {
                        Answer written = client.sql(
                                fra, token, "BEGIN", "INSERT INTO t VALUES (1)", "INSERT INTO u VALUES (1)", "COMMIT");
                        if (!Client.ok(written)) {
                            throw new IllegalStateException("a write beside the copy failed: " + written.body());
                        }
                    }
                } catch (Exception e) {
                    failure.set(e);
                }
            });
            // Asked of the node that neither database is at.
            Answer created = client.call(
                    "POST",
                    URI.create(skerry.node("bos") + "/v1/databases"),
                    admin,
                    "{\"name\":\"copy\",\"group\":\"eu\",\"seed\":{\"type\":\"database\",\"name\":\"shop\"}}");
            done.set(true);
            writer.join();
            expect(created);
            assertThat(failure.get()).isNull();
            assertThat(created.body().at("/database/parent/name").asText()).isEqualTo("shop");

            String copyToken = client.call("POST", URI.create(fra + "/v1/databases/copy/auth/tokens"), admin, "")
                    .body()
                    .path("jwt")
                    .asText();
            expect(client.call("GET", URI.create(fra + "/v1/databases/copy/instances/bos/wait"), admin, ""));
            for (URI node : List.of(lhr, skerry.node("bos"))) {
                // A location that serves may lag.
                Await.until(
                        () -> assertThat(value(node, copyToken, "SELECT count(x) - (SELECT count(x) FROM u) FROM t"))
                                .isEqualTo("3000"));
                assertThat(value(node, copyToken, "PRAGMA integrity_check")).isEqualTo("ok");
            }
            value(lhr, copyToken, "INSERT INTO u VALUES (2) RETURNING x");

            // Of what a node does not tell in time there is less.
            Await.until(() -> {
                JsonNode usage = client.call("GET", URI.create(fra + "/v1/databases/copy/usage"), admin, "")
                        .body()
                        .path("database");
                assertThat(usage.at("/usage/rows_written").asLong()).isEqualTo(1);
                assertThat(usage.at("/usage/rows_read").asLong()).isGreaterThanOrEqualTo(6000);
                assertThat(usage.at("/usage/storage_bytes").asLong()).isBetween(6_000_000L, 20_000_000L);
                assertThat(usage.at("/instances/1/usage/storage_bytes").asLong())
                        .isGreaterThan(6_000_000);
            });
            assertThat(skerry.log()).doesNotContain("ERROR");
        }
    }

    private String value(URI node, String token, String sql) throws Exception {
        return Client.value(client.call(
                "POST",
                URI.create(node + "/dev/copy/v2/pipeline"),
                token,
                "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}},{\"type\":\"close\"}]}"));
    }

    private static void expect(Answer answer) {
        assertThat(answer.status()).as("%s", answer.body()).isEqualTo(200);
    }
}
