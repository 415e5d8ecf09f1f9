package io.skerry.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.engine.Shares.Got;
import java.time.Duration;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SharesTest {

    @Test
    void whoHasHisShareLeavesTheRestToOthers() {
        Shares<String> shares = new Shares<>(3, 2);
        assertThat(shares.tryAcquire("ana")).isEqualTo(Got.PERMIT);
        assertThat(shares.tryAcquire("ana")).isEqualTo(Got.PERMIT);
        assertThat(shares.tryAcquire("ana")).isEqualTo(Got.SHARE_TAKEN);
        assertThat(shares.tryAcquire("bob")).isEqualTo(Got.PERMIT);
        shares.release("ana");
        assertThat(shares.tryAcquire("ana")).isEqualTo(Got.PERMIT);
    }

    @Test
    void whoFindsAllTakenHasNothingOfHisShare() {
        Shares<String> shares = new Shares<>(1, 1);
        assertThat(shares.tryAcquire("ana")).isEqualTo(Got.PERMIT);
        assertThat(shares.tryAcquire("bob")).isEqualTo(Got.ALL_TAKEN);
        assertThat(shares.tryAcquire("bob")).isEqualTo(Got.ALL_TAKEN);
        shares.release("ana");
        assertThat(shares.tryAcquire("bob")).isEqualTo(Got.PERMIT);
    }

    private static Thread waiting(FutureTask<Got> attempt) {
        Thread thread = Thread.ofPlatform().start(attempt);
        while (thread.getState() != Thread.State.TIMED_WAITING && thread.isAlive()) {
            Thread.onSpinWait();
        }
        return thread;
    }

    @Test
    @Timeout(60)
    void whoWaitsGetsWhatIsGivenBack() throws Exception {
        Shares<String> shares = new Shares<>(1, 1);
        assertThat(shares.tryAcquire("ana", Duration.ZERO)).isEqualTo(Got.PERMIT);
        FutureTask<Got> bob = new FutureTask<>(() -> shares.tryAcquire("bob", Duration.ofHours(1)));
        waiting(bob);
        assertThat(shares.tryAcquire("bob", Duration.ofHours(1)))
                .as("who waits counts")
                .isEqualTo(Got.SHARE_TAKEN);
        shares.release("ana");
        assertThat(bob.get()).isEqualTo(Got.PERMIT);
    }

    @Test
    @Timeout(60)
    void whoWaitedInVainHasNothing() throws Exception {
        Shares<String> shares = new Shares<>(1, 1);
        assertThat(shares.tryAcquire("ana")).isEqualTo(Got.PERMIT);
        assertThat(shares.tryAcquire("bob", Duration.ofMillis(1))).isEqualTo(Got.ALL_TAKEN);
        FutureTask<Got> bob = new FutureTask<>(() -> shares.tryAcquire("bob", Duration.ofHours(1)));
        waiting(bob).interrupt();
        assertThatThrownBy(bob::get).hasCauseInstanceOf(InterruptedException.class);
        shares.release("ana");
        assertThat(shares.tryAcquire("bob")).isEqualTo(Got.PERMIT);
    }
}
