package io.skerry.catalog.database;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.sql.Row;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.usage.UsageRecords;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Databases and host names in the catalog.
public final class Databases {

    private static final String SELECT = """
            SELECT id, organization, grp, name, size_limit, allow_attach, block_reads, block_writes,
                   delete_protection, archived, key_version, parent, parent_name, branched_at, allowed_ips,
                   state, allowed_vpc_ids
            FROM databases
            """;

    private Databases() {}

    /// A fresh id. Clients read a byte 5 of 0x10 as the mark of another database engine, so it never has that.
    public static DatabaseId newId() {
        UUID id = UUID.randomUUID();
        while (((id.getMostSignificantBits() >>> 16) & 0xff) == 0x10) {
            id = UUID.randomUUID();
        }
        return new DatabaseId(id);
    }

    public static Optional<DatabaseInfo> byId(Sql sql, DatabaseId id) {
        return sql.first(SELECT + "WHERE id = ?", Databases::read, id);
    }

    public static Optional<DatabaseInfo> byName(Sql sql, OrganizationId organization, String name) {
        return sql.first(SELECT + "WHERE organization = ? AND name = ?", Databases::read, organization, name);
    }

    public static Optional<DatabaseInfo> byLabel(Sql sql, String label) {
        return sql.first(
                SELECT + "WHERE id = (SELECT database FROM host_names WHERE label = ?)", Databases::read, label);
    }

    /// A page of an organization's databases in the order of their names.
    ///
    /// @param group only those of this group, null for all
    /// @param parent only branches of this one, null for all
    /// @param after only those whose name comes after
    /// @param limit at most this many
    public static List<DatabaseInfo> page(
            Sql sql,
            OrganizationId organization,
            @Nullable GroupId group,
            @Nullable DatabaseId parent,
            String after,
            long limit) {
        // Two statements rather than one with "? IS NULL OR", so that each has its index.
        String filter = parent == null ? "" : " AND parent = ?5";
        return group == null
                ? sql.list(
                        SELECT + "WHERE organization = ?1 AND name > ?3" + filter + " ORDER BY name LIMIT ?4",
                        Databases::read,
                        organization,
                        null,
                        after,
                        limit,
                        parent)
                : sql.list(
                        SELECT + "WHERE grp = ?2 AND organization = ?1 AND name > ?3" + filter
                                + " ORDER BY name LIMIT ?4",
                        Databases::read,
                        organization,
                        group,
                        after,
                        limit,
                        parent);
    }

    public static long countIn(Sql sql, GroupId group) {
        return sql.first("SELECT count(*) FROM databases WHERE grp = ?", row -> row.integer(0), group)
                .orElse(0L);
    }

    public static List<DatabaseId> idsOf(Sql sql, GroupId group) {
        return sql.list("SELECT id FROM databases WHERE grp = ?", row -> new DatabaseId(row.uuid(0)), group);
    }

    /// Those of the group that nodes have: all but drafts.
    public static List<DatabaseId> activeIn(Sql sql, GroupId group) {
        return sql.list(
                "SELECT id FROM databases WHERE grp = ? AND state = 'active'",
                row -> new DatabaseId(row.uuid(0)),
                group);
    }

    /// Drafts that were created before a moment.
    public static List<DatabaseId> draftsBefore(Sql sql, Instant moment) {
        return sql.list(
                "SELECT id FROM databases WHERE state = 'draft' AND created_at < ?",
                row -> new DatabaseId(row.uuid(0)),
                moment);
    }

    /// The draft has its content.
    public static void activate(Sql sql, DatabaseId id) {
        sql.update("UPDATE databases SET state = 'active' WHERE id = ?", id);
    }

    /// Those of the group that must not be deleted, by name.
    public static List<String> protectedIn(Sql sql, GroupId group) {
        return sql.list(
                "SELECT name FROM databases WHERE grp = ? AND delete_protection = 1 ORDER BY name",
                row -> row.text(0),
                group);
    }

