package io.skerry.hrana.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WrittenThereTest {

    private final WrittenThere written = new WrittenThere();

    @Test
    void theNewestFrameCountsUntilTheCopyHasIt() {
        assertThat(written.frame("a")).isZero();
        written.add("a", 7);
        written.add("a", 5);
        assertThat(written.frame("a")).isEqualTo(7);
        assertThat(written.frame("b")).isZero();

        written.caughtUp("a", 6);
        assertThat(written.frame("a")).isEqualTo(7);
        written.caughtUp("a", 7);
        assertThat(written.frame("a")).isZero();
    }

    @Test
    void thoseAddedLastAreKnownAndNoMoreThanABoundedNumber() {
        int all = 3 * WrittenThere.KNOWN_MIN;
        for (int i = 0; i < all; i++) {
            written.add("d" + i, 1);
        }
        for (int i = all - WrittenThere.KNOWN_MIN; i < all; i++) {
            assertThat(written.frame("d" + i)).isOne();
        }
        for (int i = 0; i < all - 2 * WrittenThere.KNOWN_MIN; i++) {
            assertThat(written.frame("d" + i)).isZero();
        }
        written.caughtUp("d" + (all - WrittenThere.KNOWN_MIN), 1);
        assertThat(written.frame("d" + (all - WrittenThere.KNOWN_MIN))).isZero();
    }
}
