package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.GroupEdits;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The catalog says which groups are archived; nodes follow, and whatever needs them is refused.
@Timeout(120)
class ArchiveTest {

    private static final LocationCode FRA = new LocationCode("fra");
    private static final LocationCode LHR = new LocationCode("lhr");
    private static final LocationCode BOS = new LocationCode("bos");
    private static final Actor ANA = new Actor("ana", "api", "127.0.0.1", "req-1");

    private final TestCluster cluster = new TestCluster(new FleetSizes(2, 100));

    @AfterEach
    void close() {
        cluster.close();
    }

    private Group group() {
        return group("default");
    }

    private Group group(String name) {
        return cluster.group(name);
    }

    private DatabaseRoute shop() {
        return cluster.catalog().byName("acme", "shop").orElseThrow();
    }

    private void archiveWithShop() {
        cluster.fleet().createDatabase(cluster.acme(), group(), "shop", SizeLimit.NONE, ANA);
        cluster.fleet().addLocation(group(), LHR, ANA);
        assertThat(cluster.fleet().archiveGroup(group(), ANA).archived()).isTrue();
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CatalogException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(CatalogException.Reason.INVALID))
                .hasMessageContaining("group default is archived")
                .hasMessageContaining("unarchive");
    }

    @Test
    void itsNodesCloseItAndOpenItAgainAndEachIsInTheAuditLogOnce() {
        archiveWithShop();
        cluster.fleet().archiveGroup(group(), ANA);
        for (String location : List.of("fra", "lhr")) {
            assertThat(cluster.node(location).archived()).containsExactly(group().id());
        }
        assertThat(cluster.fleet().states(group()))
                .hasSize(2)
                .allSatisfy(state -> assertThat(state.serving()).isFalse());

        assertThat(cluster.fleet().unarchiveGroup(group(), ANA).archived()).isFalse();
        cluster.fleet().unarchiveGroup(group(), ANA);
        cluster.node("lhr").follow();

        for (String location : List.of("fra", "lhr")) {
            assertThat(cluster.node(location).archived()).isEmpty();
            assertThat(cluster.node(location).databases(group().id())).hasSize(1);
        }
        List<Audit.Entry> entries = cluster.catalog()
                .read(sql -> Audit.newest(sql, cluster.acme(sql).id(), 2));
        assertThat(entries).extracting(Audit.Entry::action).containsExactly("group-unarchive", "group-archive");
    }

    @Test
    void whatNeedsItsNodesIsRefusedAndChangesNothing() {
        archiveWithShop();
        cluster.fleet().createGroup(cluster.acme(), "eu", FRA, "", ANA);
        long frame = cluster.catalog().frame().value();
        Fleet fleet = cluster.fleet();

        refused(() -> fleet.createDatabase(cluster.acme(), group(), "new", SizeLimit.NONE, ANA));
        refused(() -> fleet.createDatabase(cluster.acme(), group(), "new", SizeLimit.NONE, new Seed.Upload(), ANA));
        refused(() ->
                fleet.createDatabase(cluster.acme(), group("eu"), "copy", SizeLimit.NONE, new Seed.Copy(shop()), ANA));
        refused(() -> fleet.addLocation(group(), BOS, ANA));
        refused(() -> fleet.removeLocation(group(), LHR, ANA));
        refused(() -> fleet.awaitLocation(group(), LHR, Duration.ofSeconds(1)));

        assertThat(cluster.catalog().frame().value()).isEqualTo(frame);
        assertThat(cluster.node("fra").files(group().id())).hasSize(1);
    }

    @Test
    void itIsRenamedProtectedAndDeletedAndADatabaseThatIsDeletedLosesItsFilesWhenItIsBack() {
        archiveWithShop();
        GroupEdits edits = new GroupEdits(cluster.catalog());
        edits.protect(edits.rename(group(), "eu", ANA), true, ANA);
        DatabaseId shop = shop().database().id();
        cluster.fleet().deleteDatabase(shop(), ANA);
        assertThat(cluster.node("fra").files(group("eu").id())).containsExactly(shop);

        cluster.fleet().unarchiveGroup(group("eu"), ANA);

        GroupId eu = group("eu").id();
        List<DatabaseId> left = cluster.catalog().read(sql -> Databases.idsOf(sql, eu));
        assertThat(left).isEmpty();
        assertThat(cluster.node("fra").files(group("eu").id())).isEmpty();
        cluster.fleet().archiveGroup(group("eu"), ANA);
        edits.protect(group("eu"), false, ANA);
        cluster.fleet().deleteGroup(group("eu"), ANA);
        assertThat(cluster.node("fra").groups()).isEmpty();
        assertThat(cluster.node("lhr").groups()).isEmpty();
    }

    @Test
    void anArchivedGroupLeavesItsPlaceToAnotherAndComesBackWhenThereIsRoom() {
        cluster.fleet().createGroup(cluster.acme(), "second", FRA, "", ANA);
        assertThatThrownBy(() -> cluster.fleet().createGroup(cluster.acme(), "third", FRA, "", ANA))
                .hasMessageContaining("maximum group count");
        cluster.fleet().archiveGroup(group(), ANA);
        cluster.fleet().createGroup(cluster.acme(), "third", FRA, "", ANA);

        assertThatThrownBy(() -> cluster.fleet().unarchiveGroup(group(), ANA))
                .isInstanceOf(CatalogException.class)
                .hasMessageContaining("maximum group count of 2 reached at location fra");
        assertThat(group().archived()).isTrue();
        cluster.fleet().archiveGroup(group("third"), ANA);
        assertThat(cluster.fleet().unarchiveGroup(group(), ANA).archived()).isFalse();
    }

    @Test
    void aNodeThatIsAwayFollowsWhenItIsBack() {
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.node("lhr").reachable(false);
        cluster.fleet().archiveGroup(group(), ANA);
        cluster.node("lhr").reachable(true);
        assertThat(cluster.node("lhr").archived()).isEmpty();

        cluster.node("lhr").follow();

        assertThat(cluster.node("lhr").archived()).containsExactly(group().id());
        assertThat(cluster.fleet().reconcile()).isTrue();
        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
    }

    @Test
    void aLocationThatHadNotJoinedDoesSoWhenTheGroupIsBack() {
        cluster.node("lhr").reachable(false);
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.fleet().archiveGroup(group(), ANA);
        cluster.node("lhr").reachable(true);
        while (cluster.background().runWaiting() > 0) {
            assertThat(cluster.node("lhr").groups()).isEmpty();
        }

        cluster.fleet().unarchiveGroup(group(), ANA);

        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
    }

    @Test
    void whateverIsAskedAtTheSameTimeNodesAndCatalogAgreeAtTheEnd() throws Exception {
        Group group = group();
        try (Fleet fleet = cluster.threadedFleet();
                ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Group>> calls = clients.invokeAll(java.util.stream.IntStream.range(0, 40)
                    .<java.util.concurrent.Callable<Group>>mapToObj(
                            n -> () -> n % 2 == 0 ? fleet.archiveGroup(group, ANA) : fleet.unarchiveGroup(group, ANA))
                    .toList());
            for (Future<Group> call : calls) {
                assertThat(call.get().id()).isEqualTo(group.id());
            }
        }
        cluster.node("fra").follow();
        assertThat(cluster.node("fra").archived().contains(group.id())).isEqualTo(group().archived());
    }
}
