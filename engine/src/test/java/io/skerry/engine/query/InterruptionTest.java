package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class InterruptionTest {

    private static final long LIMIT = 100;

    private final AtomicInteger interrupts = new AtomicInteger();

    private static final class Owner implements Interruption.Owner {
        private volatile boolean ended;

        @Override
        public boolean ended() {
            return ended;
        }
    }

    @Test
    void endsOnlyWhatRunsTooLong() {
        var interruption = new Interruption(interrupts::incrementAndGet, LIMIT, () -> {});
        interruption.check(1_000);
        interruption.begin(new Owner(), 0, false);
        interruption.check(LIMIT);
        assertThat(interrupts).hasValue(0);
        interruption.check(LIMIT + 1);
        interruption.check(LIMIT + 2);
        assertThat(interrupts).hasValue(2);
        assertThat(interruption.end()).isEqualTo(Interruption.Cause.TIMEOUT);
        interruption.check(10_000);
        assertThat(interrupts).hasValue(2);
    }

    @Test
    void whatBeginsForAnOwnerThatHasEndedIsInterrupted() {
        var interruption = new Interruption(interrupts::incrementAndGet, LIMIT, () -> {});
        var owner = new Owner();
        interruption.begin(owner, 0, false);
        interruption.check(0);
        assertThat(interruption.end()).isEqualTo(Interruption.Cause.NONE);
        owner.ended = true;
        interruption.check(0);
        assertThat(interrupts).hasValue(0);
        interruption.begin(owner, 0, false);
        interruption.check(0);
        assertThat(interruption.end()).isEqualTo(Interruption.Cause.OWNER);
        assertThat(interrupts).hasValue(1);
    }

    @Test
    void onlyWhatCanMoveIsMoved() {
        var interruption = new Interruption(interrupts::incrementAndGet, 2 * Interruption.CARRIER_NANOS, () -> {});
        interruption.begin(new Owner(), 0, false);
        interruption.check(Interruption.CARRIER_NANOS + 1);
        assertThat(interruption.end()).isEqualTo(Interruption.Cause.NONE);
        interruption.begin(new Owner(), 0, true);
        interruption.check(Interruption.CARRIER_NANOS);
        assertThat(interrupts).hasValue(0);
        interruption.check(Interruption.CARRIER_NANOS + 1);
        assertThat(interruption.end()).isEqualTo(Interruption.Cause.MOVED);
        interruption.begin(new Owner(), 0, true);
        interruption.check(2 * Interruption.CARRIER_NANOS + 1);
        assertThat(interruption.end()).isEqualTo(Interruption.Cause.TIMEOUT);
    }

    @Test
    void tellsThatThereIsSomethingToLookAfter() {
        var begun = new AtomicInteger();
        var interruption = new Interruption(() -> {}, LIMIT, begun::incrementAndGet);
        assertThat(interruption.check(0)).isFalse();
        interruption.begin(new Owner(), 0, false);
        assertThat(begun).hasValue(1);
        assertThat(interruption.check(0)).isTrue();
        assertThat(interruption.check(LIMIT + 1))
                .as("until the interrupt is heard")
                .isTrue();
        assertThat(interruption.check(LIMIT + 2)).isTrue();
        interruption.end();
        assertThat(interruption.check(0)).isFalse();
        interruption.beginUntimed();
        assertThat(begun)
                .as("work of the platform as well: a close interrupts it")
                .hasValue(2);
    }

    @Test
    void neverHitsTheNextRun() throws Exception {
        var running = new AtomicBoolean();
        var strays = new AtomicInteger();
        var interruption = new Interruption(
                () -> {
                    if (!running.get()) {
                        strays.incrementAndGet();
                    }
                },
                LIMIT,
                () -> {});
        var old = new Owner();
        old.ended = true;
        var next = new Owner();
        var stop = new AtomicBoolean();
        var other = Thread.ofPlatform().start(() -> {
            while (!stop.get()) {
                interruption.check(LIMIT * 2);
            }
        });
        for (var i = 0; i < 20_000; i++) {
            running.set(true);
            interruption.begin(i % 2 == 0 ? old : next, i % 3 == 0 ? 0 : LIMIT * 2, false);
            interruption.end();
            running.set(false);
        }
        stop.set(true);
        other.join();
        assertThat(strays).hasValue(0);
    }
}
