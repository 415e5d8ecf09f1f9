package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.database.SizeLimit;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.GroupEdits;
import io.skerry.catalog.group.GroupLocation;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.testing.InlineBackground;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import io.skerry.engine.testing.Await;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The catalog says where a group is to be, and its nodes follow: at once, later, or not any more.
@Timeout(120)
class PlacementTest {

    private static final LocationCode LHR = new LocationCode("lhr");
    private static final LocationCode BOS = new LocationCode("bos");
    private static final Actor ANA = new Actor("ana", "api", "127.0.0.1", "req-1");

    private final TestCluster cluster = new TestCluster();

    @AfterEach
    void close() {
        cluster.close();
    }

    private Group group() {
        return cluster.catalog().read(Groups::all).getFirst();
    }

    @Test
    void aLocationWhoseNodeIsAwayIsAddedAndJoinsWhenItIsBack() {
        cluster.fleet().createDatabase(cluster.acme(), group(), "shop", SizeLimit.NONE, ANA);
        cluster.node("lhr").reachable(false);

        assertThat(cluster.fleet().addLocation(group(), LHR, ANA).locations()).contains(LHR);

        assertThat(cluster.background().runWaiting()).isOne();
        cluster.node("lhr").reachable(true);
        assertThat(cluster.node("lhr").groups()).isEmpty();
        assertThat(cluster.background().runWaiting()).isOne();
        assertThat(cluster.node("lhr").databases(group().id()))
                .hasSize(1)
                .isEqualTo(cluster.node("fra").databases(group().id()));
        assertThat(cluster.background().runWaiting()).isZero();
    }

    @Test
    void aNodeThatIsAwayDoesNotKeepOthersFromJoining() {
        cluster.node("lhr").reachable(false);
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.fleet().addLocation(group(), BOS, ANA);
        assertThat(cluster.node("bos").groups()).containsExactly(group().id());
    }

    @Test
    void aPrimaryThatIsAwayIsAskedAgain() {
        cluster.node("fra").reachable(false);
        assertThat(cluster.fleet().addLocation(group(), LHR, ANA).locations()).contains(LHR);
        assertThat(cluster.node("lhr").groups()).isEmpty();
        cluster.node("fra").reachable(true);
        cluster.background().runWaiting();
        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
    }

    @Test
    void aLocationThatCannotBeVacatedNowIsVacatedLater() {
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.node("fra").reachable(false);
        assertThat(cluster.fleet().removeLocation(group(), LHR, ANA).locations())
                .doesNotContain(LHR);
        cluster.node("fra").reachable(true);
        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
        cluster.background().runWaiting();
        assertThat(cluster.node("lhr").groups()).isEmpty();
    }

    /// A primary that was closed in the middle of a join may have made a member of a node that has cleaned up.
    @Test
    void aMemberThatDoesNotHaveTheGroupJoinsAnew() {
        cluster.fleet().createDatabase(cluster.acme(), group(), "shop", SizeLimit.NONE, ANA);
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.fleet().addLocation(group(), BOS, ANA);
        GroupId id = group().id();
        cluster.node("lhr").deleteGroup(id, Duration.ofSeconds(1));
        cluster.node("bos").deleteGroup(id, Duration.ofSeconds(1));
        cluster.node("bos").reachable(false);

        cluster.fleet().addLocation(group(), LHR, ANA);
        assertThat(cluster.background().runWaiting()).isOne();

        assertThat(cluster.node("lhr").databases(id))
                .hasSize(1)
                .isEqualTo(cluster.node("fra").databases(id));
        // Of one that does not answer nobody knows: it is asked until it tells.
        assertThat(cluster.node("fra").members(id)).hasSize(3);
        assertThat(cluster.background().runWaiting()).isOne();
        cluster.node("bos").reachable(true);
        assertThat(cluster.node("bos").groups()).isEmpty();
        assertThat(cluster.background().runWaiting()).as("it leaves").isOne();
        assertThat(cluster.background().runWaiting()).as("it joins anew").isOne();
        assertThat(cluster.node("bos").databases(id))
                .isEqualTo(cluster.node("fra").databases(id));
        assertThat(cluster.background().runWaiting()).isZero();
    }

    /// Of its members it knows itself then.
    @Test
    void whatAPrimaryThatDoesNotLeadTellsIsNotBelieved() {
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.node("fra").leading(false);
        cluster.fleet().removeLocation(group(), LHR, ANA);
        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
        cluster.node("fra").leading(true);
        cluster.background().runWaiting();
        assertThat(cluster.node("lhr").groups()).isEmpty();
        assertThat(cluster.background().runWaiting()).isZero();
    }

