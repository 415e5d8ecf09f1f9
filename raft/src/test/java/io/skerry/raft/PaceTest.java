package io.skerry.raft;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PaceTest {

    @Test
    void bytesAreNotSpentBeforeTheirTime() {
        long start = System.nanoTime();
        Pace pace = new Pace(1_000_000);
        for (int i = 0; i < 10; i++) {
            pace.spent(5_000);
        }
        // Sleeping longer is allowed to any scheduler, less never.
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(50_000_000L);
    }
}
