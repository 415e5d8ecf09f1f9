package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.skerry.server.process.Client.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A location whose copy takes its time, at one megabyte a second.
@Timeout(600)
class NewLocationProcessTest {

    private static final String GROUP = "/v1/groups/default";
    private static final String LHR = GROUP + "/locations/lhr";

    @TempDir
    private Path files;

    @TempDir
    private Path data;

    private Client client = new Client();

    @AfterEach
    void close() {
        client.close();
    }

    private SkerryProcess dev() throws IOException, InterruptedException {
        return SkerryProcess.dev(
                files, data, "fra,lhr", "raft.snapshot-bytes-per-second=1MiB", "groups.join-answer=100ms");
    }

    private String admin() throws IOException {
        return Files.readString(data.resolve("token")).strip();
    }

    private Answer api(SkerryProcess skerry, String method, String path) throws IOException, InterruptedException {
        return client.call(method, URI.create(skerry.node("fra") + path), admin(), "");
    }

    private String fill(SkerryProcess skerry, int megabytes) throws IOException, InterruptedException {
        String token = client.createShop(skerry.node("fra"), admin());
        for (int i = 0; i < megabytes; i++) {
            assertThat(Client.ok(
                            client.sql(skerry.node("fra"), token, "INSERT INTO t (x) VALUES (randomblob(1000000))")))
                    .isTrue();
        }
        return token;
    }

    /// Adds lhr, and waits until bytes go there.
    private void begin(SkerryProcess skerry) throws IOException, InterruptedException {
        Answer added = api(skerry, "POST", LHR);
        assertThat(added.status()).as("%s", added.body()).isEqualTo(200);
        assertThat(added.body().at("/group/locations")).hasToString("[\"fra\",\"lhr\"]");
        assertThat(added.body().at("/group/status/locations/1/status").asText()).isEqualTo("down");
        Soon soon = new Soon(true);
        Answer copying = api(skerry, "GET", GROUP);
        while (copied(copying) == 0 && soon.again()) {
            copying = api(skerry, "GET", GROUP);
        }
        assertThat(copied(copying)).as("%s", copying.body()).isPositive();
        assertThat(copying.body().at("/group/status/locations/1/status").asText())
                .isEqualTo("down");
        assertThat(copying.body().at("/group/skerry/locations/1/serving").asBoolean())
                .isFalse();
        assertThat(copying.body().at("/group/skerry/locations/1/bytes_total").asLong())
                .isGreaterThan(1_000_000);
    }

    private static long copied(Answer group) {
        return group.body().at("/group/skerry/locations/1/bytes_copied").asLong();
    }

    /// Over TLS: what nodes hand to each other needs it too.
    @Test
    void theCallIsAnsweredWhileTheCopyGoesOnAndReadsThereGoToThePrimary() throws Exception {
        try (SkerryProcess skerry = SkerryProcess.dev(
                files,
                data,
                "fra,lhr",
                List.of("--tls"),
                "raft.snapshot-bytes-per-second=1MiB",
                "groups.join-answer=100ms")) {
            client.close();
            client = Client.trusting(data.resolve("tls/ca.pem"));
            assertThat(skerry.node("fra")).hasScheme("https");
            String token = fill(skerry, 5);
            begin(skerry);
            assertThat(Client.value(client.sql(skerry.node("lhr"), token, "SELECT count(*) FROM t")))
                    .isEqualTo("5");

            assertThat(api(skerry, "GET", LHR + "/wait").status()).isEqualTo(200);

            assertThat(api(skerry, "GET", GROUP)
                            .body()
                            .at("/group/status/locations/1/status")
                            .asText())
                    .isEqualTo("up");
            assertThat(Client.value(client.sql(skerry.node("lhr"), token, "SELECT count(*) FROM t")))
                    .isEqualTo("5");
            URI lhr = skerry.node("lhr");
            assertThat(Client.ok(client.sql(lhr, token, "INSERT INTO t (x) VALUES (1)")))
                    .isTrue();
            String more = "{\"name\":\"more\",\"group\":\"default\"}";
            Answer created = client.call("POST", URI.create(lhr + "/v1/databases"), admin(), more);
            assertThat(created.status()).as("%s", created.body()).isEqualTo(200);
            Answer shown = client.call("GET", URI.create(lhr + "/v1/databases/more"), admin(), "");
            assertThat(shown.body().at("/database/primaryRegion").asText()).isEqualTo("fra");
            assertThat(shown.body().at("/database/Hostname").asText())
                    .isEqualTo(lhr.getAuthority() + "/db/more-default");
            Await.until(
                    () -> assertThat(skerry.log()).contains("copying to lhr").contains("lhr serves: "));
            assertACertificateThatCannotBeUsedIsTold(lhr);
        }
    }

