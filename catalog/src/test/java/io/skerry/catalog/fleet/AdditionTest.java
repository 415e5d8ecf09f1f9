package io.skerry.catalog.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.audit.Actor;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.testing.FakeNode;
import io.skerry.catalog.testing.TestCluster;
import io.skerry.engine.GroupId;
import io.skerry.engine.testing.Await;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// When the call that adds a location is answered. Its limit is longer than a test may take, unless it
/// is what the test is about.
@Timeout(60)
class AdditionTest {

    private static final Duration LONG = Duration.ofMinutes(2);
    private static final LocationCode LHR = new LocationCode("lhr");
    private static final LocationCode BOS = new LocationCode("bos");
    private static final Actor ANA = new Actor("ana", "api", "127.0.0.1", "req-1");

    private final TestCluster cluster = new TestCluster();
    private final List<String> order = new CopyOnWriteArrayList<>();
    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();

    @AfterEach
    void close() {
        callers.shutdownNow();
        cluster.close();
    }

    private Group group() {
        return cluster.catalog().read(Groups::all).getFirst();
    }

    private FakeNode fra() {
        return cluster.node("fra");
    }

    private Future<Group> adds(Fleet fleet, LocationCode location) {
        Group group = group();
        return callers.submit(() -> {
            Group answer = fleet.addLocation(group, location, ANA);
            order.add("answered");
            return answer;
        });
    }

    private void awaitJoining(String node) {
        GroupId id = group().id();
        Await.until(node + " joins", () -> new NodeId(node).equals(fra().joining(id)));
    }

    private void awaitMember(String location) {
        GroupId id = group().id();
        Await.until(
                location + " has joined", () -> cluster.node(location).groups().contains(id));
    }

    private void awaitPlace(LocationCode location) {
        Await.until(location + " is entered", () -> group().place(location).isPresent());
    }

    @Test
    void itIsAnsweredWhenTheNodeIsAMember() throws Exception {
        fra().holdJoins();
        fra().afterJoins(() -> order.add("joined"));
        try (Fleet fleet = cluster.threadedFleet(LONG)) {
            Future<Group> added = adds(fleet, LHR);
            awaitJoining("lhr-1");

            fra().letJoinsGo();

            assertThat(added.get().locations()).contains(LHR);
            assertThat(order).containsExactly("joined", "answered");
        }
    }

    @Test
    void itIsAnsweredAtTheLimitAndTheJoinGoesOn() {
        fra().holdJoins();
        try (Fleet fleet = cluster.threadedFleet(Duration.ofMillis(50))) {
            assertThat(fleet.addLocation(group(), LHR, ANA).locations()).contains(LHR);

            awaitJoining("lhr-1");
            fra().letJoinsGo();
            GroupId id = group().id();
            Await.until("lhr has the group", () -> cluster.node("lhr").groups().contains(id));
        }
    }

    @Test
    void itIsAnsweredWhenTheNodeOrThePrimaryDoesNotAnswer() {
        try (Fleet fleet = cluster.threadedFleet(LONG)) {
            cluster.node("lhr").reachable(false);
            assertThat(fleet.addLocation(group(), LHR, ANA).locations()).contains(LHR);
            assertThat(fleet.addLocation(group(), LHR, ANA).locations()).contains(LHR);
            fra().reachable(false);
            assertThat(fleet.addLocation(group(), BOS, ANA).locations()).contains(LHR, BOS);
        }
    }

    @Test
    void itIsAnsweredWhenTheJoinFailsAlsoWhileAnotherOneFollows() throws Exception {
        fra().holdJoins();
        try (Fleet fleet = cluster.threadedFleet(LONG)) {
            Future<Group> failing = adds(fleet, LHR);
            awaitJoining("lhr-1");
            Future<Group> next = adds(fleet, BOS);
            awaitPlace(BOS);

            PeerAddress lhr = cluster.catalog().nodesAt(LHR).getFirst().address();
            fra().removeListener(group().id(), lhr, LONG);

            assertThat(failing.get().locations()).contains(LHR);
            awaitJoining("bos-1");
            assertThat(next.isDone()).isFalse();
        }
    }

    @Test
    void aRemovalMeanwhileIsNotHeldUpAndEndsIt() throws Exception {
        fra().holdJoins();
        try (Fleet fleet = cluster.threadedFleet(LONG)) {
            Future<Group> added = adds(fleet, LHR);
            awaitJoining("lhr-1");

            assertThat(fleet.removeLocation(group(), LHR, ANA).locations()).doesNotContain(LHR);

            assertThat(added.get().locations()).contains(LHR);
            assertThat(group().locations()).doesNotContain(LHR);
        }
    }

