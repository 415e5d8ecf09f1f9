package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A process that may have few files and sockets open, and is asked for more of everything.
@Timeout(600)
class DescriptorsProcessTest {

    private static final int LIMIT = 1_024;
    private static final int DATABASES = 90;
    private static final int CLIENTS = 300;

    @TempDir
    Path directory;

    @Test
    void manyDatabasesAndClientsNeverFindItWithoutAFile() throws Exception {
        Path data = directory.resolve("data");
        try (SkerryProcess skerry = SkerryProcess.devWithin(LIMIT, directory, data, "fra,lhr,bos");
                Client client = new Client()) {
            assertThat(skerry.log().lines().filter(line -> line.contains("WARN")))
                    .singleElement()
                    .asString()
                    .contains("the process may have " + LIMIT + " files and sockets open")
                    .contains("databases.open from 2000 to ")
                    .contains("http.connections from 2000 to ")
                    .contains("LimitNOFILE=");
            String admin = Files.readString(data.resolve("token")).strip();
            List<URI> nodes = List.of(skerry.node("fra"), skerry.node("lhr"), skerry.node("bos"));
            String token = create(client, nodes.getFirst(), admin);
            for (int i = 0; i < DATABASES; i++) {
                String answer = ask(nodes.get(i % nodes.size()), "d" + i, token, "CREATE TABLE t (a)");
                assertThat(answer).startsWith("HTTP/1.1 200").doesNotContain("\"error\"");
            }
            List<Future<String>> answers = new ArrayList<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(CLIENTS)) {
                for (int i = 0; i < 6 * CLIENTS; i++) {
                    URI node = nodes.get(i / DATABASES % nodes.size());
                    String database = "d" + i % DATABASES;
                    String sql = i % 7 == 0 ? "INSERT INTO t VALUES (1)" : "SELECT count(*) FROM t";
                    answers.add(threads.submit(() -> ask(node, database, token, sql)));
                }
                for (Future<String> answer : answers) {
                    assertThat(answer.get()).startsWith("HTTP/1.1 200").doesNotContain("\"error\"");
                }
            }
            for (URI node : nodes) {
                assertThat(client.call("GET", URI.create(node + "/health/groups"), null, "")
                                .status())
                        .isEqualTo(200);
            }
            assertThat(skerry.log())
                    .doesNotContain("unable to open")
                    .doesNotContain("fenced")
                    .doesNotContain("Too many open files")
                    .doesNotContain("terminating");
        }
    }

    @Test
    void aLimitThatIsTooSmallEndsTheStartWithASentence() throws Exception {
        try (SkerryProcess skerry = SkerryProcess.runWithin(
                400, directory, "dev", "--data", directory.resolve("data").toString(), "--port", "0")) {
            assertThat(skerry.awaitEnd()).isEqualTo(1);
            assertThat(skerry.log())
                    .contains("the process may have 400 files and sockets open, and skerry needs ")
                    .contains("ulimit -n")
                    .doesNotContain("at io.skerry");
        }
    }

    /// @return a token for all of them
    private static String create(Client client, URI node, String admin) throws IOException, InterruptedException {
        String organization = node + "/v1/organizations/default";
        for (int i = 0; i < DATABASES; i++) {
            Client.Answer made = client.call(
                    "POST",
                    URI.create(organization + "/databases"),
                    admin,
                    "{\"name\":\"d" + i + "\",\"group\":\"default\"}");
            assertThat(made.status()).as("%s", made.body()).isEqualTo(200);
        }
        for (String location : List.of("lhr", "bos")) {
            Client.Answer added =
                    client.call("POST", URI.create(organization + "/groups/default/locations/" + location), admin, "");
            assertThat(added.status()).as("%s", added.body()).isEqualTo(200);
            Client.Answer waited = client.call(
                    "GET", URI.create(organization + "/groups/default/locations/" + location + "/wait"), admin, "");
            assertThat(waited.status()).as("%s", waited.body()).isEqualTo(200);
        }
        Client.Answer minted = client.call("POST", URI.create(organization + "/groups/default/auth/tokens"), admin, "");
        assertThat(minted.status()).as("%s", minted.body()).isEqualTo(200);
        return minted.body().path("jwt").asText();
    }

    /// On a connection of its own; all of the answer.
    private static String ask(URI node, String database, String token, String sql) throws IOException {
        String body = "{\"requests\":[{\"type\":\"execute\",\"stmt\":{\"sql\":\"" + sql + "\"}},{\"type\":\"close\"}]}";
        try (RawConnection connection = new RawConnection(node)) {
            return connection
                    .send("POST /dev/" + database + "/v2/pipeline HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                            + "Authorization: Bearer " + token + "\r\nContent-Length: "
                            + body.getBytes(StandardCharsets.UTF_8).length + "\r\n\r\n" + body)
                    .untilTheEnd();
        }
    }
}