    private void assertACertificateThatCannotBeUsedIsTold(URI node) throws Exception {
        JsonNode good = certificate(node);
        assertThat(Instant.parse(good.path("ends").asText())).isAfter(Instant.now());
        assertThat(good.path("trouble").isNull()).as("%s", good).isTrue();
        Files.writeString(data.resolve("tls/server.pem"), "no certificate");
        Await.until(() -> assertThat(certificate(node).path("trouble").isNull()).isFalse());
    }

    private JsonNode certificate(URI node) throws Exception {
        Answer health = client.call("GET", URI.create(node + "/health/groups"), admin(), "");
        assertThat(health.status()).isEqualTo(200);
        return health.body().path("certificate");
    }

    @Test
    void aCopyThatAKillInterruptedIsMadeAfterTheStart() throws Exception {
        String token;
        try (SkerryProcess skerry = dev()) {
            token = fill(skerry, 5);
            begin(skerry);
            skerry.kill();
        }
        try (SkerryProcess skerry = dev()) {
            assertThat(api(skerry, "GET", LHR + "/wait").status()).isEqualTo(200);
            assertThat(Client.value(client.sql(skerry.node("lhr"), token, "SELECT count(*) FROM t")))
                    .isEqualTo("5");
        }
    }

    @Test
    void aLocationThatIsRemovedWhileItIsCopiedToLeavesNothing() throws Exception {
        try (SkerryProcess skerry = dev()) {
            fill(skerry, 40);
            String id = api(skerry, "GET", GROUP).body().at("/group/uuid").asText();
            begin(skerry);

            Answer removed = api(skerry, "DELETE", LHR);

            assertThat(removed.body().at("/group/locations")).hasToString("[\"fra\"]");
            awaitNothing(id);
            assertThat(api(skerry, "GET", LHR + "/wait").status()).isEqualTo(404);
            assertNoErrors(skerry);
        }
    }

    @Test
    void aGroupThatIsDeletedWhileItIsCopiedLeavesNothing() throws Exception {
        try (SkerryProcess skerry = dev()) {
            fill(skerry, 40);
            String id = api(skerry, "GET", GROUP).body().at("/group/uuid").asText();
            begin(skerry);

            Answer deleted = api(skerry, "DELETE", GROUP);

            assertThat(deleted.status()).as("%s", deleted.body()).isEqualTo(200);
            awaitNothing(id);
            assertThat(api(skerry, "POST", LHR).status()).isEqualTo(404);
            assertNoErrors(skerry);
        }
    }

    /// Ratis may just be writing down who the members are when the files go.
    private static void assertNoErrors(SkerryProcess skerry) throws IOException {
        assertThat(skerry.log().lines().filter(line -> line.contains("ERROR")))
                .allMatch(line -> line.contains("RaftStorage: Failed writing configuration"));
    }

    private void awaitNothing(String group) throws Exception {
        Await.until(() -> assertThat(List.of("lhr/raft/log/" + group, "lhr/groups/" + group))
                .noneMatch(path -> Files.exists(data.resolve(path))));
    }
}
