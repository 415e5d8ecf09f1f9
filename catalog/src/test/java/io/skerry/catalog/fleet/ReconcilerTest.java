package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.testing.Await;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What the catalog does not name is removed only on the word of one that is surely the newest.
class ReconcilerTest {

    private static final Duration LIMIT = Duration.ofSeconds(1);
    private static final GroupId NAMELESS = new GroupId(UUID.randomUUID());
    private static final DatabaseId ORPHAN = new DatabaseId(UUID.randomUUID());

    private final TestCluster cluster = new TestCluster();

    /// A group at lhr and a database of `default` that the catalog does not name, and a member too many.
    @BeforeEach
    void whatTheCatalogDoesNotName() {
        cluster.node("lhr").createGroup(NAMELESS, LIMIT);
        cluster.node("lhr").createDatabase(NAMELESS, ORPHAN);
        cluster.node("fra").createDatabase(group().id(), ORPHAN);
        cluster.fleet().addLocation(group(), new LocationCode("bos"), Actor.SYSTEM);
        cluster.catalog().write(sql -> {
            Groups.removeLocation(sql, Groups.all(sql).getFirst().id(), new LocationCode("bos"));
            return true;
        });
    }

    @AfterEach
    void close() {
        cluster.close();
    }

    @Test
    void aCatalogThatMayBeBehindRemovesNothing() {
        for (Code code : new Code[] {Code.NOT_LEADER, Code.UNAVAILABLE, Code.OUTCOME_UNKNOWN, Code.DISK_FULL}) {
            cluster.database().refuse(code);
            cluster.fleet().reconcile();
            assertThat(cluster.node("lhr").databases(NAMELESS)).containsExactly(ORPHAN);
            assertThat(cluster.node("fra").databases(group().id())).containsExactly(ORPHAN);
            assertThat(cluster.node("bos").databases(group().id())).containsExactly(ORPHAN);
        }
    }

    @Test
    void aGroupIsSetAsideAndNotDeleted() {
        cluster.fleet().reconcile();
        assertThat(cluster.node("lhr").groups()).isEmpty();
        assertThat(cluster.node("lhr").aside()).containsEntry(NAMELESS, Set.of(ORPHAN));
        assertThat(cluster.node("fra").databases(group().id())).isEmpty();
        assertThat(cluster.node("bos").groups()).isEmpty();
    }

    /// It is on its node already, and in the catalog later.
    @Test
    void aDatabaseThatIsBeingFilledIsLeftAlone() throws InterruptedException {
        cluster.fleet().reconcile();
        DatabaseRoute shop = create("shop", null);
        CountDownLatch end = new CountDownLatch(1);
        cluster.node("fra").holdFills(end);
        Thread copying = Thread.ofVirtual().start(() -> create("copy", new Seed.Copy(shop)));
        Await.until(
                "the copy is being filled",
                () -> cluster.node("fra").databases(group().id()).size() == 2);

        assertThat(cluster.fleet().reconcile()).isFalse();

        assertThat(cluster.node("fra").databases(group().id())).hasSize(2);
        end.countDown();
        copying.join();
        assertThat(cluster.fleet().reconcile()).isTrue();
        assertThat(cluster.node("fra").databases(group().id())).hasSize(2);
        assertThat(cluster.catalog().byName("acme", "copy")).isPresent();
    }

    private DatabaseRoute create(String name, @Nullable Seed seed) {
        if (seed == null) {
            cluster.fleet().createDatabase(cluster.acme(), group(), name, SizeLimit.NONE, Actor.SYSTEM);
        } else {
            cluster.fleet().createDatabase(cluster.acme(), group(), name, SizeLimit.NONE, seed, Actor.SYSTEM);
        }
        return cluster.catalog().byName("acme", name).orElseThrow();
    }

    private Group group() {
        return cluster.catalog().read(Groups::all).getFirst();
    }
}
