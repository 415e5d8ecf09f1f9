package io.skerry.catalog.testing;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.audit.AuditNote;
import io.skerry.catalog.fleet.CopySource;
import io.skerry.catalog.fleet.NodeClient;
import io.skerry.catalog.progress.Progress;
import io.skerry.catalog.upload.UploadId;
import io.skerry.catalog.upload.UploadUse;
import io.skerry.catalog.upload.Uploads;
import io.skerry.catalog.usage.NodeUsage;
import io.skerry.catalog.usage.UsageReport;
import io.skerry.catalog.usage.UsageSince;
import io.skerry.engine.Code;
import io.skerry.engine.DatabaseException;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.engine.Meter.Reading;
import io.skerry.engine.QueryCounts.Query;
import io.skerry.raft.MemberState;
import io.skerry.raft.MembershipException;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A node that only remembers which groups and databases it was told to have.
public final class FakeNode implements NodeClient {

    /// What every database has here, and has counted here before the node's first report.
    private static final long STORAGE_BYTES = 8192;
    private static final long ROWS_READ = 10;
    private static final long ROWS_WRITTEN = 2;

    private final NodeId id;
    private final Map<NodeId, FakeNode> all;
    private volatile boolean buildsUnheard;
    private final Crash crash;
    private final Supplier<Catalog> catalog;
    private final Map<GroupId, Set<NodeId>> led = new ConcurrentHashMap<>();
    private final Map<GroupId, Set<DatabaseId>> databases = new ConcurrentHashMap<>();
    private final Map<GroupId, Set<DatabaseId>> aside = new ConcurrentHashMap<>();
    private final Set<GroupId> archived = ConcurrentHashMap.newKeySet();
    private final Map<DatabaseId, DatabaseId> copies = new ConcurrentHashMap<>();
    private volatile @Nullable Uploads uploads;
    private volatile boolean serving = true;
    private volatile boolean reachable = true;
    private volatile boolean hanging;
    private volatile boolean holding;
    private volatile FrameNo awaited = FrameNo.ZERO;
    private volatile Runnable beforeFills = () -> {};
    private volatile Runnable joined = () -> {};
    private volatile Consumer<NodeId> joins = peer -> {};
    private volatile Runnable asked = () -> {};
    private volatile boolean leading = true;
    private volatile CountDownLatch removalsEnd = new CountDownLatch(0);
    private volatile CountDownLatch deletionsEnd = new CountDownLatch(0);
    private volatile CountDownLatch fillsEnd = new CountDownLatch(0);
    private volatile CountDownLatch buildsBegin = new CountDownLatch(0);
    private final Map<GroupId, NodeId> joining = new ConcurrentHashMap<>();

    FakeNode(NodeId id, Map<NodeId, FakeNode> all, Crash crash, Supplier<Catalog> catalog) {
        this.id = id;
        this.all = all;
        this.crash = crash;
        this.catalog = catalog;
    }

    /// Whether this node, as a listener, has the data.
    public void serving(boolean now) {
        serving = now;
    }

    public void reachable(boolean now) {
        reachable = now;
    }

    @Override
    public void createGroup(GroupId group, Duration limit) {
        change("create group", () -> {
            led.putIfAbsent(group, ConcurrentHashMap.newKeySet());
            databases.putIfAbsent(group, ConcurrentHashMap.newKeySet());
        });
    }

    @Override
    public void deleteGroup(GroupId group, Duration limit) {
        await(deletionsEnd);
        change("delete group", () -> {
            joining.remove(group);
            led.remove(group);
            archived.remove(group);
            databases.remove(group);
        });
    }

    @Override
    public void settleGroup(GroupId group, FrameNo frame, Duration limit) {
        change("settle group", () -> follow(group));
    }

    /// Looks for itself what the catalog says of all its groups, as nodes do.
    public void follow() {
        databases.keySet().forEach(this::follow);
    }

    private void follow(GroupId group) {
        catalog.get().group(group).filter(known -> databases.containsKey(group)).ifPresent(known -> {
            if (known.archived()) {
                archived.add(group);
            } else {
                archived.remove(group);
            }
        });
    }

    /// The groups that are closed here.
    public Set<GroupId> archived() {
        return Set.copyOf(archived);
    }

    /// The databases of a group whose files are here, whether it is open or not.
    public Set<DatabaseId> files(GroupId group) {
        return Set.copyOf(databases.getOrDefault(group, Set.of()));
    }

    @Override
    public void setAsideGroup(GroupId group, Duration limit) {
        change("set group aside", () -> {
            led.remove(group);
            archived.remove(group);
            Set<DatabaseId> kept = databases.remove(group);
            if (kept != null) {
                aside.put(group, kept);
            }
        });
    }

