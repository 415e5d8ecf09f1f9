package io.skerry.engine.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.testing.Await;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WatchdogTest {

    private final Watchdog watchdog = new Watchdog();
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicBoolean busy = new AtomicBoolean();

    @AfterEach
    void close() {
        watchdog.close();
    }

    private boolean look(long nowNanos) {
        looks.incrementAndGet();
        return busy.get();
    }

    private void awaitLooks() {
        var seen = looks.get();
        Await.until("more looks", () -> looks.get() > seen + 20);
    }

    @Test
    void restsWhileThereIsNothingToLookAfter() {
        watchdog.add(this::look);
        Await.until("it rests", watchdog::resting);
        busy.set(true);
        watchdog.wake();
        awaitLooks();
        assertThat(watchdog.resting()).isFalse();
        busy.set(false);
        Await.until("it rests", watchdog::resting);
        watchdog.add(now -> true);
        awaitLooks();
    }

    /// The statement begins just before it can see that the thread rests: nobody would wake it.
    @Test
    void seesWhatBeginsWhileItGoesToRest() {
        watchdog.add(now -> {
            looks.incrementAndGet();
            return watchdog.resting();
        });
        awaitLooks();
    }

    @Test
    void toldToStopItDoesNotRest() {
        var stops = new AtomicInteger();
        watchdog.add(new Watchdog.Watched() {
            @Override
            public boolean check(long nowNanos) {
                return false;
            }

            @Override
            public void stop() {
                stops.incrementAndGet();
            }
        });
        Await.until("it rests", watchdog::resting);
        watchdog.stopAll();
        Await.until("told again and again", () -> stops.get() > 20);
    }
}
