package io.skerry.catalog.fleet;

import static io.skerry.catalog.CatalogException.Reason.INVALID;

import io.skerry.catalog.CatalogException;
import io.skerry.catalog.database.Databases;
import io.skerry.catalog.group.Groups;
import io.skerry.catalog.location.Node;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.GroupId;

/// How much there may be.
///
/// @param groupsPerNode each is a log of its own, with threads, buffers and heartbeats, used or not; archived ones
///     do not count
/// @param databasesPerGroup each is in the list that a node goes through when the group starts
public record FleetSizes(int groupsPerNode, int databasesPerGroup) {

    public static final FleetSizes DEFAULT = new FleetSizes(100, 100_000);

    /// To be asked in the transaction that puts one more group there.
    void requireRoom(Sql sql, Node node) {
        if (Groups.countOn(sql, node.id()) >= groupsPerNode) {
            throw new CatalogException(
                    INVALID,
                    "maximum group count of " + groupsPerNode + " reached at location " + node.location()
                            + ": delete or archive a group there, or take the location from one");
        }
    }

    /// To be asked in the transaction that makes one more database.
    void requireRoom(Sql sql, GroupId group) {
        if (Databases.countIn(sql, group) >= databasesPerGroup) {
            throw new CatalogException(
                    INVALID,
                    "maximum database count of " + databasesPerGroup
                            + " reached in this group: delete a database, or use another group");
        }
    }
}
