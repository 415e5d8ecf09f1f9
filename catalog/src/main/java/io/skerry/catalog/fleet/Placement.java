package io.skerry.catalog.fleet;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.GroupLocation;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.location.Node;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.GroupId;
import io.skerry.raft.MemberState;
import io.skerry.raft.NodeId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the members of a group those that the catalog names: one change at a time for each group, in the
/// background, tried again for as long as the catalog asks for it. Only on the word of a catalog that has just
/// proved to be the newest ([Catalog#confirm]), so that a node which led the system group before changes nothing.
final class Placement {

    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

    /// Groups that come to a location at one time: each may copy all its databases. Who leaves waits for nobody.
    static final int COPIES_MAX = 8;

    /// Doubling the pause any further would not change it.
    private static final int DOUBLINGS_MAX = 20;

    private final Catalog catalog;
    private final Members members;
    private final FleetLimits limits;
    private final Background background;
    private final Consumer<String> log;
    private final Semaphore copying = new Semaphore(COPIES_MAX, true);
    private final ReentrantLock lock = new ReentrantLock();

    /// Groups that are not known to be settled.
    private final Map<GroupId, Work> works = new HashMap<>();

    /// @param log takes what went wrong, a line for each thing once
    Placement(Catalog catalog, Members members, FleetLimits limits, Background background, Consumer<String> log) {
        this.catalog = catalog;
        this.members = members;
        this.limits = limits;
        this.background = background;
        this.log = log;
    }

    /// What is to be done for one group; only under the lock.
    private static final class Work {
        private boolean running;
        /// Asked for again while it ran.
        private boolean again;
        /// What was asked for may be on its way to the catalog here: where nothing is to be done, that is to be proved.
        private boolean doubted;
        private int failures;
        private final SaidOnce said;
        /// Of pauses: one that was cut short must not end a later one.
        private long pause;
        /// Of the locations whose joining somebody waits for.
        private final Map<GroupLocation, CountDownLatch> awaited = new HashMap<>();

        private Work(Consumer<String> log) {
            said = new SaidOnce(log);
        }
    }

    private sealed interface Step {

        Node node();

        record Join(Node node, LocationCode location) implements Step {
            @Override
            public String toString() {
                return "joining of node " + node.id() + " at " + location;
            }
        }

        record Leave(Node node) implements Step {
            @Override
            public String toString() {
                return "leaving of node " + node.id();
            }
        }
    }

    /// Begins at once, also where an earlier failure is waited out; does nothing if all is as it should be.
    void settle(GroupId group) {
        begin(group, work -> true);
    }

    /// As [#settle].
    ///
    /// @return at zero once the location's node has become a member or could not at the first attempt;
    ///     at the latest when everything that is to be done for the group has been tried
    CountDownLatch settle(GroupId group, GroupLocation place) {
        return begin(group, work -> work.awaited.computeIfAbsent(place, absent -> new CountDownLatch(1)));
    }

    /// Runs `change`, which says in the catalog where the group is to be. If its outcome is unknown, it may be there
    /// in a moment: the group is settled once that is known.
    <T> T settleIfDoubted(GroupId group, Supplier<T> change) {
        try {
            return change.get();
        } catch (DatabaseException e) {
            if (e.code() == Code.OUTCOME_UNKNOWN) {
                begin(group, work -> work.doubted = true);
            }
            throw e;
        }
    }

    /// As [#settle], but an earlier failure is waited out.
    void look(GroupId group) {
        lock.lock();
        try {
            Work work = works.get(group);
            if (work != null && !work.running) {
                return;
            }
        } finally {
            lock.unlock();
        }
        settle(group);
    }

    /// Every group that waits for its next attempt has it now: what failed may have gone.
    void resume() {
        List<GroupId> waiting = new ArrayList<>();
        lock.lock();
        try {
            works.forEach((group, work) -> {
                if (!work.running) {
                    waiting.add(group);
                }
            });
        } finally {
            lock.unlock();
        }
        waiting.forEach(this::settle);
    }

    /// @param mark under the lock
    private <T> T begin(GroupId group, Function<Work, T> mark) {
        T marked;
        lock.lock();
        try {
            Work work = works.computeIfAbsent(group, absent -> new Work(log));
            marked = mark.apply(work);
            work.failures = 0;
            if (work.running) {
                work.again = true;
                return marked;
            }
            work.running = true;
        } finally {
            lock.unlock();
        }
        background.now(() -> run(group));
        return marked;
    }

    private void run(GroupId group) {
        boolean doubted = takeDoubt(group);
        boolean settled = false;
        try {
            settled = attempt(group, doubted);
        } finally {
            ended(group, settled, doubted);
        }
    }