    /// Whether a database called `name` cannot have the label. It can have one that is free, and one that is only
    /// an alias: of a database of the same name, which its organization gave away.
    public static boolean isLabelTaken(Sql sql, String label, String name) {
        return sql.first("""
                        SELECT 1 FROM host_names JOIN databases ON databases.id = host_names.database
                        WHERE label = ? AND NOT (alias AND name = ?)
                        """, row -> true, label, name).isPresent();
    }

    /// @param label for which [#isLabelTaken] is false
    public static void insert(Sql sql, DatabaseInfo database, String label, Instant now) {
        DatabaseInfo.Parent parent = database.parent();
        sql.update(
                """
                INSERT INTO databases (id, organization, grp, name, state, size_limit, allowed_ips, allowed_vpc_ids,
                                       parent, parent_name, branched_at, created_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                database.id(),
                database.organization(),
                database.group(),
                database.name(),
                database.state().text(),
                database.sizeLimit(),
                join(database.allowedIps().texts()),
                join(database.allowedVpcs().ids()),
                parent == null ? null : parent.id(),
                parent == null ? null : parent.name(),
                parent == null ? null : parent.branchedAt(),
                now);
        name(sql, database.id(), label);
    }

    /// Gives the database to another organization; the label that it had becomes an alias.
    ///
    /// @param label for which [#isLabelTaken] is false
    public static void transfer(Sql sql, DatabaseId id, OrganizationId organization, String label) {
        sql.update("UPDATE databases SET organization = ? WHERE id = ?", organization, id);
        sql.update("UPDATE host_names SET alias = 1 WHERE database = ?", id);
        name(sql, id, label);
    }

    private static void name(Sql sql, DatabaseId id, String label) {
        sql.update("DELETE FROM host_names WHERE label = ? AND alias", label);
        sql.update("INSERT INTO host_names (label, database) VALUES (?, ?)", label, id);
    }

    /// Writes down what can be configured.
    public static void configure(Sql sql, DatabaseInfo database) {
        sql.update(
                """
                UPDATE databases
                SET size_limit = ?, allow_attach = ?, block_reads = ?, block_writes = ?, delete_protection = ?,
                    allowed_ips = ?, allowed_vpc_ids = ?
                WHERE id = ?
                """,
                database.sizeLimit(),
                database.allowAttach(),
                database.blockReads(),
                database.blockWrites(),
                database.deleteProtection(),
                join(database.allowedIps().texts()),
                join(database.allowedVpcs().ids()),
                database.id());
    }

    /// Starts a new version of the database's key; every token of the database is dead.
    public static void rotate(Sql sql, DatabaseId id) {
        sql.update("UPDATE databases SET key_version = key_version + 1 WHERE id = ?", id);
    }

    public static void delete(Sql sql, DatabaseId id) {
        UsageRecords.keepOwner(sql, id);
        sql.update("DELETE FROM host_names WHERE database = ?", id);
        sql.update("DELETE FROM signing_keys WHERE owner = ?", id);
        sql.update("DELETE FROM databases WHERE id = ?", id);
    }

    /// Addresses, networks and ids of endpoints need no escapes in JSON, so a list of them is written and read without
    /// a library.
    private static String join(List<String> texts) {
        return texts.isEmpty() ? "[]" : "[\"" + String.join("\",\"", texts) + "\"]";
    }

    private static List<String> split(String json) {
        return json.equals("[]")
                ? List.of()
                : List.of(json.substring(2, json.length() - 2).split("\",\"", -1));
    }

    private static DatabaseInfo read(Row row) {
        DatabaseInfo.Parent parent = row.isNull(11)
                ? null
                : new DatabaseInfo.Parent(new DatabaseId(row.uuid(11)), row.text(12), row.instant(13));
        return new DatabaseInfo(
                new DatabaseId(row.uuid(0)),
                new OrganizationId(row.uuid(1)),
                new GroupId(row.uuid(2)),
                row.text(3),
                DatabaseInfo.State.parse(row.text(15)),
                SizeLimit.stored(row.text(4)),
                row.flag(5),
                row.flag(6),
                row.flag(7),
                row.flag(8),
                row.flag(9),
                AddressRules.parse(split(row.text(14))),
                VpcRules.parse(split(row.text(16))),
                parent,
                row.integer(10));
    }
}