    /// Raft would wait for it, and other joins for that; and give it up by a change of leaders.
    @Test
    void aNodeThatDoesNotAnswerIsNotAskedToJoin() {
        List<NodeId> orders = new ArrayList<>();
        cluster.node("fra").beforeJoins(orders::add);
        cluster.node("lhr").reachable(false);
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.fleet().addLocation(group(), BOS, ANA);
        assertThat(orders).containsExactly(new NodeId("bos-1"));
    }

    /// It may reach the catalog after the call was answered, and nobody else knows that it did.
    @Test
    void aLocationWhoseAdditionHasAnUnknownOutcomeJoinsOnceItIsKnown() {
        cluster.database().refuse(Code.OUTCOME_UNKNOWN);
        assertThatThrownBy(() -> cluster.fleet().addLocation(group(), LHR, ANA)).isInstanceOf(DatabaseException.class);
        enterAsIfLate(LHR);
        cluster.background().runWaiting();
        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
        assertThat(cluster.background().runWaiting()).isZero();
    }

    @Test
    void aLocationWhoseRemovalHasAnUnknownOutcomeIsVacatedOnceItIsKnown() {
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.database().refuse(Code.OUTCOME_UNKNOWN);
        assertThatThrownBy(() -> cluster.fleet().removeLocation(group(), LHR, ANA))
                .isInstanceOf(DatabaseException.class);
        cluster.database().refuse(null);
        cluster.catalog().write(sql -> {
            Groups.removeLocation(sql, group(sql).id(), LHR);
            return true;
        });
        cluster.background().runWaiting();
        assertThat(cluster.node("lhr").groups()).isEmpty();
    }

    @Test
    void whatAGroupWaitsForComesWhenItIsTakenIntoUseAlsoIfTheOutcomeIsUnknown() {
        cluster.node("lhr").reachable(false);
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.fleet().archiveGroup(group(), ANA);
        cluster.node("lhr").reachable(true);
        cluster.background().runWaiting();
        cluster.database().refuse(Code.OUTCOME_UNKNOWN);
        assertThatThrownBy(() -> cluster.fleet().unarchiveGroup(group(), ANA)).isInstanceOf(DatabaseException.class);
        cluster.database().refuse(null);
        cluster.catalog().write(sql -> {
            Groups.archive(sql, group(sql).id(), false);
            return true;
        });
        cluster.node("fra").follow();
        cluster.background().runWaiting();
        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
    }

    private void enterAsIfLate(LocationCode location) {
        cluster.database().refuse(null);
        Node node = cluster.catalog().nodesAt(location).getFirst();
        cluster.catalog().write(sql -> {
            GroupLocation place = new GroupLocation(location, UUID.randomUUID());
            Groups.addLocation(sql, group(sql).id(), place, node.id(), false, Instant.now());
            return true;
        });
    }

    private static Group group(Sql sql) {
        return Groups.all(sql).getFirst();
    }

    /// Its next attempt may be a minute away.
    @Test
    void whatWaitsIsTriedAtOnceWhenTheCauseMayHaveGone() {
        cluster.node("lhr").reachable(false);
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.fleet().resume();
        cluster.node("lhr").reachable(true);
        assertThat(cluster.node("lhr").groups()).isEmpty();

        cluster.fleet().resume();

        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
    }

    /// The leader looks at everything again and again as long as anything cannot be done.
    @Test
    void aLookAtAllGroupsDoesNotHurryOneThatWaits() {
        cluster.node("lhr").reachable(false);
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.node("lhr").reachable(true);
        cluster.fleet().reconcile();
        assertThat(cluster.node("lhr").groups()).isEmpty();
        cluster.background().runWaiting();
        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
    }

    @Test
    void whatCannotBeDoneIsSaidOnceUntilItCan() {
        List<String> log = new ArrayList<>();
        InlineBackground background = new InlineBackground();
        Placement placement = new Placement(
                cluster.catalog(),
                new Members(cluster.catalog(), cluster::client),
                FleetLimits.DEFAULT,
                background,
                log::add);
        enterAsIfLate(LHR);
        for (int i = 0; i < 2; i++) {
            cluster.node("lhr").reachable(false);
            placement.settle(group().id());
            background.runWaiting();
            background.runWaiting();
            assertThat(log).hasSize(i + 1).allMatch(line -> line.endsWith("waits until the node answers"));
            cluster.node("lhr").reachable(true);
            background.runWaiting();
            cluster.node("lhr").deleteGroup(group().id(), Duration.ofSeconds(1));
            cluster.node("fra").removeListener(group().id(), lhr().address(), Duration.ofSeconds(1));
        }
    }

