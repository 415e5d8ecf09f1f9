package io.skerry.server;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.CatalogException;
import io.skerry.catalog.Names;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.raft.NodeId;
import io.skerry.server.config.ConfigException;
import io.skerry.server.config.Configuration;
import io.skerry.server.config.DescriptorBudget;
import io.skerry.server.config.NodeConfig;
import io.skerry.server.config.Settings;
import io.skerry.server.life.AdministratorToken;
import io.skerry.server.life.Ahead;
import io.skerry.server.life.DirectoryLock;
import io.skerry.server.life.LifeCycle;
import io.skerry.server.life.Linking;
import io.skerry.server.life.NodeIdentity;
import io.skerry.server.life.Parallel;
import io.skerry.server.life.Ports;
import io.skerry.server.life.PrivateFiles;
import io.skerry.server.life.SpareSpace;
import io.skerry.server.life.StartException;
import io.skerry.server.peer.PeerSecret;
import io.skerry.server.tls.DevCertificates;
import io.skerry.server.tls.NodeTls;
import io.skerry.server.tls.TrustedCertificates;
import io.skerry.sqlite.FileDescriptors;
import io.skerry.sqlite.Sqlite;
import io.skerry.sqlite.vfs.BarrierVfs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The nodes of `skerry dev`: one per location, in one process, on consecutive ports, each with its own
/// directory.
///
/// The node of the first location holds the catalog's vote, and stays the one that does: the file `founder`
/// says which.
public final class DevCluster implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(DevCluster.class);
    private static final String HOST = "127.0.0.1";
    private static final String GROUP = "default";
    /// Free ports are looked for below those that the operating system gives to outgoing connections.
    private static final int FREE_PORTS_FROM = 10_000;
    private static final int FREE_PORTS_SPREAD = 18_000;

    /// @param directory holds a directory per location, and the administrator's token
    /// @param port of the first location; 0 for any free ports
    /// @param token null for the one kept in the directory, or a fresh one
    /// @param tls whether the nodes speak TLS with certificates that are made in the directory
    public record Plan(
            Path directory,
            List<LocationCode> locations,
            int port,
            String organization,
            @Nullable String token,
            Configuration settings,
            boolean tls) {

        /// Without certificates of its own making.
        public Plan(
                Path directory,
                List<LocationCode> locations,
                int port,
                String organization,
                @Nullable String token,
                Configuration settings) {
            this(directory, locations, port, organization, token, settings, false);
        }

        public Plan {
            locations = List.copyOf(locations);
            if (locations.isEmpty()) {
                throw new ConfigException("--locations must name at least one location, such as fra");
            }
            if (new HashSet<>(locations).size() < locations.size()) {
                throw new ConfigException("--locations " + join(locations) + " names a location twice");
            }
            try {
                Names.check("organization", organization);
            } catch (CatalogException e) {
                throw new ConfigException("--organization '" + organization + "': " + e.getMessage());
            }
            if (token != null && !token.strip().matches("[!-~]*")) {
                throw new ConfigException("--token must be of visible ASCII characters without spaces:"
                        + " nothing else can be sent in a header");
            }
            boolean certificate = settings.get(Settings.TLS_CERTIFICATE).isPresent();
            if (certificate != settings.get(Settings.TLS_KEY).isPresent()) {
                throw new ConfigException("http.tls.certificate and http.tls.key belong together: set both, or none");
            }
            if (tls && certificate) {
                throw new ConfigException("--tls makes a certificate, http.tls.certificate names one: leave one out");
            }
            if (port < 0 || port + locations.size() - 1 > 65_535) {
                throw new ConfigException("--port " + port + " must be from 0 to " + (65_536 - locations.size()));
            }
        }
    }

    private final Plan plan;
    private final String token;
    private final List<Node> nodes;
    private final Catalog catalog;
    private final LifeCycle life;

    private DevCluster(Plan plan, String token, List<Node> nodes, Catalog catalog, LifeCycle life) {
        this.plan = plan;
        this.token = token;
        this.nodes = List.copyOf(nodes);
        this.catalog = catalog;
        this.life = life;
    }

    /// Starts all nodes and returns once each answers.
    ///
    /// @throws StartException if a directory or port cannot be had, or the locations do not fit the data
    public static DevCluster start(Plan plan) throws Exception {
        LifeCycle life = new LifeCycle("nodes");
        DevCluster[] made = new DevCluster[1];
        life.start(parts -> {
            parts.add("data directory", DirectoryLock.take(plan.directory()));
            SpareSpace.prepare(plan.directory());
            DescriptorBudget descriptors = descriptors(plan);
            Configuration settings = descriptors.settings();
            Ahead<String> token =
                    Ahead.begin("skerry-token", () -> AdministratorToken.in(plan.directory(), plan.token()));
            parts.add("token", token);
            Ahead<Boolean> sqlite =
                    Ahead.begin("skerry-limits", () -> prepareSqlite(settings, descriptors.temporaryFiles()));
            PeerSecret secret = PeerSecret.in(plan.directory().resolve("cluster-secret"));
            Optional<NodeTls> tls = tls(plan);
            if (tls.isPresent()) {
                parts.add("certificate", tls.get());
            }
            LocationCode founder = founder(plan);
            List<Integer> ports = ports(plan);
            Node[] nodes = new Node[plan.locations().size()];
            parts.add("nodes", () -> Parallel.closeAll(nodes));
            Parallel.run(nodes.length, i -> {
                LocationCode location = plan.locations().get(i);
                Path directory = plan.directory().resolve(location.value());
                nodes[i] = Node.start(new NodeConfig(
                        location, directory, HOST, ports.get(i), secret, tls, settings, descriptors.node()));
            });
            // Closed first, all at once: the last that each has to report is for the node that leads the
            // catalog.
            parts.add("services", () -> Parallel.run(nodes.length, i -> stopServing(nodes[i])));
            sqlite.await();
            String administrator = token.await();
            Catalog catalog = join(plan, administrator, nodes, plan.locations().indexOf(founder));
            made[0] = new DevCluster(plan, administrator, List.of(nodes), catalog, life);
        });
        return made[0];
    }

    private static DescriptorBudget descriptors(Plan plan) throws IOException, StartException {
        int groups = 0;
        for (LocationCode location : plan.locations()) {
            groups = Math.max(groups, Storage.startedIn(plan.directory().resolve(location.value())));
        }
        DescriptorBudget budget = DescriptorBudget.of(
                plan.settings(), FileDescriptors.max(), plan.locations().size(), groups);
        budget.warning().ifPresent(log::warn);
        return budget;
    }

    private static boolean prepareSqlite(Configuration settings, int temporaryFiles) throws Exception {
        Linking.await(); // says what to do where there is no library
        Sqlite.limitMemory(settings.get(Settings.MEMORY_BYTES));
        BarrierVfs.limitTemporaryFiles(settings.get(Settings.TEMPORARY_BYTES), temporaryFiles);
        return true;
    }

    /// Plain HTTP must not pay for it: nothing of TLS is loaded before it is known to be wanted.
    private static Optional<NodeTls> tls(Plan plan) throws IOException, StartException {
        if (plan.tls()) {
            DevCertificates made = DevCertificates.in(certificates(plan.directory()), Clock.systemUTC());
            return Optional.of(openTls(made.certificate(), made.key(), Optional.of(made.authority())));
        }
        Optional<Path> certificate = plan.settings().get(Settings.TLS_CERTIFICATE);
        if (certificate.isEmpty()) {
            return Optional.empty();
        }
        Path key = plan.settings().get(Settings.TLS_KEY).orElseThrow();
        return Optional.of(openTls(certificate.get(), key, plan.settings().get(Settings.TLS_TRUST)));
    }

    private static NodeTls openTls(Path certificate, Path key, Optional<Path> trust) throws StartException {
        try {
            return NodeTls.open(
                    certificate,
                    key,
                    trust.isPresent() ? Optional.of(TrustedCertificates.read(trust.get())) : Optional.empty());
        } catch (IOException e) {
            throw new StartException("TLS: " + e.getMessage(), e);
        }
    }

    private static Path certificates(Path directory) {
        return directory.resolve("tls");
    }

    private static void stopServing(@Nullable Node node) {
        if (node != null) {
            node.stopServing();
        }
    }

    /// @return the catalog of the node that holds its vote
    private static Catalog join(Plan plan, String token, Node[] nodes, int founder) throws Exception {
        Node first = nodes[founder];
        List<Node> others = Arrays.stream(nodes).filter(node -> node != first).toList();
        Catalog catalog = first.found(others, plan.organization(), token);
        log.debug("the catalog is there");
        checkLocations(plan, catalog);
        for (Node node : others) {
            first.admit(node, catalog);
        }
        Set<NodeId> started = Arrays.stream(nodes).map(Node::id).collect(Collectors.toSet());
        for (io.skerry.catalog.location.Node known : catalog.nodes()) {
            if (!started.contains(known.id())) {
                first.forget(known, catalog);
            }
        }
        log.debug("all nodes are in the cluster");
        Parallel.run(
                nodes.length,
                i -> nodes[i].serve(fleet -> {
                    if (nodes[i] != first) {
                        return true;
                    }
                    boolean reconciled = fleet.reconcile();
                    fleet.bootstrap(plan.organization(), GROUP, first.location());
                    return reconciled;
                }));
        return catalog;
    }

    /// Every location that a group has must be there: its databases are nowhere else, or would fall behind
    /// unseen.
    private static void checkLocations(Plan plan, Catalog catalog) throws StartException {
        for (Group group : catalog.read(Groups::all)) {
            for (LocationCode location : group.locations()) {
                if (!plan.locations().contains(location)) {
                    throw new StartException("--locations " + join(plan.locations()) + " leaves out " + location
                            + ", where group '" + group.name()
                            + "' is; start with it, and take it from the group first:"
                            + " DELETE /v1/organizations/ORGANIZATION/groups/" + group.name() + "/locations/"
                            + location);
                }
            }
        }
    }

    private static LocationCode founder(Plan plan) throws IOException, StartException {
        Path file = plan.directory().resolve("founder");
        if (!Files.exists(file)) {
            PrivateFiles.write(file, plan.locations().getFirst() + "\n");
        }
        LocationCode founder = LocationCode.parse(Files.readString(file).strip())
                .orElseThrow(() -> new StartException(file + " is damaged: it must hold the code of a location"));
        Path home = plan.directory().resolve(founder.value());
        if (Files.notExists(home) && !locations(plan.directory()).isEmpty()) {
            throw new StartException(
                    home + " is gone, and the catalog with it; bring it back from a backup, or start on"
                            + " another directory");
        }
        if (!plan.locations().contains(founder)) {
            throw new StartException("--locations " + join(plan.locations()) + " leaves out " + founder
                    + ", which holds the catalog of " + plan.directory() + "; start with it");
        }
        return founder;
    }

    /// The locations that have a node in the directory, in the order of their codes.
    public static List<LocationCode> locations(Path directory) throws IOException {
        if (Files.notExists(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(NodeIdentity::isIn)
                    .flatMap(entry -> LocationCode.parse(String.valueOf(entry.getFileName())).stream())
                    .sorted()
                    .toList();
        }
    }

    private static List<Integer> ports(Plan plan) throws StartException {
        List<Integer> ports = new ArrayList<>();
        int next = plan.port();
        if (next == 0) {
            next = FREE_PORTS_FROM + new SecureRandom().nextInt(FREE_PORTS_SPREAD);
        }
        for (int i = 0; i < plan.locations().size(); i++) {
            if (plan.port() == 0) {
                next = Ports.firstFree(HOST, next, 1);
            } else {
                Ports.check(HOST, next, "--port");
            }
            ports.add(next++);
        }
        return ports;
    }

    private static String join(List<LocationCode> locations) {
        return String.join(",", locations.stream().map(LocationCode::value).toList());
    }

    public List<Node> nodes() {
        return nodes;
    }

    /// The catalog, as the node has it that holds its vote.
    public Catalog catalog() {
        return catalog;
    }

    /// The certificates that clients have to trust, if it made some of its own.
    public Optional<Path> authority() {
        return plan.tls()
                ? Optional.of(certificates(plan.directory()).resolve(DevCertificates.AUTHORITY_FILE))
                : Optional.empty();
    }

    public String organization() {
        return plan.organization();
    }

    /// The administrator's token. A secret: for the person at the terminal, never for a log.
    public String token() {
        return token;
    }

    @Override
    public void close() {
        life.close();
    }
}
