package io.skerry.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.testing.Await;
import io.skerry.raft.NodeId;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
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

    private final Set<NodeId> answering = ConcurrentHashMap.newKeySet();
    private final AtomicInteger resumed = new AtomicInteger();

    private final LeaderDuties.Lead lead = new LeaderDuties.Lead() {
        @Override
        public OptionalLong term() {
            looking = Thread.currentThread();
            looks.incrementAndGet();
            return leads.get() ? OptionalLong.of(term.get()) : OptionalLong.empty();
        }

        @Override
        public Set<NodeId> answering() {
            return Set.copyOf(answering);
        }
    };

    /// @param done in the first term
    private LeaderDuties duties(BooleanSupplier duty, boolean done, Duration again, Duration period) {
        return duties(duty, done, new LeaderDuties.Times(SOON, again, LATER, period));
    }

    private LeaderDuties duties(BooleanSupplier duty, boolean done, LeaderDuties.Times times) {
        LeaderDuties.Duties all = new LeaderDuties.Duties() {
            @Override
            public boolean run() {
                return duty.getAsBoolean();
            }

            @Override
            public void resume() {
                resumed.incrementAndGet();
            }
        };
        return new LeaderDuties(lead, all, done ? OptionalLong.of(1) : OptionalLong.empty(), times);
    }

    @Test
    void whoLostTheLeadAndHasItAgainDoesThemThoughNobodySawHimWithoutIt() throws InterruptedException {
        leads.set(true);
        try (LeaderDuties duties = duties(this::done, true, SOON, LATER)) {
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
        try (LeaderDuties duties = duties(this::done, false, SOON, LATER)) {
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
        try (LeaderDuties duties = duties(this::done, true, SOON, LATER)) {
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
        try (LeaderDuties duties = duties(thirdTime, false, SOON, LATER)) {
            Await.until("it is done", () -> calls.get() == 3);
            awaitLooks();
            assertThat(calls).hasValue(3);
            assertThat(duties).isNotNull();
        }
    }

    @Test
    void thePauseAfterAFailureDoublesUpToItsLimitAndIsShortAgainAfterASuccess() {
        LeaderDuties.Times times = LeaderDuties.Times.DEFAULT;
        assertThat(IntStream.range(0, 8).mapToObj(times::again).map(Duration::toSeconds))
                .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L);
        assertThat(times.again(Integer.MAX_VALUE)).isEqualTo(Duration.ofMinutes(1));

        leads.set(true);
        // As failures in a row they would be hours apart in the end.
        LeaderDuties.Times doubled = new LeaderDuties.Times(SOON, Duration.ofMillis(1), LATER, SOON);
        BooleanSupplier everyOther = () -> calls.incrementAndGet() % 2 == 0;
        try (LeaderDuties duties = duties(everyOther, false, doubled)) {
            Await.until("failures and successes", () -> calls.get() > 60);
            assertThat(duties).isNotNull();
        }
    }

    /// What it is asked for may have been what failed.
    @Test
    void whatFailedIsTriedAtOnceWhenANodeAnswersAgain() {
        leads.set(true);
        BooleanSupplier duty = () -> calls.incrementAndGet() > 1;
        try (LeaderDuties duties = duties(duty, false, LATER, LATER)) {
            awaitLooks();
            assertThat(calls).hasValue(1);
            int before = resumed.get();

            answering.add(new NodeId("lhr-1"));

            Await.until("it is done", () -> calls.get() == 2);
            assertThat(resumed).hasValue(before + 1);
            answering.clear();
            awaitLooks();
            answering.add(new NodeId("lhr-1"));
            awaitLooks();
            assertThat(calls).as("nothing had failed").hasValue(2);
            assertThat(resumed).as("nor is it known here").hasValue(before + 2);
            assertThat(duties).isNotNull();
        }
    }

    @Test
    void whatWaitsIsResumedByWhoComesToLead() {
        try (LeaderDuties duties = duties(this::done, true, LATER, LATER)) {
            answering.add(new NodeId("lhr-1"));
            awaitLooks();
            assertThat(resumed).hasValue(0);
            leads.set(true);
            Await.until("it is done", () -> calls.get() == 1);
            assertThat(resumed).hasValue(1);
            assertThat(duties).isNotNull();
        }
    }

    @Test
    void afterAWhileTheyAreDoneAgain() throws InterruptedException {
        leads.set(true);
        try (LeaderDuties duties = duties(this::done, true, LATER, SOON)) {
            Await.until("it is done", () -> calls.get() >= 3);
            assertThat(duties).isNotNull();
        }
    }

    @Test
    void whoIsClosedLooksNoMore() throws InterruptedException {
        LeaderDuties duties = duties(this::done, true, SOON, LATER);
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
