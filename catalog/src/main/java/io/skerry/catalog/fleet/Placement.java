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
import java.util.function.Function;
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
    private final Semaphore copying = new Semaphore(COPIES_MAX, true);
    private final ReentrantLock lock = new ReentrantLock();

    /// Groups that are not known to be settled.
    private final Map<GroupId, Work> works = new HashMap<>();

    Placement(Catalog catalog, Members members, FleetLimits limits, Background background) {
        this.catalog = catalog;
        this.members = members;
        this.limits = limits;
        this.background = background;
    }

    /// What is to be done for one group; only under the lock.
    private static final class Work {
        private boolean running;
        /// Asked for again while it ran.
        private boolean again;
        private int failures;
        /// Of pauses: one that was cut short must not end a later one.
        private long pause;
        /// Of the locations whose joining somebody waits for.
        private final Map<GroupLocation, CountDownLatch> awaited = new HashMap<>();
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

    /// @param mark under the lock
    private <T> T begin(GroupId group, Function<Work, T> mark) {
        T marked;
        lock.lock();
        try {
            Work work = works.computeIfAbsent(group, absent -> new Work());
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
        boolean settled = false;
        try {
            settled = attempt(group);
        } finally {
            ended(group, settled);
        }
    }

    private void ended(GroupId group, boolean settled) {
        lock.lock();
        try {
            Work work = works.get(group);
            if (work == null) {
                return;
            }
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
    private boolean attempt(GroupId group) {
        try {
            return changeAll(group);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } catch (RuntimeException e) {
            LOG.warn("group {}: its members cannot be looked at now; tried again: {}", group, e.toString());
            return false;
        }
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
    /// taken an hour, and only then is looked at what there is to do.
    private boolean changeAll(GroupId group) throws InterruptedException {
        Set<NodeId> tried = new HashSet<>();
        Set<NodeId> empty = withoutStorage(group);
        boolean all = true;
        for (Optional<Step> seen = next(group, tried, empty); seen.isPresent(); seen = next(group, tried, empty)) {
            boolean copies = seen.get() instanceof Step.Join;
            if (copies) {
                copying.acquire();
            }
            try {
                if (!isLeader()) {
                    return all;
                }
                Optional<Step> step = next(group, tried, empty).filter(now -> copies || now instanceof Step.Leave);
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
            LOG.warn("group {}: {} failed and is tried again: {}", id, step, e.toString());
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

    /// The nodes that do not have the group, and yet may be members of it: their storage was lost, or a join was ended
    /// half way by a primary that was closed before it had undone it. Nobody would ever serve there.
    private Set<NodeId> withoutStorage(GroupId id) {
        Group group = catalog.group(id).orElse(null);
        if (group == null || group.archived()) {
            return Set.of();
        }
        Set<NodeId> empty = new HashSet<>();
        for (LocationCode location : group.locations()) {
            for (Node node : nodes(group, location)) {
                if (!isReplaced(node) && lacks(node, id)) {
                    empty.add(node.id());
                }
            }
        }
        return empty;
    }

    /// Another one is at its address, started on an empty directory: that one would answer, and is not the member.
    private boolean isReplaced(Node node) {
        return members.nodes().stream()
                .anyMatch(other -> !other.id().equals(node.id()) && other.http().equals(node.http()));
    }

    private boolean lacks(Node node, GroupId group) {
        try {
            return !members.client(node).groups().contains(group);
        } catch (RuntimeException e) {
            LOG.debug("group {}: whether node {} has it cannot be told now", group, node.id(), e);
            return false;
        }
    }

    /// The first change of members that is still to be made: who leaves before who joins, which takes
    /// longer, locations in the order of their addition.
    ///
    /// @param tried nodes that are left out
    /// @param empty nodes without storage of the group: they leave, and join anew
    private Optional<Step> next(GroupId id, Set<NodeId> tried, Set<NodeId> empty) {
        Group group = catalog.group(id).orElse(null);
        if (group == null || group.archived()) {
            return Optional.empty();
        }
        Map<NodeId, MemberState.Role> present = new HashMap<>();
        members.primary(group).members(id).forEach(member -> present.put(member.node(), member.role()));
        if (present.isEmpty()) {
            throw new DatabaseException(Code.UNAVAILABLE, "its primary does not have it at the moment");
        }
        List<Step> joins = new ArrayList<>();
        List<Step> again = new ArrayList<>();
        Set<NodeId> wanted = new HashSet<>();
        for (LocationCode location : group.locations()) {
            for (Node node : nodes(group, location)) {
                wanted.add(node.id());
                MemberState.Role role = present.get(node.id());
                if (role == null || role == MemberState.Role.JOINING) {
                    joins.add(new Step.Join(node, location));
                } else if (role == MemberState.Role.LISTENER && empty.contains(node.id())) {
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
