package io.skerry.server.life;

import static io.skerry.server.life.SpareSpace.BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class SpareSpaceTest {

    @TempDir
    Path directory;

    Path spare;

    @BeforeEach
    void name() {
        spare = directory.resolve("spare");
    }

    /// Until all is done that comes of it.
    private void prepare(long free) throws IOException, InterruptedException {
        Optional<Thread> taking = SpareSpace.prepare(directory, free);
        if (taking.isPresent()) {
            taking.get().join();
        }
    }

    @Test
    void aStartOnADiskWithRoomKeepsSomeForALaterOne() {
        SpareSpace.prepare(directory);

        Await.until("the space is taken", () -> spare.toFile().length() == BYTES);
    }

    @Test
    void aStartOnAFullDiskGivesItUp() throws Exception {
        Files.write(spare, new byte[BYTES]);

        prepare(BYTES - 1);
        assertThat(spare).doesNotExist();

        prepare(BYTES - 1);
        assertThat(spare).doesNotExist();
    }

    @Test
    void whatTheStartItselfNeedsIsNotTaken() throws Exception {
        prepare(2L * BYTES - 1);
        assertThat(spare).doesNotExist();

        Files.write(spare, new byte[BYTES]);
        prepare(BYTES);
        assertThat(spare).hasSize(BYTES);
    }

    @Test
    void whatIsThereIsNotWrittenAnew() throws Exception {
        byte[] there = new byte[BYTES];
        there[BYTES - 1] = 1;
        Files.write(spare, there);

        prepare(2L * BYTES);

        assertThat(Arrays.equals(Files.readAllBytes(spare), there)).isTrue();
    }

    @Test
    void whatACrashCutOffIsMadeWhole() throws Exception {
        Files.write(spare, new byte[BYTES / 2]);

        prepare(2L * BYTES);

        assertThat(spare).hasSize(BYTES);
    }

    @Test
    void aDirectoryThatIsNotThereEndsNoStart() {
        SpareSpace.prepare(directory.resolve("none"));
    }
}