    /// The groups that were taken off this node and kept, with their databases.
    public Map<GroupId, Set<DatabaseId>> aside() {
        return aside;
    }

    @Override
    public void addListener(GroupId group, PeerAddress peer, Duration limit) {
        joins.accept(peer.node());
        change("add listener", () -> {
            if (!peer(peer.node()).reachable) {
                throw new MembershipException("node " + peer.node() + " cannot be added: it does not answer", null);
            }
            if (holding) {
                hold(group, peer.node());
            }
            members(group, "add a listener").add(peer.node());
            peer(peer.node()).held(group).addAll(held(group));
        });
        joined.run();
    }

    /// Listeners are removed here when `end` has come.
    public void holdRemovals(CountDownLatch end) {
        removalsEnd = end;
    }

    /// Groups are deleted here when `end` has come.
    public void holdDeletions(CountDownLatch end) {
        deletionsEnd = end;
    }

    /// What happens whenever this node is asked for its groups.
    public void whenAsked(Runnable work) {
        asked = work;
    }

    /// Whether this node leads the groups that it is the primary of; it takes no orders otherwise.
    public void leading(boolean now) {
        leading = now;
    }

    /// What happens whenever this node is asked to add a listener.
    public void beforeJoins(Consumer<NodeId> work) {
        joins = work;
    }

    /// What happens whenever a listener was added here.
    public void afterJoins(Runnable work) {
        joined = work;
    }

    /// Additions of listeners here do not end before they are let go, the listener is unwanted, or the
    /// group gone.
    public void holdJoins() {
        holding = true;
    }

    public void letJoinsGo() {
        holding = false;
    }

    /// The node that is being added to the group here.
    public @Nullable NodeId joining(GroupId group) {
        return joining.get(group);
    }

    private void hold(GroupId group, NodeId peer) {
        joining.put(group, peer);
        while (holding && joining.containsKey(group) && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(1_000_000);
        }
        if (holding || !joining.remove(group, peer)) {
            throw new MembershipException("node " + peer + " was removed before it had joined", null);
        }
    }

    @Override
    public void removeListener(GroupId group, PeerAddress peer, Duration limit) {
        await(removalsEnd);
        change("remove listener", () -> {
            joining.remove(group, peer.node());
            members(group, "remove a listener").remove(peer.node());
            if (peer(peer.node()).reachable) {
                peer(peer.node()).databases.remove(group);
            }
        });
    }

    @Override
    public void createDatabase(GroupId group, DatabaseId database) {
        change("create database", () -> {
            for (NodeId listener : members(group, "create a database")) {
                peer(listener).held(group).add(database);
            }
            held(group).add(database);
        });
    }

    @Override
    public void dropDatabase(GroupId group, DatabaseId database) {
        change("drop database", () -> {
            for (NodeId listener : members(group, "drop a database")) {
                peer(listener).held(group).remove(database);
            }
            held(group).remove(database);
        });
    }

    /// Databases are filled here when `end` has come.
    public void holdFills(CountDownLatch end) {
        fillsEnd = end;
    }

