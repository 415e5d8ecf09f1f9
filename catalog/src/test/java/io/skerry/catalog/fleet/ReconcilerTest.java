package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.testing.InlineBackground;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
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

    /// Of locations as of everything else: the rest may wait for databases for as long as those are being filled.
    @Test
    void aLocationDoesNotWaitForADatabaseThatIsBeingFilled() throws InterruptedException {
        DatabaseRoute shop = create("shop", null);
        CountDownLatch end = new CountDownLatch(1);
        cluster.node("fra").holdFills(end);
        Thread copying = Thread.ofVirtual().start(() -> create("copy", new Seed.Copy(shop)));
        Await.until(
                "the copy is being filled",
                () -> cluster.node("fra").databases(group().id()).size() == 3);
        assertThat(cluster.node("bos").groups()).containsExactly(group().id());

        assertThat(cluster.fleet().reconcile()).isFalse();

        assertThat(cluster.node("bos").groups()).isEmpty();
        end.countDown();
        copying.join();
    }

    /// Another node may have come to lead while nodes were asked.
    @Test
    void theCatalogIsProvedAgainAfterTheNodesWereAsked() {
        cluster.node("lhr").whenAsked(() -> cluster.database().refuse(Code.NOT_LEADER));
        assertThat(cluster.fleet().reconcile()).isFalse();
        assertThat(cluster.node("lhr").databases(NAMELESS)).containsExactly(ORPHAN);
        assertThat(cluster.node("fra").databases(group().id())).containsExactly(ORPHAN);
    }

    @Test
    void whatKeepsComingIsSaidOnceUntilItIsOver() {
        List<String> log = new ArrayList<>();
        Reconciler reconciler = reconciler(log);
        cluster.database().refuse(Code.UNAVAILABLE);
        reconciler.run();
        reconciler.run();
        assertThat(log).hasSize(1).first().asString().startsWith("nodes are left as they are");
        cluster.database().refuse(null);
        cluster.node("lhr").reachable(false);
        reconciler.run();
        reconciler.run();
        assertThat(log).hasSize(2).last().asString().startsWith("could not ask node lhr-1");
        cluster.node("lhr").reachable(true);
        assertThat(reconciler.run()).isTrue();
        cluster.database().refuse(Code.UNAVAILABLE);
        reconciler.run();
        assertThat(log).hasSize(3).last().isEqualTo(log.getFirst());
    }

    /// The node says so itself.
    @Test
    void ofAFullDiskNothingIsSaidHere() {
        List<String> log = new ArrayList<>();
        cluster.database().refuse(Code.DISK_FULL);
        assertThat(reconciler(log).run()).isFalse();
        assertThat(log).isEmpty();
    }

    private Reconciler reconciler(List<String> log) {
        Members members = new Members(cluster.catalog(), cluster::client);
        Creations creations = new Creations();
        return new Reconciler(
                cluster.catalog(),
                members,
                creations,
                new Placement(cluster.catalog(), members, FleetLimits.DEFAULT, new InlineBackground(), log::add),
                new Drafts(cluster.catalog(), members, creations, new FillOrders(), FleetLimits.DEFAULT),
                FleetLimits.DEFAULT,
                log::add);
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
