package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimedOutputTest {

    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    @Test
    void whatComesInTimeIsTaken() throws IOException {
        try (var out = new TimedOutput(taken, Duration.ofHours(1))) {
            out.write(new byte[] {1, 2, 3}, 1, 2);
            out.write(4);
        }
        assertThat(taken.toByteArray()).containsExactly(2, 3, 4);
    }

    @Test
    void afterwardsNothingIs() throws IOException {
        try (var out = new TimedOutput(taken, Duration.ofSeconds(-1))) {
            assertThatThrownBy(() -> out.write(new byte[3], 0, 3))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("did not end within");
            assertThatThrownBy(() -> out.write(1)).isInstanceOf(IOException.class);
        }
        assertThat(taken.size()).isZero();
    }
}
