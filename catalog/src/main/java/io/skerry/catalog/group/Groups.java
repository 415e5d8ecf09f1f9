package io.skerry.catalog.group;

import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.sql.Row;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.usage.UsageRecords;
import io.skerry.engine.GroupId;
import io.skerry.raft.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// Groups and their locations in the catalog.
public final class Groups {

    private static final String SELECT = """
            SELECT id, organization, name, primary_location, version, extensions, delete_protection, archived,
                   key_version
            FROM groups
            """;

    private Groups() {}

    public static Optional<Group> byId(Sql sql, GroupId id) {
        return sql.first(SELECT + "WHERE id = ?", row -> read(sql, row), id);
    }

    public static Optional<Group> byName(Sql sql, OrganizationId organization, String name) {
        return sql.first(SELECT + "WHERE organization = ? AND name = ?", row -> read(sql, row), organization, name);
    }

    public static List<Group> of(Sql sql, OrganizationId organization) {
        return sql.list(SELECT + "WHERE organization = ? ORDER BY name", row -> read(sql, row), organization);
    }

    public static List<Group> all(Sql sql) {
        return sql.list(SELECT + "ORDER BY id", row -> read(sql, row));
    }

    public static void insert(Sql sql, Group group, Instant now) {
        sql.update(
                """
                INSERT INTO groups (id, organization, name, primary_location, version, extensions, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                group.id(),
                group.organization(),
                group.name(),
                group.primary(),
                group.version(),
                group.extensions(),
                now);
    }

    /// Appends a location to the group's list.
    public static void addLocation(
            Sql sql, GroupId group, GroupLocation place, NodeId node, boolean primary, Instant now) {
        sql.update("""
                INSERT INTO group_locations (grp, location, position, mode, instance, added_at)
                SELECT ?1, ?2, coalesce(max(position) + 1, 0), ?3, ?4, ?5 FROM group_locations WHERE grp = ?1
                """, group, place.code(), primary ? "primary" : "async", place.instance(), now);
        sql.update(
                "INSERT INTO group_nodes (grp, node, location, role) VALUES (?, ?, ?, ?)",
                group,
                node,
                place.code(),
                primary ? "voter" : "listener");
    }

    public static void removeLocation(Sql sql, GroupId group, LocationCode code) {
        sql.update("DELETE FROM group_nodes WHERE grp = ? AND location = ?", group, code);
        sql.update("DELETE FROM group_locations WHERE grp = ? AND location = ?", group, code);
    }

    /// The nodes that hold the group at a location.
    public static List<NodeId> nodes(Sql sql, GroupId group, LocationCode code) {
        return sql.list(
                "SELECT node FROM group_nodes WHERE grp = ? AND location = ? ORDER BY node",
                row -> new NodeId(row.text(0)),
                group,
                code);
    }

    /// Whether one of the group's locations is on the node.
    public static boolean isOn(Sql sql, GroupId group, NodeId node) {
        return sql.first("SELECT 1 FROM group_nodes WHERE grp = ? AND node = ?", row -> true, group, node)
                .isPresent();
    }

    /// How many groups are on the node that are not archived.
    public static long countOn(Sql sql, NodeId node) {
        return sql.first(
                        "SELECT count(*) FROM group_nodes JOIN groups ON groups.id = grp WHERE node = ? AND NOT archived",
                        row -> row.integer(0),
                        node)
                .orElse(0L);
    }

    /// The nodes that hold the group, those of its primary first.
    public static List<NodeId> holders(Sql sql, GroupId group) {
        return sql.list(
                "SELECT node FROM group_nodes WHERE grp = ? ORDER BY role = 'voter' DESC, node",
                row -> new NodeId(row.text(0)),
                group);
    }

    public static List<GroupId> archived(Sql sql) {
        return sql.list("SELECT id FROM groups WHERE archived", row -> new GroupId(row.uuid(0)));
    }

    public static void protect(Sql sql, GroupId group, boolean on) {
        sql.update("UPDATE groups SET delete_protection = ? WHERE id = ?", on, group);
    }

    public static void rename(Sql sql, GroupId group, String name) {
        sql.update("UPDATE groups SET name = ? WHERE id = ?", name, group);
    }

    /// Gives the group to another organization; API tokens that are restricted to it end.
    public static void transfer(Sql sql, GroupId group, OrganizationId organization) {
        sql.update("UPDATE groups SET organization = ? WHERE id = ?", organization, group);
        sql.update("DELETE FROM api_tokens WHERE grp = ?", group);
    }

    public static void archive(Sql sql, GroupId group, boolean on) {
        sql.update("UPDATE groups SET archived = ? WHERE id = ?", on, group);
    }

    /// Starts a new version of the group's keys; every token of the group and of its databases is dead.
    public static void rotate(Sql sql, GroupId group) {
        sql.update("UPDATE groups SET key_version = key_version + 1 WHERE id = ?", group);
    }

    /// Removes the group with its locations, its databases, its keys and the API tokens that are bound to it.
    public static void delete(Sql sql, GroupId group) {
        UsageRecords.keepOwners(sql, group);
        sql.update("DELETE FROM host_names WHERE database IN (SELECT id FROM databases WHERE grp = ?)", group);
        sql.update(
                "DELETE FROM signing_keys WHERE owner = ?1 OR owner IN (SELECT id FROM databases WHERE grp = ?1)",
                group);
        sql.update("DELETE FROM databases WHERE grp = ?", group);
        sql.update("DELETE FROM api_tokens WHERE grp = ?", group);
        sql.update("DELETE FROM group_nodes WHERE grp = ?", group);
        sql.update("DELETE FROM group_locations WHERE grp = ?", group);
        sql.update("DELETE FROM groups WHERE id = ?", group);
    }

    private static Group read(Sql sql, Row row) {
        GroupId id = new GroupId(row.uuid(0));
        List<GroupLocation> places = sql.list(
                "SELECT location, instance FROM group_locations WHERE grp = ? ORDER BY position",
                place -> new GroupLocation(new LocationCode(place.text(0)), place.uuid(1)),
                id);
        return new Group(
                id,
                new OrganizationId(row.uuid(1)),
                row.text(2),
                new LocationCode(row.text(3)),
                places,
                row.text(4),
                row.text(5),
                row.flag(6),
                row.flag(7),
                row.integer(8));
    }
}