    /// The node says so itself.
    @Test
    void ofAFullDiskNothingIsSaidHere() {
        List<String> log = new ArrayList<>();
        InlineBackground background = new InlineBackground();
        Placement placement = new Placement(
                cluster.catalog(),
                new Members(cluster.catalog(), cluster::client),
                FleetLimits.DEFAULT,
                background,
                log::add);
        enterAsIfLate(LHR);
        cluster.database().refuse(Code.DISK_FULL);
        placement.settle(group().id());
        background.runWaiting();
        assertThat(log).isEmpty();
        cluster.database().refuse(null);
        assertThat(background.runWaiting()).isOne();
        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
    }

    private Node lhr() {
        return cluster.catalog().nodesAt(LHR).getFirst();
    }

    /// Whoever started it on an empty directory is told what to do.
    @Test
    void aNodeThatAnotherOneHasReplacedIsNotMadeAMemberAnew() {
        cluster.fleet().addLocation(group(), LHR, ANA);
        GroupId id = group().id();
        Node lhr = cluster.catalog().nodes().stream()
                .filter(node -> node.location().equals(LHR))
                .findFirst()
                .orElseThrow();
        NodeId next = new NodeId("lhr-2");
        cluster.catalog()
                .register(new Node(
                        next,
                        LHR,
                        lhr.http(),
                        new PeerAddress(
                                next, lhr.address().raft(), lhr.address().transfer())));
        cluster.node("lhr").deleteGroup(id, Duration.ofSeconds(1));

        cluster.fleet().addLocation(group(), LHR, ANA);

        assertThat(cluster.background().runWaiting()).isZero();
        assertThat(cluster.node("fra").members(id)).hasSize(2);
        assertThat(cluster.node("lhr").groups()).isEmpty();
    }

    @Test
    void aLocationThatIsTakenAwayBeforeItJoinedNeverDoes() {
        cluster.node("lhr").reachable(false);
        cluster.fleet().addLocation(group(), LHR, ANA);

        assertThat(cluster.fleet().removeLocation(group(), LHR, ANA).locations())
                .doesNotContain(LHR);

        cluster.node("lhr").reachable(true);
        cluster.background().runWaiting();
        assertThat(cluster.node("lhr").groups()).isEmpty();
        assertThat(cluster.background().runWaiting()).isZero();
    }

    @Test
    void aGroupMayBeRenamedAndGivenAwayBeforeALocationHasJoined() {
        cluster.catalog().bootstrap("beta", "betas.own.token");
        cluster.node("lhr").reachable(false);
        cluster.fleet().addLocation(group(), LHR, ANA);
        GroupEdits edits = new GroupEdits(cluster.catalog());
        edits.rename(group(), "eu", ANA);
        edits.transfer(
                group(),
                cluster.catalog().read(sql -> Organizations.bySlug(sql, "beta")).orElseThrow(),
                ANA);
        cluster.node("lhr").reachable(true);
        cluster.background().runWaiting();
        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
    }

    @Test
    void whoDoesNotLeadAnyMoreChangesNoMembersAndWhoDoesResumes() {
        cluster.node("lhr").reachable(false);
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.node("lhr").reachable(true);
        cluster.database().refuse(Code.NOT_LEADER);

        cluster.background().runWaiting();

        assertThat(cluster.node("lhr").groups()).isEmpty();
        cluster.database().refuse(null);
        try (Fleet fleet = cluster.threadedFleet()) {
            GroupId id = group().id();
            assertThat(fleet.reconcile()).isTrue();
            Await.until("lhr joins", () -> cluster.node("lhr").groups().contains(id));
        }
        assertThat(cluster.background().runWaiting()).as("sees that it is done").isOne();
        assertThat(cluster.background().runWaiting()).isZero();
    }

    /// As after any failure: it would not be told that it leads, since it does.
    @Test
    void whoLeadsAndIsRefusedForAMomentTriesAgain() {
        cluster.node("lhr").reachable(false);
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.node("lhr").reachable(true);
        cluster.database().refuse(Code.NOT_LEADER);
        cluster.background().runWaiting();
        cluster.database().refuse(null);
        cluster.background().runWaiting();
        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
    }

    @Test
    void whoLosesTheLeadWhileALocationJoinsLeavesTheNextToWhoHasIt() {
        cluster.node("lhr").reachable(false);
        cluster.node("bos").reachable(false);
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.fleet().addLocation(group(), BOS, ANA);
        cluster.node("lhr").reachable(true);
        cluster.node("bos").reachable(true);
        cluster.node("fra").afterJoins(() -> cluster.database().refuse(Code.NOT_LEADER));

        cluster.background().runWaiting();

        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
        assertThat(cluster.node("bos").groups()).isEmpty();
    }

