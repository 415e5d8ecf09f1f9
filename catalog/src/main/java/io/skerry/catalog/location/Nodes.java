package io.skerry.catalog.location;

import io.skerry.catalog.sql.Row;
import io.skerry.catalog.sql.Sql;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;

/// Nodes in the catalog.
public final class Nodes {

    private Nodes() {}

    /// Every node that was not removed, in the order of registration.
    public static List<Node> all(Sql sql) {
        return sql.list(
                "SELECT id, location, http, raft, transfer FROM nodes WHERE state <> 'removed' ORDER BY position",
                Nodes::read);
    }

    /// Adds the node, or brings its addresses up to date.
    public static void register(Sql sql, Node node, Instant now) {
        sql.update(
                """
                INSERT INTO nodes (id, location, http, raft, transfer, position, registered_at)
                SELECT ?1, ?2, ?3, ?4, ?5, coalesce(max(position) + 1, 0), ?6 FROM nodes WHERE true
                ON CONFLICT (id) DO UPDATE SET
                    location = excluded.location, http = excluded.http, raft = excluded.raft,
                    transfer = excluded.transfer, state = 'active'
                """,
                node.id(),
                node.location(),
                node.http().toString(),
                node.address().raft(),
                node.address().transfer(),
                now);
    }

    /// Takes the node out of the list, unless a group is on it: such a group could not even be taken from
    /// it any more.
    ///
    /// @return whether it was taken out
    public static boolean remove(Sql sql, NodeId id) {
        if (sql.first("SELECT 1 FROM group_nodes WHERE node = ?", row -> true, id)
                .isPresent()) {
            return false;
        }
        sql.update("UPDATE nodes SET state = 'removed' WHERE id = ?", id);
        return true;
    }

    private static Node read(Row row) {
        NodeId id = new NodeId(row.text(0));
        return new Node(
                id,
                new LocationCode(row.text(1)),
                URI.create(row.text(2)),
                new PeerAddress(id, row.text(3), row.text(4)));
    }
}
