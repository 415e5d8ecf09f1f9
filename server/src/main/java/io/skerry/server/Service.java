package io.skerry.server;

import io.helidon.webserver.http.HttpRouting;
import io.skerry.catalog.Catalog;
import io.skerry.catalog.Freshness;
import io.skerry.catalog.SystemGroup;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.fleet.GroupFollower;
import io.skerry.catalog.fleet.LocalNode;
import io.skerry.catalog.fleet.NodeClient;
import io.skerry.catalog.fleet.NodeClients;
import io.skerry.catalog.fleet.StreamFollower;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.issuer.KeySets;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.token.DatabaseTokens;
import io.skerry.catalog.upload.Uploads;
import io.skerry.catalog.usage.UsageLedger;
import io.skerry.catalog.usage.UsageRecords;
import io.skerry.catalog.usage.UsageReporter;
import io.skerry.engine.Database;
import io.skerry.hrana.HranaRoutes;
import io.skerry.hrana.forward.HopMark;
import io.skerry.platform.NodeHttp;
import io.skerry.platform.PlatformRoutes;
import io.skerry.raft.MemberState;
import io.skerry.raft.NodeId;
import io.skerry.raft.ReplicatedGroup;
import io.skerry.raft.Replication;
import io.skerry.server.access.CatalogAccess;
import io.skerry.server.access.DatabaseUploads;
import io.skerry.server.access.LeadersAuditTrail;
import io.skerry.server.access.SystemGroupLeader;
import io.skerry.server.config.Configuration;
import io.skerry.server.config.Limits;
import io.skerry.server.config.NodeConfig;
import io.skerry.server.config.Settings;
import io.skerry.server.http.HealthRoutes;
import io.skerry.server.http.Lasting;
import io.skerry.server.http.Listener;
import io.skerry.server.http.Presence;
import io.skerry.server.issuer.HttpsKeySource;
import io.skerry.server.life.LifeCycle;
import io.skerry.server.life.StartException;
import io.skerry.server.peer.HttpNodeClient;
import io.skerry.server.tls.NodeTls;
import io.skerry.server.tls.TrustedCertificates;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What a node offers to clients: the data plane, the control plane and its health, on one port.
public final class Service implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Service.class);
    private static final Duration CATALOG_WAIT = Duration.ofSeconds(30);
    /// For the streams of a group that is archived.
    private static final Duration ENDINGS_WAIT = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(5);
    /// Pipelines that run when the node stops may take so long to end by themselves, and so long to answer
    /// once they were interrupted.
    private static final Duration PIPELINES_END = Duration.ofMillis(100);

    private static final Duration PIPELINES_ANSWER = Duration.ofMillis(400);

    /// A request for what this node does not know is held back for the leader of the catalog no longer than twice that.
    private static final Duration CATCH_UP_MAX = Duration.ofSeconds(1);

    /// What was read and written is reported in this part of the time for a stop: much is closed after
    /// it.
    private static final int LAST_REPORT_PART = 3;

    private final LifeCycle life;

    private Service(LifeCycle life) {
        this.life = life;
    }

    /// @param local this node, as others ask it
    /// @param ledger what the node counts
    /// @param interrupt makes the node's statements end
    /// @param prepare what has to be done before the first client can come; answers whether the fleet is reconciled
    static Service open(
            NodeConfig config,
            Replication replication,
            LocalNode local,
            Uploads uploads,
            UsageLedger ledger,
            Runnable interrupt,
            ReplicatedGroup system,
            NodeId self,
            Predicate<Fleet> prepare)
            throws Exception {
        Catalog catalog = awaitCatalog(system, self);
        LifeCycle life = new LifeCycle("service of " + self);
        Optional<SSLContext> trust = config.tls().flatMap(NodeTls::client);
        NodeHttp http = config.tls().isPresent() ? new NodeHttp(trust) : NodeHttp.plain();
        NodeClients clients = node -> node.id().equals(self) ? local : remote(http, config, node);
        Fleet fleet =
                new Fleet(catalog, clients, Limits.fleetSteps(config.settings()), Limits.fleet(config.settings()));
        DatabaseTokens tokens = new DatabaseTokens(catalog, keySets(config.settings()));
        SystemGroupLeader leader = new SystemGroupLeader(system, catalog, self);
        Freshness freshness = new Freshness(
                catalog,
                limit -> system.leader()
                        .filter(leading -> !leading.equals(self))
                        .flatMap(catalog::node)
                        .map(node -> clients.of(node).catalogFrame(limit)),
                CATCH_UP_MAX);
        Presence presence = new Presence();
        URI publicUrl = Listener.uri(config.scheme(), config.host(), config.port());
        String ownHost = publicUrl.getHost().toLowerCase(Locale.ROOT);
        life.start(parts -> {
            parts.add("client of other nodes", http);
            ledger.follow(catalog.read(sql -> UsageRecords.lastReport(sql, self)));
            // Closed after all that counts.
            parts.add(
                    "usage reports",
                    UsageReporter.start(
                            ledger,
                            () -> system.leader().flatMap(catalog::node).map(node -> clients.of(node)::recordUsage),
                            config.settings().get(Settings.USAGE_REPORT_TIME),
                            config.settings().get(Settings.STOP_TIME).dividedBy(LAST_REPORT_PART)));
            parts.add("changes in the background", fleet);
            PlatformRoutes platform = new PlatformRoutes(
                    catalog,
                    fleet,
                    tokens,
                    uploads,
                    new LeadersAuditTrail(
                            catalog,
                            () -> system.leader().flatMap(catalog::node).map(clients::of)),
                    leader,
                    freshness,
                    http,
                    presence,
                    Limits.platform(
                            config.settings(),
                            publicUrl,
                            config.secret().derived("calls of the platform that nodes hand on"),
                            config.descriptors()));
            parts.add("platform", platform);
            uploads.keepOnlyFor(id -> catalog.byId(id)
                    .filter(route -> route.database().isDraft())
                    .map(route -> route.organization().id()));
            local.countFor(group -> catalog.group(group).map(Group::organization));
            HranaRoutes hrana = new HranaRoutes(
                    new CatalogAccess(catalog, tokens, replication, freshness),
                    new DatabaseUploads(self, catalog, uploads, fleet, leader, presence),
                    Limits.hrana(config.settings(), config.descriptors()),
                    ownHost::equals,
                    new HopMark(config.secret().derived("pipelines that nodes pass on")),
                    trust);
            parts.add("data plane", hrana);
            StreamFollower streams = StreamFollower.start(catalog, streams(hrana));
            parts.add("streams that may not go on", streams);
            local.follow(streams);
            parts.add(
                    "open and archived groups",
                    GroupFollower.start(catalog, local.openGroups(), () -> endStreams(hrana)));
            // Hosts and paths that mean a database first, whatever their path says: the rest is the control
            // plane's.
            HttpRouting.Builder routing = Listener.routing().any(hrana);
            new HealthRoutes(replication, config.location().value(), config.tls()).register(routing);
            platform.register(routing);
            OptionalLong term = system.leadingTerm();
            boolean reconciled = prepare.test(fleet);
            parts.add(
                    "leader's duties",
                    new LeaderDuties(lead(system), duties(fleet), reconciled ? term : OptionalLong.empty()));
            parts.add("drafts", new DraftClock(fleet, leader, config.settings().get(Settings.DRAFT_TIME)));
            parts.add(
                    "port for clients",
                    Listener.open(
                            config.host(),
                            config.port(),
                            "--port",
                            config.settings(),
                            routing,
                            new Lasting(
                                    (method, path) ->
                                            HranaRoutes.streams(method, path) || platform.streams(method, path),
                                    HranaRoutes::dumps),
                            presence,
                            config.tls()));
            // Closed first: new pipelines are refused in words, those under way end, while the port still
            // answers.
            parts.add("pipelines", () -> hrana.stop(PIPELINES_END, interrupt, PIPELINES_ANSWER));
        });
        return new Service(life);
    }

    private static LeaderDuties.Lead lead(ReplicatedGroup system) {
        return new LeaderDuties.Lead() {
            @Override
            public OptionalLong term() {
                return system.leadingTerm();
            }

            @Override
            public Set<NodeId> answering() {
                return system.members().stream()
                        .filter(MemberState::up)
                        .map(MemberState::node)
                        .collect(Collectors.toSet());
            }
        };
    }

    private static LeaderDuties.Duties duties(Fleet fleet) {
        return new LeaderDuties.Duties() {
            @Override
            public boolean run() {
                return fleet.reconcile();
            }

            @Override
            public void resume() {
                fleet.resume();
            }
        };
    }

    private static StreamFollower.Streams streams(HranaRoutes hrana) {
        return new StreamFollower.Streams() {
            @Override
            public void check() {
                hrana.checkStreams();
            }

            @Override
            public boolean awaitEndings(Duration limit) throws InterruptedException {
                return hrana.awaitEndings(limit);
            }
        };
    }

    /// Those of databases whose groups were archived, among others: here nobody waits for the change.
    private static void endStreams(HranaRoutes hrana) {
        hrana.checkStreams();
        try {
            if (!hrana.awaitEndings(ENDINGS_WAIT)) {
                LOG.warn("a group is archived while streams of it still run; they end with their databases");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static KeySets keySets(Configuration settings) throws StartException {
        Optional<TrustedCertificates> trust;
        try {
            Optional<Path> file = settings.get(Settings.JWKS_CERTIFICATES);
            trust = file.isPresent() ? Optional.of(TrustedCertificates.read(file.get())) : Optional.empty();
        } catch (IOException e) {
            throw new StartException("jwks.certificates: " + e.getMessage());
        }
        return new KeySets(
                new HttpsKeySource(settings.get(Settings.JWKS_ADDRESSES), trust), settings.get(Settings.JWKS_REFRESH));
    }

    private static NodeClient remote(NodeHttp http, NodeConfig config, Node node) {
        return new HttpNodeClient(http, config.secret(), node.address());
    }

    /// The catalog of this node, once it has the tables and knows the node.
    private static Catalog awaitCatalog(ReplicatedGroup system, NodeId self) throws StartException {
        long end = System.nanoTime() + CATALOG_WAIT.toNanos();
        Catalog catalog = null;
        while (System.nanoTime() - end < 0) {
            if (catalog == null) {
                Optional<Database> database = system.store().database(SystemGroup.DATABASE);
                catalog = database.map(Catalog::new).orElse(null);
            }
            if (catalog != null && catalog.isCurrent() && catalog.node(self).isPresent()) {
                return catalog;
            }
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
        throw new StartException("the catalog did not arrive at node " + self + " within " + CATALOG_WAIT.toSeconds()
                + " s" + system.trouble().map(trouble -> ": " + trouble).orElse(""));
    }

    @Override
    public void close() {
        life.close();
    }
}