    /// Each waits for its own end, of which the other's is no part.
    @Test
    void aRemovalThatTakesLongDoesNotHoldItUp() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (Fleet fleet = cluster.threadedFleet()) {
            fleet.addLocation(group(), LHR, ANA);
            awaitMember("lhr");
            fra().holdRemovals(end);
            Group before = group();
            Future<Group> removed = callers.submit(() -> fleet.removeLocation(before, LHR, ANA));
            Await.until("lhr is removed", () -> group().place(LHR).isEmpty());

            assertThat(fleet.addLocation(group(), BOS, ANA).locations()).contains(BOS);

            assertThat(removed.isDone()).isFalse();
            end.countDown();
            assertThat(removed.get().locations()).doesNotContain(LHR);
        } finally {
            end.countDown();
        }
    }

    /// Its node leaves late, and joins anew.
    @Test
    void theSameLocationMayBeAddedWhileItsRemovalTakesLong() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (Fleet fleet = cluster.threadedFleet(LONG)) {
            fleet.addLocation(group(), LHR, ANA);
            fra().holdRemovals(end);
            Group before = group();
            Future<Group> removed = callers.submit(() -> fleet.removeLocation(before, LHR, ANA));
            Await.until("lhr is removed", () -> group().place(LHR).isEmpty());

            assertThat(fleet.addLocation(group(), LHR, ANA).locations()).contains(LHR);

            AtomicInteger joins = new AtomicInteger();
            fra().afterJoins(joins::incrementAndGet);
            end.countDown();
            removed.get();
            Await.until("lhr has joined anew", () -> joins.get() == 1);
            assertThat(cluster.node("lhr").groups()).containsExactly(group().id());
        } finally {
            end.countDown();
        }
    }

    @Test
    void aGroupThatIsDeletedIsGoneForOthersAtOnce() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (Fleet fleet = cluster.threadedFleet(LONG)) {
            Group group = group();
            fra().holdDeletions(end);
            Future<?> deleted = callers.submit(() -> fleet.deleteGroup(group, ANA));
            Await.until(
                    "it is deleted", () -> cluster.catalog().read(Groups::all).isEmpty());

            Future<Group> added = callers.submit(() -> fleet.addLocation(group, BOS, ANA));
            assertThatThrownBy(added::get).hasCauseInstanceOf(CatalogException.class);

            assertThat(deleted.isDone()).isFalse();
        } finally {
            end.countDown();
        }
    }

    @Test
    void aRemovalEndsItBeforeTheLocationHadItsTurn() throws Exception {
        fra().holdJoins();
        try (Fleet fleet = cluster.threadedFleet(LONG)) {
            Future<Group> first = adds(fleet, BOS);
            awaitJoining("bos-1");
            Future<Group> second = adds(fleet, LHR);
            awaitPlace(LHR);

            fleet.removeLocation(group(), LHR, ANA);

            assertThat(second.get().locations()).contains(BOS, LHR);
            assertThat(first.isDone()).isFalse();
            awaitJoining("bos-1");
        }
    }

    @Test
    void itEndsWhenTheGroupIsArchivedOrDeleted() throws Exception {
        fra().holdJoins();
        try (Fleet fleet = cluster.threadedFleet(LONG)) {
            Future<Group> archived = adds(fleet, LHR);
            awaitJoining("lhr-1");
            fleet.archiveGroup(group(), ANA);
            assertThat(archived.get().locations()).contains(LHR);
            assertThat(fleet.addLocation(group(), LHR, ANA).archived()).isTrue();

            fleet.unarchiveGroup(group(), ANA);
            Future<Group> deleted = adds(fleet, BOS);
            awaitPlace(BOS);
            fleet.deleteGroup(group(), ANA);
            assertThat(deleted.get().locations()).contains(BOS);
        }
    }

    @Test
    void addingOneThatStillJoinsWaitsLikewise() throws Exception {
        fra().holdJoins();
        fra().afterJoins(() -> order.add("joined"));
        try (Fleet fleet = cluster.threadedFleet(LONG)) {
            Future<Group> first = adds(fleet, LHR);
            awaitJoining("lhr-1");
            long reads = cluster.database().reads();
            Future<Group> second = adds(fleet, LHR);
            Await.until(
                    "the second one has read the catalog",
                    () -> cluster.database().reads() > reads + 1);

            fra().letJoinsGo();

            assertThat(first.get().locations()).contains(LHR);
            assertThat(second.get().locations()).contains(LHR);
            assertThat(order).containsExactly("joined", "answered", "answered");
        }
    }

    @Test
    void addingOneThatHasJoinedIsAnsweredAlsoWhileAnotherOneJoins() {
        try (Fleet fleet = cluster.threadedFleet(LONG)) {
            fleet.addLocation(group(), LHR, ANA);
            fra().holdJoins();
            Future<Group> other = adds(fleet, BOS);
            awaitJoining("bos-1");

            assertThat(fleet.addLocation(group(), LHR, ANA).locations())
                    .containsExactly(new LocationCode("fra"), LHR, BOS);

            assertThat(other.isDone()).isFalse();
        }
    }
}
