package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.progress.Progress;
import io.skerry.catalog.progress.ProgressLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FillOutputTest {

    private static final byte[] HEADER =
            ByteBuffer.allocate(12).putInt(4096).putLong(3).array();

    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();
    private final List<Long> announced = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();
    private final Progress told = new Progress();

    private FillOutput open(Duration silence) {
        return new FillOutput(
                taken, silence, new ProgressLog("it", 0, Duration.ZERO, lines::add, told), announced::add);
    }

    @Test
    void itSaysHowMuchComesAndHowFarItIs() throws IOException {
        try (FillOutput out = open(Duration.ofHours(1))) {
            out.write(HEADER[0]);
            out.write(HEADER, 1, 10);
            assertThat(announced).isEmpty();
            out.write(HEADER, 11, 1);
            assertThat(announced).containsExactly(3 * 4096L);
            out.write(new byte[4096], 0, 4096);
        }
        assertThat(announced).hasSize(1);
        assertThat(taken.size()).isEqualTo(12 + 4096);
        assertThat(lines).last().asString().startsWith("it: 4096 of 12288 bytes, ");
    }

    @Test
    void afterASilenceNothingIsTaken() throws IOException {
        try (FillOutput out = open(Duration.ofSeconds(-1))) {
            assertThatThrownBy(() -> out.write(new byte[3], 0, 3))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("nothing came for");
        }
        assertThat(taken.size()).isZero();
    }

    @Test
    void whoIsInterruptedWritesNoMore() throws IOException {
        try (FillOutput out = open(Duration.ofHours(1))) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> out.write(1)).isInstanceOf(InterruptedIOException.class);
        } finally {
            assertThat(Thread.interrupted()).isTrue();
        }
        assertThat(taken.size()).isZero();
    }
}
