package io.skerry.catalog.testing;

import io.skerry.catalog.Catalog;
import io.skerry.catalog.fleet.Fleet;
import io.skerry.catalog.fleet.FleetLimits;
import io.skerry.catalog.fleet.FleetSizes;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.token.ApiTokens;
import io.skerry.catalog.upload.UploadLimits;
import io.skerry.catalog.upload.Uploads;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/// A catalog and nodes at fra, lhr and bos, with the organization `acme` and the group `default` at fra.
public final class TestCluster implements AutoCloseable {

    /// For what has to happen at all: a slow machine is not a failure.
    private static final Duration PATIENT = Duration.ofMinutes(1);

    private static final FleetLimits LIMITS = new FleetLimits(
            PATIENT,
            PATIENT,
            PATIENT,
            PATIENT,
            PATIENT,
            Duration.ofSeconds(1),
            PATIENT,
            Duration.ofMillis(1),
            Duration.ofMillis(10),
            Duration.ofMillis(1),
            Duration.ofMillis(100));

    private final Crash crash = new Crash();
    private final Map<NodeId, FakeNode> nodes = new HashMap<>();
    private final PlainDatabase database = new PlainDatabase(crash);
    private final Path uploadFiles = temporary();
    private final Uploads uploads = openUploads(uploadFiles);
    private final String token = ApiTokens.generate();
    private Catalog catalog = new Catalog(database);
    private final FleetSizes sizes;
    private InlineBackground background = new InlineBackground();
    private Fleet fleet;

    public TestCluster() {
        this(FleetSizes.DEFAULT);
    }

    public TestCluster(FleetSizes sizes) {
        this.sizes = sizes;
        fleet = new Fleet(catalog, this::client, LIMITS, sizes, background);
        catalog.migrate();
        catalog.bootstrap("acme", token);
        int port = 8080;
        for (String location : new String[] {"fra", "lhr", "bos"}) {
            NodeId id = new NodeId(location + "-1");
            nodes.put(id, new FakeNode(id, nodes, crash, this::catalog));
            catalog.register(new Node(
                    id,
                    new LocationCode(location),
                    URI.create("http://localhost:" + port),
                    new PeerAddress(id, "127.0.0.1:" + (port + 1000), "127.0.0.1:" + port)));
            port++;
        }
        node("fra").uploads(uploads);
        fleet.bootstrap("acme", "default", new LocationCode("fra"));
    }

    /// What is left when the process died and another takes its place.
    public void restart() {
        crash.never();
        catalog = new Catalog(database);
        background = new InlineBackground();
        fleet = new Fleet(catalog, this::client, LIMITS, sizes, background);
        catalog.migrate();
        fleet.reconcile();
    }

    /// Where the node at fra keeps uploads, which may have four pages each, for a minute.
    public Uploads uploads() {
        return uploads;
    }

    /// The files of these uploads, by name.
    public List<String> uploadFiles() {
        try (Stream<Path> files = Files.list(uploadFiles)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path temporary() {
        try {
            return Files.createTempDirectory("uploads");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Uploads openUploads(Path directory) {
        try {
            return Uploads.open(
                    new NodeId("fra-1"),
                    directory,
                    new UploadLimits(
                            16 << 10,
                            64 << 10,
                            64 << 10,
                            1 << 20,
                            1 << 16,
                            4096,
                            0,
                            Duration.ofMinutes(1),
                            4,
                            8,
                            Duration.ofSeconds(2)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public Catalog catalog() {
        return catalog;
    }

    /// Another view of the same nodes, whose work in the background is done by threads; to be closed
    /// first. Whoever adds a location is answered at once.
    public Fleet threadedFleet() {
        return threadedFleet(Duration.ZERO);
    }

    /// @param addition as in [FleetLimits]
    public Fleet threadedFleet(Duration addition) {
        return new Fleet(catalog, this::client, LIMITS.withAddition(addition), sizes, new AwaitedBackground());
    }

    public Fleet fleet() {
        return fleet;
    }

    /// What the fleet does when nobody waits for it any more.
    public InlineBackground background() {
        return background;
    }

    public Crash crash() {
        return crash;
    }

    public PlainDatabase database() {
        return database;
    }

    /// The administrator's.
    public String token() {
        return token;
    }

    public FakeNode node(String location) {
        return Objects.requireNonNull(nodes.get(new NodeId(location + "-1")));
    }

    public Organization acme() {
        return catalog.read(this::acme);
    }

    public Organization acme(Sql sql) {
        return Organizations.bySlug(sql, "acme").orElseThrow();
    }

    /// One of acme's groups.
    public Group group(String name) {
        return catalog.read(sql -> Groups.byName(sql, acme(sql).id(), name)).orElseThrow();
    }

    @Override
    public void close() {
        // Whoever watches a copy that never ends gives it up.
        nodes.values().forEach(node -> node.reachable(false));
        uploads.close();
        database.close();
        try {
            Files.delete(uploadFiles);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public FakeNode client(Node node) {
        return Objects.requireNonNull(nodes.get(node.id()));
    }
}
