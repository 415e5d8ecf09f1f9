package io.skerry.catalog;

import io.skerry.catalog.audit.Audit;
import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.database.Routes;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.location.Nodes;
import io.skerry.catalog.organization.Organization;
import io.skerry.catalog.organization.Organizations;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.usage.UsageRecords;
import io.skerry.catalog.usage.UsageRetention;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.raft.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// The catalog as one node sees it. Lookups are answered from memory while nothing changed: what was read
/// is kept until the catalog database's frame moves, which it does on every node as soon as a change is
/// applied there. Thread-safe.
public final class Catalog {

    private static final int ROUTES_MAX = 100_000;
    private static final int GROUPS_MAX = 10_000;

    private final Database database;
    private final FrameCache<String, DatabaseRoute> byLabel;
    private final FrameCache<OrganizationAndName, DatabaseRoute> byName;
    private final FrameCache<DatabaseId, DatabaseRoute> byId;
    private final FrameCache<GroupId, Group> groups;
    private final FrameCache<String, List<Node>> nodes;

    /// @param database [SystemGroup#DATABASE] on this node
    public Catalog(Database database) {
        this.database = database;
        this.byLabel = cache(ROUTES_MAX, label -> read(sql -> Routes.byLabel(sql, label)));
        this.byName = cache(
                ROUTES_MAX,
                key -> read(sql -> organization(sql, key.organization())
                        .flatMap(organization -> Routes.byName(sql, organization, key.name()))));
        this.byId = cache(ROUTES_MAX, id -> read(sql -> Routes.byId(sql, id)));
        this.groups = cache(GROUPS_MAX, id -> read(sql -> Groups.byId(sql, id)));
        this.nodes = cache(1, all -> Optional.of(read(Nodes::all)));
    }

    /// Brings the tables to the version that this code knows. To be called on the node that leads the system
    /// group, before anything else; does nothing if they are there.
    ///
    /// @throws CatalogException VERSION if the tables are of a newer version
    public void migrate() {
        Migrations.builtIn().run(this);
    }

    /// Whether there are tables, of whatever version.
    public boolean isReady() {
        return read(Migrations::version) > 0;
    }

    /// Whether the tables are those that this code knows. On a node that does not lead they arrive with the
    /// log: after a start of a newer program its copy has those of the older one for a moment.
    public boolean isCurrent() {
        return read(Migrations::version) >= Migrations.builtInVersion();
    }

    /// Makes sure that what is read here afterwards is all that was ever committed, by a write of its own: only the
    /// leader can commit one, and only onto the newest state. Whoever is going to delete what the catalog does not
    /// name asks for this first.
    ///
    /// @throws io.skerry.engine.DatabaseException if this copy may be behind, as [#write]
    public void confirm() {
        write(sql -> {
            sql.update(
                    "INSERT INTO settings (name, value) VALUES ('confirmed_at', ?)"
                            + " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                    Instant.now());
            return true;
        });
    }

    /// Creates what a first start needs and is not there yet: the organization `slug`, a user of the same
    /// name who owns it, and the administrator's API token of that user, which replaces an earlier one.
    /// Leader only.
    ///
    /// @return true if anything changed
    public boolean bootstrap(String slug, String token) {
        return new FirstStart(this).run(slug, token, Instant.now());
    }

    /// Says for how long entries of the audit log are kept, if that is news. Leader only.
    public void keepAudit(Duration retention) {
        if (!read(sql -> Audit.isKept(sql, retention))) {
            write(sql -> {
                Audit.keep(sql, retention);
                return retention;
            });
        }
    }

    /// Says for how long it is kept what databases read and wrote, if that is news. Leader only.
    public void keepUsage(UsageRetention retention) {
        if (!read(UsageRetention::in).equals(retention)) {
            write(sql -> {
                retention.keep(sql);
                return retention;
            });
        }
    }

    /// Writes down that the node exists and how it is reached, if that is news. Leader only.
    public void register(Node node) {
        if (!nodes().contains(node)) {
            write(sql -> {
                Nodes.register(sql, node, Instant.now());
                return node;
            });
        }
    }

    /// Forgets a node that is gone for good; [#register] brings one back. Leader only.
    ///
    /// @return false if a group is still on it; nothing was changed then
    public boolean retire(NodeId node) {
        return write(sql -> {
            boolean gone = Nodes.remove(sql, node);
            if (gone) {
                UsageRecords.forget(sql, node);
            }
            return gone;
        });
    }

    /// The database that the first label of a host name means: `<database>-<organization>`, or
    /// `<location>-<database>-<organization>` for one of its instances.
    public Optional<DatabaseRoute> byLabel(String label) {
        return byLabel.get(label);
    }

    /// @param organization slug; null means the organization of the first start
    public Optional<DatabaseRoute> byName(@Nullable String organization, String name) {
        return byName.get(new OrganizationAndName(organization, name));
    }

    public Optional<DatabaseRoute> byId(DatabaseId id) {
        return byId.get(id);
    }

    public Optional<Group> group(GroupId id) {
        return groups.get(id);
    }

    /// In the order of their registration.
    public List<Node> nodes() {
        return nodes.get("").orElse(List.of());
    }

    public Optional<Node> node(NodeId id) {
        // Asked by every request of the data plane.
        for (Node node : nodes()) {
            if (node.id().equals(id)) {
                return Optional.of(node);
            }
        }
        return Optional.empty();
    }

    /// The nodes at a location; none if it is not available.
    public List<Node> nodesAt(LocationCode location) {
        return nodes().stream().filter(node -> node.location().equals(location)).toList();
    }

    /// The locations that a node serves, the first registered first.
    public List<LocationCode> locations() {
        return nodes().stream().map(Node::location).distinct().toList();
    }

    /// The newest change that is visible here.
    public FrameNo frame() {
        return database.frame();
    }

    /// Waits until a change made elsewhere is visible here.
    ///
    /// @return false if `limit` passed first
    public boolean awaitFrame(FrameNo frame, Duration limit) {
        return database.awaitFrame(frame, limit);
    }

    /// A cache that lives and dies with the catalog's frames; see [FrameCache].
    public <K, V> FrameCache<K, V> cache(int entriesMax, Function<K, Optional<V>> load) {
        return new FrameCache<>(database, entriesMax, load);
    }

    /// Runs `work` in a read transaction.
    public <T> T read(Function<Sql, T> work) {
        return database.read(connection -> work.apply(new Sql(connection)));
    }

    /// Runs `work` in a write transaction; returns once it is durable on a quorum. `work` may run more than
    /// once and must have no effect outside the catalog. Leader only.
    ///
    /// @throws io.skerry.engine.DatabaseException NOT_LEADER, OVERLOADED, DISK_FULL, OUTCOME_UNKNOWN,
    ///     UNAVAILABLE
    public <T> T write(Function<Sql, T> work) {
        return database.write(connection -> work.apply(new Sql(connection)));
    }

    /// The one of the first start: its owner is who runs the server.
    public static Optional<Organization> firstOrganization(Sql sql) {
        return FirstStart.organization(sql);
    }

    private static Optional<Organization> organization(Sql sql, @Nullable String slug) {
        return slug == null ? FirstStart.organization(sql) : Organizations.bySlug(sql, slug);
    }

    private record OrganizationAndName(@Nullable String organization, String name) {}
}