    /// Orders to build uploads do not arrive here before `begin` has come.
    public void holdBuilds(CountDownLatch begin) {
        buildsBegin = begin;
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new DatabaseException(Code.UNAVAILABLE, "interrupted", e);
        }
    }

    /// What happens whenever a database is about to be filled here.
    public void beforeFills(Runnable work) {
        beforeFills = work;
    }

    @Override
    public void fillDatabase(GroupId group, DatabaseId database, CopySource source, Duration limit, Progress progress) {
        progress.at(STORAGE_BYTES / 2, STORAGE_BYTES);
        beforeFills.run();
        await(fillsEnd);
        change("fill database", () -> {
            if (!held(group).contains(database)) {
                throw new DatabaseException(Code.NO_SUCH_DATABASE, "a database is not here to be filled");
            }
            switch (source) {
                case CopySource.OfDatabase of -> copy(of, database);
                case CopySource.OfUpload of -> peer(of.node().node()).writeUpload(of.upload());
            }
        });
    }

    private void copy(CopySource.OfDatabase of, DatabaseId database) {
        if (!peer(of.node().node()).held(of.group()).contains(of.database())) {
            throw new DatabaseException(Code.NO_SUCH_DATABASE, "a database is not here to be copied");
        }
        copies.put(database, of.database());
    }

    private void writeUpload(UploadId upload) {
        requireReachable();
        present().writeImage(upload, OutputStream.nullOutputStream());
    }

    /// Gives the node uploads, which it has none of otherwise.
    public void uploads(Uploads now) {
        uploads = now;
    }

    private Uploads present() {
        Uploads present = uploads;
        if (present == null) {
            throw new DatabaseException(Code.UNAVAILABLE, "node " + id + " takes no uploads");
        }
        return present;
    }

    @Override
    public Optional<String> buildUpload(UploadId upload, UploadUse use, Duration limit, Progress progress) {
        requireReachable();
        await(buildsBegin);
        crash.step("before: build upload");
        Optional<String> wrong = present().build(upload, use, limit, progress);
        crash.step("after: build upload");
        if (buildsUnheard) {
            throw new DatabaseException(Code.OUTCOME_UNKNOWN, "node " + id + " fell silent");
        }
        return wrong;
    }

    /// From now on nobody hears that an upload was built.
    public void loseBuilds() {
        buildsUnheard = true;
    }

    @Override
    public void discardUpload(UploadId upload, UploadUse use) {
        change("discard upload", () -> present().discard(upload, use));
    }

    /// Of which database each was filled with the content.
    public Map<DatabaseId, DatabaseId> copies() {
        return copies;
    }

    /// Whether questions for usage wait until they are interrupted, or this is lifted.
    public void hanging(boolean now) {
        hanging = now;
    }

    @Override
    public NodeUsage usage(Map<GroupId, List<DatabaseId>> wanted) {
        requireReachable();
        while (hanging && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(1_000_000);
        }
        List<DatabaseId> present = wanted.entrySet().stream()
                .flatMap(entry -> entry.getValue().stream().filter(held(entry.getKey())::contains))
                .toList();
        return new NodeUsage(
                present.stream()
                        .map(database -> new NodeUsage.Storage(database, STORAGE_BYTES))
                        .toList(),
                present.stream().flatMap(database -> queries(database).stream()).toList());
    }

    @Override
    public List<UsageSince> queries(DatabaseId database) {
        requireReachable();
        List<Query> queries = List.of(new Query("SELECT 1", 1, 0), new Query("INSERT at " + id, 5, 5));
        return List.of(
                new UsageSince(UsageReport.NONE, List.of(new Reading(database, ROWS_READ, ROWS_WRITTEN, queries))));
    }

    @Override
    public String recordUsage(UsageReport report) {
        throw new UnsupportedOperationException("not asked for in these tests");
    }

    @Override
    public FrameNo recordAudit(List<AuditNote> notes) {
        throw new UnsupportedOperationException("not asked for in these tests");
    }

    @Override
    public List<MemberState> members(GroupId group) {
        requireReachable();
        Set<NodeId> listeners = led.get(group);
        if (listeners == null || archived.contains(group)) {
            return List.of();
        }
        if (!leading) {
            return List.of(state(id, MemberState.Role.VOTER));
        }
        return Stream.concat(
                        Stream.of(state(id, MemberState.Role.LEADER)),
                        listeners.stream().map(listener -> state(listener, MemberState.Role.LISTENER)))
                .toList();
    }

    @Override
    public Collection<GroupId> groups() {
        requireReachable();
        asked.run();
        return Set.copyOf(databases.keySet());
    }

    @Override
    public Collection<DatabaseId> databases(GroupId group) {
        requireReachable();
        return archived.contains(group) ? Set.of() : files(group);
    }

    @Override
    public boolean awaitCatalog(FrameNo frame, Duration limit) {
        requireReachable();
        awaited = frame;
        return true;
    }

    /// The frame of the catalog that was last waited for here.
    public FrameNo awaited() {
        return awaited;
    }

    @Override
    public FrameNo catalogFrame(Duration limit) {
        return catalog.get().frame();
    }

    private MemberState state(NodeId member, MemberState.Role role) {
        FakeNode there = peer(member);
        boolean ready = role == MemberState.Role.LEADER || there.serving;
        return new MemberState(
                member, role, there.reachable, there.reachable && ready, ready ? 4096 : 1024, 4096, 0, 0);
    }

    private Set<NodeId> members(GroupId group, String what) {
        Set<NodeId> members = led.get(group);
        if (members == null || archived.contains(group) || !leading) {
            throw new DatabaseException(Code.UNAVAILABLE, "no group " + group + " here to " + what);
        }
        return members;
    }

    private FakeNode peer(NodeId node) {
        return Objects.requireNonNull(all.get(node));
    }

    private Set<DatabaseId> held(GroupId group) {
        return databases.computeIfAbsent(group, absent -> ConcurrentHashMap.newKeySet());
    }

    private void change(String what, Runnable work) {
        requireReachable();
        crash.step("before: " + what);
        work.run();
        crash.step("after: " + what);
    }

    private void requireReachable() {
        if (!reachable) {
            throw new DatabaseException(Code.UNAVAILABLE, "node " + id + " does not answer");
        }
    }
}
