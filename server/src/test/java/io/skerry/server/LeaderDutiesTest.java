package io.skerry.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.testing.Await;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class LeaderDutiesTest {

    private static final Duration SOON = Duration.ofMillis(1);

    private static final Duration LATER = Duration.ofHours(1);

    private final AtomicBoolean leads = new AtomicBoolean();
    private final AtomicLong term = new AtomicLong(1);
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger calls = new AtomicInteger();

    private volatile Thread looking = Thread.currentThread();

    private OptionalLong leads() {
        looking = Thread.currentThread();
        looks.incrementAndGet();
        return leads.get() ? OptionalLong.of(term.get()) : OptionalLong.empty();
    }

    @Test
    void whoLostTheLeadAndHasItAgainDoesThemThoughNobodySawHimWithoutIt() throws InterruptedException {
        leads.set(true);
        try (LeaderDuties duties = new LeaderDuties(this::leads, this::done, false, SOON, SOON, LATER)) {
            awaitLooks();
            assertThat(calls).hasValue(0);
            term.incrementAndGet();
            Await.until("it is done", () -> calls.get() == 1);
            awaitLooks();
            assertThat(calls).hasValue(1);
            assertThat(duties).isNotNull();
        }
    }

    @Test
    void whoComesToLeadDoesThemOnceAndAgainWhenHeComesToLeadAgain() throws InterruptedException {
        try (LeaderDuties duties = new LeaderDuties(this::leads, this::done, true, SOON, SOON, LATER)) {
            Await.until("it is looked for", () -> looks.get() > 3);
            assertThat(calls).hasValue(0);
            leads.set(true);
            Await.until("it is done", () -> calls.get() == 1);
            awaitLooks();
            assertThat(calls).hasValue(1);
            leads.set(false);
            awaitLooks();
            leads.set(true);
            Await.until("it is done", () -> calls.get() == 2);
            assertThat(duties).isNotNull();
        }
    }

    @Test
    void whoLedFromTheBeginningAndDidThemDoesNotDoThemAgain() throws InterruptedException {
        leads.set(true);
        try (LeaderDuties duties = new LeaderDuties(this::leads, this::done, false, SOON, SOON, LATER)) {
            awaitLooks();
            assertThat(calls).hasValue(0);
            assertThat(duties).isNotNull();
        }
    }

    @Test
    void whatCouldNotBeDoneIsTriedAgain() throws InterruptedException {
        leads.set(true);
        BooleanSupplier thirdTime = () -> switch (calls.incrementAndGet()) {
            case 1 -> false;
            case 2 -> throw new IllegalStateException("planned");
            default -> true;
        };
        try (LeaderDuties duties = new LeaderDuties(this::leads, thirdTime, true, SOON, SOON, LATER)) {
            Await.until("it is done", () -> calls.get() == 3);
            awaitLooks();
            assertThat(calls).hasValue(3);
            assertThat(duties).isNotNull();
        }
    }

    @Test
    void afterAWhileTheyAreDoneAgain() throws InterruptedException {
        leads.set(true);
        try (LeaderDuties duties = new LeaderDuties(this::leads, this::done, false, SOON, LATER, SOON)) {
            Await.until("it is done", () -> calls.get() >= 3);
            assertThat(duties).isNotNull();
        }
    }

    @Test
    void whoIsClosedLooksNoMore() throws InterruptedException {
        LeaderDuties duties = new LeaderDuties(this::leads, this::done, false, SOON, SOON, LATER);
        awaitLooks();

        duties.close();

        assertThat(looking.join(Duration.ofSeconds(60))).isTrue();
    }

    private boolean done() {
        calls.incrementAndGet();
        return true;
    }

    private void awaitLooks() {
        int before = looks.get();
        Await.until("it is looked for", () -> looks.get() > before + 3);
    }
}
