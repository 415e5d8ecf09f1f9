package io.skerry.server.life;

import static io.skerry.server.life.SpareSpace.BYTES;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    private void awaitSpare() throws InterruptedException {
        while (spare.toFile().length() != BYTES) {
            Thread.sleep(5);
        }
    }

    @Test
    void aStartOnADiskWithRoomKeepsSomeForALaterOne() throws InterruptedException {
        SpareSpace.prepare(directory);

        awaitSpare();
    }

    @Test
    void aStartOnAFullDiskGivesItUp() throws IOException {
        Files.write(spare, new byte[BYTES]);

        SpareSpace.prepare(directory, BYTES - 1);
        assertThat(spare).doesNotExist();

        SpareSpace.prepare(directory, BYTES - 1);
        assertThat(spare).doesNotExist();
    }

    @Test
    void whatTheStartItselfNeedsIsNotTaken() throws IOException {
        SpareSpace.prepare(directory, 2L * BYTES - 1);
        assertThat(spare).doesNotExist();

        Files.write(spare, new byte[BYTES]);
        SpareSpace.prepare(directory, BYTES);
        assertThat(spare).hasSize(BYTES);
    }

    @Test
    void whatACrashCutOffIsMadeWhole() throws Exception {
        Files.write(spare, new byte[BYTES / 2]);

        SpareSpace.prepare(directory, 2L * BYTES);

        awaitSpare();
    }

    @Test
    void aDirectoryThatIsNotThereEndsNoStart() {
        SpareSpace.prepare(directory.resolve("none"));
    }
}