    @Test
    void aCatalogThatCannotBeWrittenNowIsAskedAgain() {
        cluster.node("lhr").reachable(false);
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.node("lhr").reachable(true);
        cluster.database().refuse(Code.DISK_FULL);
        cluster.background().runWaiting();
        assertThat(cluster.node("lhr").groups()).isEmpty();
        cluster.database().refuse(null);
        cluster.background().runWaiting();
        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
    }

    @Test
    void whatANodeThatWasAwayKeptOfARemovedLocationGoesWhenItIsBack() {
        cluster.fleet().addLocation(group(), LHR, ANA);
        cluster.node("lhr").reachable(false);
        cluster.fleet().removeLocation(group(), LHR, ANA);
        assertThat(cluster.fleet().reconcile()).isFalse();
        cluster.node("lhr").reachable(true);
        assertThat(cluster.node("lhr").groups()).containsExactly(group().id());

        assertThat(cluster.fleet().reconcile()).isTrue();

        assertThat(cluster.node("lhr").groups()).isEmpty();
    }

    @Test
    void whoLeavesDoesNotWaitForTheCopiesOfOthers() {
        Group first = group();
        cluster.fleet().addLocation(first, BOS, ANA);
        cluster.node("fra").holdJoins();
        try (Fleet fleet = cluster.threadedFleet()) {
            List<Group> many = new ArrayList<>();
            for (int i = 0; i <= Placement.COPIES_MAX; i++) {
                Group group = fleet.createGroup(cluster.acme(), "g" + i, new LocationCode("fra"), "", ANA);
                many.add(fleet.addLocation(group, LHR, ANA));
            }
            Await.until("copies begin", () -> joining(many) == Placement.COPIES_MAX);
            // As a removal that failed, and is made up for: no call waits for it.
            cluster.catalog().write(sql -> {
                Groups.removeLocation(sql, first.id(), BOS);
                return true;
            });
            assertThat(cluster.node("bos").groups()).contains(first.id());

            fleet.addLocation(first, LHR, ANA);

            Await.until("bos leaves", () -> !cluster.node("bos").groups().contains(first.id()));
            assertThat(joining(many)).isEqualTo(Placement.COPIES_MAX);
        }
    }

    private long joining(List<Group> groups) {
        return groups.stream()
                .filter(group -> cluster.node("fra").joining(group.id()) != null)
                .count();
    }

    @Test
    void aLocationIsTakenAwayWhileItJoins() {
        cluster.node("fra").holdJoins();
        try (Fleet fleet = cluster.threadedFleet()) {
            fleet.addLocation(group(), LHR, ANA);
            Await.until(
                    "lhr joins",
                    () -> new NodeId("lhr-1").equals(cluster.node("fra").joining(group().id())));

            assertThat(fleet.removeLocation(group(), LHR, ANA).locations()).doesNotContain(LHR);

            assertThat(cluster.node("fra").joining(group().id())).isNull();
            assertThat(cluster.node("lhr").groups()).isEmpty();
        }
    }

    @Test
    void aGroupIsDeletedWhileALocationJoins() {
        cluster.node("fra").holdJoins();
        Group group = group();
        try (Fleet fleet = cluster.threadedFleet()) {
            fleet.addLocation(group, LHR, ANA);
            Await.until("lhr joins", () -> cluster.node("fra").joining(group.id()) != null);

            fleet.deleteGroup(group, ANA);

            assertThat(cluster.node("fra").groups()).isEmpty();
            assertThat(cluster.node("lhr").groups()).isEmpty();
            assertThatThrownBy(() -> fleet.addLocation(group, BOS, ANA)).isInstanceOf(CatalogException.class);
        }
    }

    @Test
    void aLocationThatIsTakenAwayWhileItJoinsMayComeBackAtOnce() {
        cluster.node("fra").holdJoins();
        try (Fleet fleet = cluster.threadedFleet()) {
            fleet.addLocation(group(), LHR, ANA);
            Await.until("lhr joins", () -> cluster.node("fra").joining(group().id()) != null);
            fleet.removeLocation(group(), LHR, ANA);

            fleet.addLocation(group(), LHR, ANA);

            Await.until(
                    "lhr joins",
                    () -> new NodeId("lhr-1").equals(cluster.node("fra").joining(group().id())));
        }
    }
}
