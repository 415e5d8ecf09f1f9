package io.skerry.server;

import io.helidon.webserver.http.HttpRouting;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.SystemGroup;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.fleet.LocalNode;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.upload.Uploads;
import io.skerry.catalog.usage.UsageLedger;
import io.skerry.engine.Database;
import io.skerry.engine.GroupId;
import io.skerry.raft.MembershipException;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import io.skerry.raft.RaftNode;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.server.config.Limits;
import io.skerry.server.config.NodeConfig;
import io.skerry.server.config.Settings;
import io.skerry.server.http.Listener;
import io.skerry.server.life.DirectoryLock;
import io.skerry.server.life.LifeCycle;
import io.skerry.server.life.NodeIdentity;
import io.skerry.server.life.StartException;
import io.skerry.server.peer.HttpCopyTransport;
import io.skerry.server.peer.HttpPeerTransport;
import io.skerry.server.peer.PeerRoutes;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One node: a location's files, its groups, and its ports. Several may live in one process and share
/// nothing.
///
/// It comes up in steps, because a node that joins has no catalog of its own: [#start] opens its files, its
/// log and the port for other nodes; [#found] makes it the first node of a new cluster, or [#admit] on
/// another node makes it a member; [#serve] opens the port for clients.
///
/// Thread-safe; the steps are called one after the other.
public final class Node implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Node.class);
    /// How long one step of joining may take.
    private static final Duration STEP = Duration.ofSeconds(30);

    private final NodeConfig config;
    private final LifeCycle life;
    private final PeerAddress address;
    private final RaftNode replication;
    private final Storage storage;
    private final Uploads uploads;
    private final UsageLedger ledger;
    private final LocalNode local;
    private volatile @Nullable Service service;

    private Node(
            NodeConfig config,
            LifeCycle life,
            PeerAddress address,
            RaftNode replication,
            Storage storage,
            Uploads uploads,
            UsageLedger ledger,
            LocalNode local) {
        this.config = config;
        this.life = life;
        this.address = address;
        this.replication = replication;
        this.storage = storage;
        this.uploads = uploads;
        this.ledger = ledger;
        this.local = local;
    }

    /// Opens the node's files and its log, which replays what its databases lack.
    ///
    /// @throws StartException if its directory or a port cannot be had, in words for a person
    public static Node start(NodeConfig config) throws Exception {
        LifeCycle life = new LifeCycle("node " + config.location());
        Node[] made = new Node[1];
        life.start(parts -> {
            parts.add("directory", DirectoryLock.take(config.directory()));
            PeerAddress self =
                    NodeIdentity.in(config.directory(), config.location().value(), config.host(), config.port());
            Storage storage = Storage.open(config.directory(), config.settings(), config.descriptors());
            parts.add("storage", storage);
            RaftNode replication = RaftNode.open(
                    self,
                    config.directory().resolve("raft"),
                    Limits.raft(config.settings()),
                    storage,
                    new HttpPeerTransport(config.secret(), self.node()));
            parts.add("replication", replication);
            Uploads uploads = Uploads.open(
                    self.node(),
                    config.directory().resolve("uploads"),
                    Limits.uploads(config.settings(), config.descriptors()));
            parts.add("uploads", uploads);
            HttpRouting.Builder routing = Listener.routing();
            UsageLedger ledger = new UsageLedger(storage.meters(), self.node(), config.location(), Instant.now());
            LocalNode local = new LocalNode(
                    replication,
                    new HttpCopyTransport(config.secret()),
                    uploads,
                    ledger,
                    config.settings().get(Settings.COPY_KEPT_BYTES));
            new PeerRoutes(config.secret(), local, replication::writeSnapshot, local::writeCopy, uploads::writeImage)
                    .register(routing);
            parts.add(
                    "port for nodes",
                    Listener.openForNodes(
                            NodeIdentity.hostOf(self.transfer()),
                            NodeIdentity.portOf(self.transfer()),
                            "transfer in " + config.directory() + "/node.properties",
                            config.settings()
                                    .with(
                                            Settings.CONNECTIONS,
                                            config.descriptors().nodeConnections()),
                            routing));
            made[0] = new Node(config, life, self, replication, storage, uploads, ledger, local);
        });
        return made[0];
    }

    public LocationCode location() {
        return config.location();
    }

    /// Base URL of its HTTP port, without trailing slash.
    public URI uri() {
        return Listener.uri(config.scheme(), config.host(), config.port());
    }

    /// Whether the node belongs to a cluster already.
    public boolean isMember() {
        return replication.group(SystemGroup.GROUP).isPresent();
    }

    /// Makes sure that a catalog is there with this node as its voter: creates it at the first start, with
    /// `others` as members, and brings its tables up to date at each. To be called on one node of a
    /// cluster.
    ///
    /// @param organization slug of the organization of the first start
    /// @param token the administrator's
    /// @throws StartException if the catalog is gone while groups that it named are there
    public Catalog found(List<Node> others, String organization, String token) throws StartException, IOException {
        List<PeerAddress> listeners = others.stream().map(node -> node.address).toList();
        if (!isMember()) {
            requireNoGroups(others);
        }
        ReplicatedGroup system = replication.found(SystemGroup.GROUP, listeners, STEP);
        Optional<Database> present = system.store().database(SystemGroup.DATABASE);
        if (present.map(Catalog::new).filter(Catalog::isReady).isEmpty()) {
            requireNoGroups(others);
        }
        Catalog catalog = new Catalog(present.orElseGet(() -> system.store().create(SystemGroup.DATABASE)));
        catalog.migrate();
        catalog.bootstrap(organization, token);
        catalog.keepAudit(config.settings().get(Settings.AUDIT_RETENTION));
        catalog.keepUsage(Limits.usage(config.settings()));
        catalog.register(record());
        return catalog;
    }

    /// A catalog made anew names no group, and what it does not name is taken off the nodes: where there are
    /// groups, it is not a first start, and the catalog is lost.
    private void requireNoGroups(List<Node> others) throws StartException, IOException {
        for (Node node : Stream.concat(Stream.of(this), others.stream()).toList()) {
            Set<GroupId> groups = Storage.groupsIn(node.config.directory());
            groups.remove(SystemGroup.GROUP);
            if (!groups.isEmpty()) {
                Path home = config.directory();
                throw new StartException(
                        "the catalog is gone from " + home + ", but " + node.config.directory() + " holds groups ("
                                + groups.size() + ") that only the catalog can name. Nothing was changed. Bring "
                                + home.resolve("raft") + " and " + home.resolve("groups")
                                + " back from a backup, or start on another directory with --data");
            }
        }
    }

    /// Takes `other` into the cluster that this node leads the catalog of. Does nothing if it is in it.
    public void admit(Node other, Catalog catalog) throws StartException {
        ReplicatedGroup system = system();
        boolean listed = system.members().stream().anyMatch(m -> m.node().equals(other.address.node()));
        if (!listed || !other.isMember()) {
            system.addListener(other.address, STEP);
        }
        catalog.register(other.record());
    }

    /// Takes a node that is gone out of the cluster that this node leads the catalog of. One that a group
    /// is on stays, so that the group can be taken from it.
    public void forget(io.skerry.catalog.location.Node gone, Catalog catalog) throws StartException {
        if (!catalog.retire(gone.id())) {
            log.warn(
                    "node {} at {} is not among those that were started, and holds groups; take the location from them"
                            + " and add it again after the next start",
                    gone.id(),
                    gone.location());
            return;
        }
        try {
            system().removeListener(gone.address(), STEP);
            log.info("node {} at {} is no longer part of the cluster", gone.id(), gone.location());
        } catch (MembershipException e) {
            log.warn("node {} could not be taken out of the catalog's group: {}", gone.id(), e.getMessage());
        }
    }

    /// Opens the port for clients, once the node's copy of the catalog knows it.
    ///
    /// @param prepare what has to be done before the first client can come; answers whether the fleet is reconciled
    /// @throws StartException if the port cannot be had, or the catalog does not come
    public void serve(Predicate<Fleet> prepare) throws Exception {
        Service opened = Service.open(
                config, replication, local, uploads, ledger, storage::interruptAll, system(), address.node(), prepare);
        service = opened;
        life.adopt("service", opened);
    }

    /// Closes the port for clients, and reports what is left to report, while this node still does its part
    /// for others.
    public void stopServing() {
        Service opened = service;
        if (opened != null) {
            opened.close();
        }
    }

    public NodeId id() {
        return address.node();
    }

    /// The groups that the node is a member of and that are not archived.
    public Collection<ReplicatedGroup> groups() {
        return replication.groups();
    }

    /// Those that are.
    public Collection<GroupId> archivedGroups() {
        return replication.archived();
    }

    private ReplicatedGroup system() throws StartException {
        return replication
                .group(SystemGroup.GROUP)
                .orElseThrow(() -> new StartException("node " + address.node() + " is not part of a cluster"));
    }

    private io.skerry.catalog.location.Node record() {
        return new io.skerry.catalog.location.Node(address.node(), config.location(), uri(), address);
    }

    @Override
    public void close() {
        life.close();
    }
}
