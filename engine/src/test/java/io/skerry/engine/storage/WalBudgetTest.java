package io.skerry.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WalBudgetTest {

    private static final int FRAME_BYTES = 4_000;

    private final WalBudget budget = new WalBudget(FRAME_BYTES, 1_000L * FRAME_BYTES);

    @Test
    void isSpentByAsMuchAsTheSettingsSay() {
        assertThat(budget.isSpent(999)).isFalse();
        assertThat(budget.isSpent(1_000)).isTrue();
    }

    /// The second is a WAL of more bytes than fit into 31 bits.
    @ParameterizedTest
    @ValueSource(ints = {1_000, 1_000_000})
    void afterAFailureTheNextTryWaitsForAQuarterMore(int frames) {
        budget.failed(frames);
        assertThat(budget.isSpent(frames + frames / 4 - 1)).isFalse();
        assertThat(budget.isSpent(frames + frames / 4)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 1_000_000})
    void afterAReaderWasInTheWayItWaitsForWhatTheSettingsSayBesides(int frames) {
        budget.keptFromCompleting(frames);
        assertThat(budget.isSpent(frames + frames / 4 + 999)).isFalse();
        assertThat(budget.isSpent(frames + frames / 4 + 1_000)).isTrue();
    }

    @Test
    void isAsInTheBeginningAfterACheckpoint() {
        budget.failed(10_000);
        budget.renew();
        assertThat(budget.isSpent(1_000)).isTrue();
        assertThat(budget.isSpent(999)).isFalse();
    }
}
