package io.skerry.server.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A token that every node has just let in is revoked at one of them.
@Timeout(600)
class RevocationProcessTest {

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
    void aRevokedTokenIsRefusedAtOnceWhereItWasRevokedAndSoonEverywhere() throws Exception {
        try (SkerryProcess skerry = SkerryProcess.dev(files, data, "fra,lhr,bos")) {
            String admin = Files.readString(data.resolve("token")).strip();
            // fra leads the catalog: the others hand a change on to it.
            for (String revoking : List.of("fra", "lhr", "bos")) {
                String name = "ci-" + revoking;
                String token = client.call(
                                "POST", URI.create(skerry.node("fra") + "/v1/auth/api-tokens/" + name), admin, "")
                        .body()
                        .path("token")
                        .asText();
                for (String node : List.of("fra", "lhr", "bos")) {
                    Await.until(
                            () -> assertThat(status(skerry.node(node), token)).isEqualTo(200));
                }

                client.call("DELETE", URI.create(skerry.node(revoking) + "/v1/auth/api-tokens/" + name), admin, "");

                assertThat(status(skerry.node(revoking), token)).isEqualTo(401);
                assertThat(status(skerry.node("fra"), token)).isEqualTo(401);
                for (String node : List.of("lhr", "bos")) {
                    Await.until(
                            () -> assertThat(status(skerry.node(node), token)).isEqualTo(401));
                }
            }
        }
    }

    private int status(URI node, String token) throws Exception {
        return client.call("GET", URI.create(node + "/v1/groups"), token, "").status();
    }
}
