package io.skerry.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.testing.LaggingDatabase;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A copy of the catalog that is behind until somebody waits for it.
class FreshnessTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final TestCluster cluster = new TestCluster();
    private final LaggingDatabase lagging = new LaggingDatabase(cluster.database());
    private final Catalog catalog = new Catalog(lagging);
    private final AtomicInteger questions = new AtomicInteger();

    @AfterEach
    void close() {
        lagging.close();
        cluster.close();
    }

    private Freshness asking(Freshness.Leader leader) {
        return new Freshness(
                catalog,
                limit -> {
                    questions.incrementAndGet();
                    return leader.frame(limit);
                },
                LIMIT);
    }

    private Freshness asking() {
        return asking(limit -> Optional.of(cluster.catalog().frame()));
    }

    private DatabaseRoute find(Freshness freshness, String name) {
        return freshness.look(
                () -> catalog.byName("acme", name).orElseThrow(), e -> e instanceof NoSuchElementException);
    }

    private void create(String name) {
        Group group = cluster.group("default");
        cluster.fleet().createDatabase(cluster.acme(), group, name, SizeLimit.NONE, Actor.SYSTEM);
    }

    @Test
    void whatWasMadeElsewhereIsFound() {
        create("shop");
        assertThat(catalog.byName("acme", "shop")).isEmpty();
        assertThat(find(asking(), "shop").database().name()).isEqualTo("shop");
        assertThat(questions).hasValue(1);
    }

    @Test
    void whatIsKnownCostsNoQuestion() {
        create("shop");
        lagging.awaitFrame(cluster.catalog().frame(), LIMIT);
        find(asking(), "shop");
        assertThat(questions).hasValue(0);
    }

    @Test
    void whatIsNowhereIsAskedForOnce() {
        create("shop");
        assertThatThrownBy(() -> find(asking(), "nothing")).isInstanceOf(NoSuchElementException.class);
        assertThat(questions).hasValue(1);
    }

    @Test
    void withoutALeaderWhatIsKnownHasToDo() {
        create("shop");
        Freshness alone = asking(Freshness.HERE);
        assertThatThrownBy(() -> find(alone, "shop")).isInstanceOf(NoSuchElementException.class);
        Freshness lost = asking(limit -> {
            throw new DatabaseException(Code.UNAVAILABLE, "does not answer");
        });
        assertThatThrownBy(() -> find(lost, "shop")).isInstanceOf(NoSuchElementException.class);
        assertThat(questions).hasValue(2);
    }

    @Test
    void thoseWhoComeWhileAQuestionIsUnderWayShareTheNextOne() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch answer = new CountDownLatch(1);
        Freshness freshness = asking(limit -> {
            var frame = cluster.catalog().frame();
            asked.countDown();
            await(answer);
            return Optional.of(frame);
        });
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Boolean> first = threads.submit(freshness::catchUp);
            await(asked);
            // After the leader said how far it is: the question that is under way must not do for it.
            create("shop");
            List<Future<DatabaseRoute>> later = new ArrayList<>();
            AtomicInteger missed = new AtomicInteger();
            for (int i = 0; i < 50; i++) {
                later.add(threads.submit(() -> freshness.look(
                        () -> catalog.byName("acme", "shop").orElseThrow(), e -> missed.incrementAndGet() > 0)));
            }
            Await.until("all wait for one answer", () -> missed.get() >= 50 && freshness.waiting() >= 50);
            assertThat(questions).hasValue(1);
            answer.countDown();
            assertThat(first.get(60, TimeUnit.SECONDS)).isTrue();
            for (Future<DatabaseRoute> found : later) {
                assertThat(found.get(60, TimeUnit.SECONDS).database().name()).isEqualTo("shop");
            }
            assertThat(questions).hasValue(2);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
