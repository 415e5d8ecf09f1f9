package io.skerry.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.conformance.DevProcess.Answer;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A process that gets no processor for a while, as on a machine that is suspended or overloaded.
class FrozenProcessTest {

    /// Longer than Ratis lets a leader sleep without giving up.
    private static final int FROZEN_MS = 3_000;

    private static final int WRITES = 200;

    @TempDir
    Path directory;

    private static void signal(DevProcess skerry, String name) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, "" + skerry.pid())
                .inheritIO()
                .start()
                .waitFor();
        assertThat(exit).isZero();
    }

    @Test
    void writesGoOnAtOnceWhenItRunsAgain() throws IOException, InterruptedException {
        try (DevProcess skerry = DevProcess.start(directory.resolve("data"))) {
            skerry.api(0, "POST", "/v1/organizations/default/databases", "{\"name\":\"shop\",\"group\":\"default\"}");
            String jwt = skerry.databaseToken("shop");
            assertThat(skerry.pipeline(0, "shop", jwt, "CREATE TABLE t (id INTEGER PRIMARY KEY)")
                            .ok())
                    .isTrue();
            signal(skerry, "STOP");
            try {
                Thread.sleep(FROZEN_MS);
            } finally {
                signal(skerry, "CONT");
            }
            for (int i = 0; i < WRITES; i++) {
                Answer answer = skerry.pipeline(0, "shop", jwt, "INSERT INTO t DEFAULT VALUES");
                assertThat(answer.ok()).as("write %d: %s", i, answer.body()).isTrue();
            }
        }
    }
}
