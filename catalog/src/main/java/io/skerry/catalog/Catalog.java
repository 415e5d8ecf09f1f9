package io.skerry.catalog;

import io.skerry.catalog.database.DatabaseRoute;
import io.skerry.catalog.group.Group;
import io.skerry.catalog.location.Node;
import io.skerry.engine.Database;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.FrameNo;
import io.skerry.engine.GroupId;
import io.skerry.raft.NodeId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The catalog as one node sees it. Lookups are answered from memory while nothing changed: what was read is kept
/// until the catalog database's frame moves, which it does on every node as soon as a change is applied there.
/// Thread-safe.
public final class Catalog {

    private final Database database;

    /// @param database [SystemGroup#DATABASE] on this node
    public Catalog(Database database) {
        this.database = database;
    }

    /// Brings the tables to the version that this code knows. To be called on the node that leads the system
    /// group, before anything else; does nothing if they are there.
    ///
    /// @throws io.skerry.engine.DatabaseException if the tables are of a newer version
    public void migrate() {
        throw new UnsupportedOperationException();
    }

    /// Creates what a first start needs and is not there yet: the organization `slug`, a user of the same name who
    /// owns it, and an API token for that user. Returns true if the token is new. Leader only.
    public boolean bootstrap(String slug, String token) {
        throw new UnsupportedOperationException();
    }

    /// Writes down that the node exists and how it is reached, if that is news. Leader only.
    public void register(Node node) {
        throw new UnsupportedOperationException();
    }

    /// The database that the first label of a host name means: `<database>-<organization>`, or
    /// `<location>-<database>-<organization>` for one of its instances.
    public Optional<DatabaseRoute> byLabel(String label) {
        throw new UnsupportedOperationException();
    }

    /// @param organization slug; null means the organization of the first start
    public Optional<DatabaseRoute> byName(@Nullable String organization, String name) {
        throw new UnsupportedOperationException();
    }

    public Optional<DatabaseRoute> byId(DatabaseId id) {
        throw new UnsupportedOperationException();
    }

    public Optional<Group> group(GroupId id) {
        throw new UnsupportedOperationException();
    }

    public List<Node> nodes() {
        throw new UnsupportedOperationException();
    }

    public Optional<Node> node(NodeId id) {
        return nodes().stream().filter(node -> node.id().equals(id)).findFirst();
    }

    /// The newest change that is visible here.
    public FrameNo frame() {
        return database.frame();
    }
}
