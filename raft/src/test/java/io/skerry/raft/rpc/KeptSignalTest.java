package io.skerry.raft.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.testing.Await;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class KeptSignalTest {

    private final KeptSignal signal = new KeptSignal("test");

    @Test
    void aSignalThatComesBeforeTheWaitEndsIt() throws InterruptedException {
        signal.signal();
        assertThat(signal.await(1, TimeUnit.HOURS)).isTrue();
    }

    @Test
    void aSignalEndsOneWait() throws InterruptedException {
        signal.signal();
        signal.signal();
        assertThat(signal.await(1, TimeUnit.HOURS)).isTrue();
        assertThat(signal.await(1, TimeUnit.MILLISECONDS)).isFalse();
    }

    @Test
    void aSignalWakesTheOneThatWaits() throws InterruptedException {
        var woken = new AtomicBoolean();
        Thread waiter = Thread.ofPlatform().start(() -> {
            try {
                woken.set(signal.await(1, TimeUnit.HOURS));
            } catch (InterruptedException e) {
                woken.set(false);
            }
        });
        Await.until("the one who waits does", () -> waiter.getState() == Thread.State.TIMED_WAITING);
        signal.signal();
        assertThat(waiter.join(Duration.ofSeconds(20))).isTrue();
        assertThat(woken).isTrue();
    }

    @Test
    void aPauseIsNotCutShortAndKeepsTheSignal() throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(20);
        signal.signal();
        KeptSignal.pause(end);
        assertThat(System.nanoTime() - end).isNotNegative();
        assertThat(signal.await(1, TimeUnit.HOURS)).isTrue();
    }
}