    /// Another one may come while this is proved.
    private boolean takeDoubt(GroupId group) {
        lock.lock();
        try {
            Work work = works.get(group);
            if (work == null || !work.doubted) {
                return false;
            }
            work.doubted = false;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void ended(GroupId group, boolean settled, boolean doubted) {
        lock.lock();
        try {
            Work work = works.get(group);
            if (work == null) {
                return;
            }
            work.doubted |= doubted && !settled;
            work.said.next();
            if (work.again) {
                work.again = false;
                background.now(() -> run(group));
                return;
            }
            work.awaited.values().forEach(CountDownLatch::countDown);
            work.awaited.clear();
            if (settled) {
                works.remove(group);
            } else {
                work.running = false;
                long pause = ++work.pause;
                background.later(delay(work.failures++), () -> again(group, pause));
            }
        } finally {
            lock.unlock();
        }
    }

    /// The location has joined, or failed to.
    private void tried(GroupId group, GroupLocation place) {
        lock.lock();
        try {
            Work work = works.get(group);
            CountDownLatch join = work == null ? null : work.awaited.remove(place);
            if (join != null) {
                join.countDown();
            }
        } finally {
            lock.unlock();
        }
    }

    private Duration delay(int failures) {
        Duration doubled = limits.retryFirst().multipliedBy(1L << Math.min(failures, DOUBLINGS_MAX));
        return doubled.compareTo(limits.retryMax()) < 0 ? doubled : limits.retryMax();
    }

    private void again(GroupId group, long pause) {
        lock.lock();
        try {
            Work work = works.get(group);
            if (work == null || work.running || work.pause != pause) {
                return;
            }
            work.running = true;
        } finally {
            lock.unlock();
        }
        run(group);
    }

    /// @return false if it has to be tried again
    private boolean attempt(GroupId group, boolean doubted) {
        try {
            return changeAll(group, doubted);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } catch (RuntimeException e) {
            // Of its full disk a node speaks itself.
            if (!(e instanceof DatabaseException known && known.code() == Code.DISK_FULL)) {
                say(group, "its members cannot be looked at now; tried again: " + e);
            }
            return false;
        }
    }

    private void say(GroupId group, String what) {
        SaidOnce said;
        lock.lock();
        try {
            Work work = works.get(group);
            if (work == null) {
                return;
            }
            said = work.said;
        } finally {
            lock.unlock();
        }
        said.say("group " + group + ": " + what);
    }

    /// Another node leads the system group now, and does this, if not.
    private boolean isLeader() {
        try {
            catalog.confirm();
            return true;
        } catch (DatabaseException e) {
            if (e.code() == Code.NOT_LEADER) {
                return false;
            }
            throw e;
        }
    }

    /// One that fails does not keep the others waiting. The lead is proved for each, since the one before may have
    /// taken an hour, and only then is looked at what there is to do. Who does not lead tries again, too, until he
    /// sees that it is done: a node that leads may be refused for a moment, and would not be told that it leads.
    private boolean changeAll(GroupId group, boolean doubted) throws InterruptedException {
        if (doubted && !isLeader()) {
            return false;
        }
        Set<NodeId> tried = new HashSet<>();
        Storage storage = storage(group);
        boolean all = storage.silent().isEmpty();
        for (Optional<Step> seen = next(group, tried, storage); seen.isPresent(); seen = next(group, tried, storage)) {
            boolean copies = seen.get() instanceof Step.Join;
            if (copies) {
                copying.acquire();
            }
            try {
                if (!isLeader()) {
                    return false;
                }
                Optional<Step> step = next(group, tried, storage).filter(now -> copies || now instanceof Step.Leave);
                if (step.isPresent()) {
                    tried.add(step.get().node().id());
                    all &= change(group, step.get());
                }
            } finally {
                if (copies) {
                    copying.release();
                }
            }
        }
        return all;
    }

    private boolean change(GroupId id, Step step) {
        Group group = catalog.group(id).orElse(null);
        if (group == null) {
            return true;
        }
        NodeClient primary = members.primary(group);
        try {
            switch (step) {
                case Step.Leave(Node node) -> {
                    primary.removeListener(id, node.address(), limits.membership());
                    return !isWanted(id, node); // if it is, it left to join anew
                }
                case Step.Join(Node node, LocationCode location) -> {
                    join(id, primary, node, location);
                    return true;
                }
            }
        } catch (RuntimeException e) {
            if (step instanceof Step.Join && !isWanted(id, step.node())) {
                LOG.info("group {}: {} is not asked for any more", id, step);
                return true;
            }
            say(id, step + " failed and is tried again: " + e);
            return false;
        }
    }

    private boolean isWanted(GroupId group, Node node) {
        return catalog.read(sql -> Groups.isOn(sql, group, node.id()));
    }

    private void join(GroupId group, NodeClient primary, Node node, LocationCode location) {
        Optional<GroupLocation> place = place(group, location);
        CopyProgress progress = CopyProgress.begin(
                group,
                location,
                node.id(),
                primary,
                limits,
                // Not only whether the group has the location: it may have been taken away and be back.
                () -> place(group, location).equals(place),
                LOG::info);
        try {
            primary.addListener(group, node.address(), limits.membership());
        } catch (RuntimeException e) {
            progress.close();
            throw e;
        } finally {
            place.ifPresent(joined -> tried(group, joined));
        }
    }

    private Optional<GroupLocation> place(GroupId group, LocationCode location) {
        return catalog.group(group).flatMap(present -> present.place(location));
    }

    /// What is known of the nodes that are to have a group.
    ///
    /// @param empty do not have it, and yet may be members of it: their storage was lost, or a join was ended half
    ///     way by a primary that was closed before it had undone it. Nobody would ever serve there.
    /// @param silent do not answer. Such a node is not asked to join, which would keep other joins waiting for as
    ///     long as a node may say nothing; and what it has is not known, so the group is not settled.
    private record Storage(Set<NodeId> empty, Set<NodeId> silent) {}

    private Storage storage(GroupId id) {
        Storage storage = new Storage(new HashSet<>(), new HashSet<>());
        Group group = catalog.group(id).orElse(null);
        if (group == null || group.archived()) {
            return storage;
        }
        for (LocationCode location : group.locations()) {
            for (Node node : nodes(group, location)) {
                if (!isReplaced(node)) {
                    look(node, id, storage);
                }
            }
        }
        return storage;
    }

    /// Another one is at its address, started on an empty directory: that one would answer, and is not the member.
    private boolean isReplaced(Node node) {
        return members.nodes().stream()
                .anyMatch(other -> !other.id().equals(node.id()) && other.http().equals(node.http()));
    }

    private void look(Node node, GroupId group, Storage storage) {
        try {
            if (!members.client(node).groups().contains(group)) {
                storage.empty().add(node.id());
            }
        } catch (RuntimeException e) {
            LOG.debug("group {}: whether node {} has it cannot be told now", group, node.id(), e);
            storage.silent().add(node.id());
        }
    }

    /// The first change of members that is still to be made: who leaves before who joins, which takes
    /// longer, locations in the order of their addition.
    ///
    /// @param tried nodes that are left out
    /// @param storage those that are empty leave, and join anew
    private Optional<Step> next(GroupId id, Set<NodeId> tried, Storage storage) {
        Group group = catalog.group(id).orElse(null);
        if (group == null || group.archived()) {
            return Optional.empty();
        }
        Map<NodeId, MemberState.Role> present = new HashMap<>();
        members.primary(group).members(id).forEach(member -> present.put(member.node(), member.role()));
        if (!present.containsValue(MemberState.Role.LEADER)) {
            // It would tell of nobody but itself.
            throw new DatabaseException(Code.UNAVAILABLE, "its primary does not have it, or lead it, at the moment");
        }
        List<Step> joins = new ArrayList<>();
        List<Step> again = new ArrayList<>();
        Set<NodeId> wanted = new HashSet<>();
        for (LocationCode location : group.locations()) {
            for (Node node : nodes(group, location)) {
                wanted.add(node.id());
                MemberState.Role role = present.get(node.id());
                if (role == null || role == MemberState.Role.JOINING) {
                    Step join = new Step.Join(node, location);
                    if (storage.silent().contains(node.id())) {
                        say(id, join + " waits until the node answers");
                    } else {
                        joins.add(join);
                    }
                } else if (role == MemberState.Role.LISTENER && storage.empty().contains(node.id())) {
                    again.add(new Step.Leave(node));
                }
            }
        }
        Stream<Step> leaves = members.nodes().stream()
                .filter(node -> present.containsKey(node.id()) && !wanted.contains(node.id()))
                .map(Step.Leave::new);
        return Stream.of(leaves, again.stream(), joins.stream())
                .flatMap(steps -> steps)
                .filter(step -> !tried.contains(step.node().id()))
                .findFirst();
    }

    private List<Node> nodes(Group group, LocationCode location) {
        return catalog.read(sql -> Groups.nodes(sql, group.id(), location)).stream()
                .map(catalog::node)
                .flatMap(Optional::stream)
                .toList();
    }
}
