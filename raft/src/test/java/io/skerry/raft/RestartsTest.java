package io.skerry.raft;

import static io.skerry.raft.TestCluster.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.engine.GroupId;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class RestartsTest implements Restarts.Server {

    private static final GroupId GROUP = new GroupId(new UUID(1, 1));
    private static final GroupId OTHER = new GroupId(new UUID(2, 2));

    private final Map<GroupId, Integer> opened = new ConcurrentHashMap<>();
    private volatile Consumer<GroupId> onClose = group -> {};
    private volatile Consumer<GroupId> onOpen = group -> {};
    private final Looks space = new Looks(true);
    private final Looks leaving = new Looks(false);
    private final AtomicBoolean here = new AtomicBoolean(true);

    /// What is looked at before a group is started.
    private static final class Looks {

        private final AtomicInteger count = new AtomicInteger();
        private volatile boolean now;

        Looks(boolean first) {
            now = first;
        }

        boolean look() {
            boolean seen = now;
            count.incrementAndGet();
            return seen;
        }
    }

    Workers workers;
    Restarts restarts;

    @BeforeEach
    void begin() {
        workers = new Workers(new NodeId("fra"));
        restarts = new Restarts(this, new GroupLocks(), workers, group -> here.get(), space::look, () -> false);
    }

    @AfterEach
    void end() {
        workers.close();
    }

    @Override
    public boolean isLeaving(GroupId group) {
        return leaving.look();
    }

    @Override
    public void close(GroupId group, Deadline deadline) {
        onClose.accept(group);
    }

    @Override
    public void open(GroupId group, Deadline deadline) {
        opened.merge(group, 1, Integer::sum);
        onOpen.accept(group);
    }

    private int opened(GroupId group) {
        return opened.getOrDefault(group, 0);
    }

    /// Its log may meet the full disk again at once.
    @Test
    void aGroupThatFailsWhileItIsStartedAgainIsStartedOnceMore() {
        onOpen = group -> {
            if (opened(group) == 1) {
                restarts.ask(group);
            }
        };
        restarts.ask(GROUP);

        await("it is started twice", () -> opened(GROUP) == 2 && !restarts.has(GROUP));
    }

    @Test
    void whatIsAskedForBySomethingThatClosesIsDoneByTheStartThatFollows() {
        onClose = restarts::ask;
        restarts.ask(GROUP);

        await("it is started", () -> !restarts.has(GROUP));
        assertThat(opened(GROUP)).isEqualTo(1);
    }

    @Test
    void aGroupThatHangsDoesNotKeepOthersFromBeingStarted() {
        var release = new CountDownLatch(1);
        onClose = group -> {
            if (group.equals(GROUP)) {
                hang(release);
            }
        };
        restarts.ask(GROUP);
        restarts.ask(OTHER);
        try {
            await("the other is started", () -> opened(OTHER) == 1);
            assertThat(opened(GROUP)).isZero();
        } finally {
            release.countDown();
        }
        await("it is started", () -> opened(GROUP) == 1);
    }

    @Test
    void itIsTriedUntilItSucceeds() {
        onOpen = group -> {
            if (opened(group) == 1) {
                throw new IllegalStateException("not yet");
            }
        };
        restarts.ask(GROUP);
        restarts.ask(GROUP);

        await("it is started", () -> opened(GROUP) == 2 && !restarts.has(GROUP));
    }

    @Test
    void aGroupIsStartedWhenThereIsSpaceForIt() {
        assertStartsWhen(space, true);
    }

    @Test
    void aGroupThatIsBeingClosedStillIsWaitedFor() {
        assertStartsWhen(leaving, false);
    }

    private void assertStartsWhen(Looks looks, boolean wanted) {
        looks.now = !wanted;
        restarts.ask(GROUP);
        await("it looked twice", () -> looks.count.get() >= 2);
        assertThat(opened(GROUP)).isZero();
        looks.now = wanted;

        await("it is started", () -> opened(GROUP) == 1 && !restarts.has(GROUP));
    }

    /// The log's end may be told of later than that of the group.
    @Test
    void aGroupThatIsArchivedOrDeletedMeanwhileIsNotStarted() {
        here.set(false);
        restarts.ask(GROUP);

        await("it is given up", () -> !restarts.has(GROUP));
        assertThat(opened(GROUP)).isZero();
    }

    @Test
    void aGroupThatIsForgottenIsNotStarted() {
        restarts.ask(GROUP);
        restarts.forget(GROUP);
        restarts.ask(OTHER); // whose turn comes later

        await("the other is started", () -> opened(OTHER) == 1);
        assertThat(opened(GROUP)).isZero();
    }

    @Test
    void aGroupWhoseLockIsTakenIsStartedWhenItIsFree() {
        var locks = new GroupLocks();
        var tries = new AtomicInteger();
        BooleanSupplier counted = () -> tries.incrementAndGet() > 0;
        var careful = new Restarts(this, locks, workers, group -> true, counted, () -> false);
        locks.alone(GROUP, Deadline.in(Duration.ZERO), () -> {
            careful.ask(GROUP);
            await("it is tried again", () -> tries.get() >= 2);
            assertThat(opened(GROUP)).isZero();
        });

        await("it is started", () -> opened(GROUP) == 1 && !careful.has(GROUP));
    }

    private static void hang(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
