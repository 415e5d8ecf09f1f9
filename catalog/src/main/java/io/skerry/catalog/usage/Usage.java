package io.skerry.catalog.usage;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.sql.Row;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.DatabaseId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Counters of databases in the catalog.
public final class Usage {

    private static final String SELECT = """
            SELECT d.id, l.instance, coalesce(sum(u.rows_read), 0), coalesce(sum(u.rows_written), 0),
                   coalesce(max(u.storage_bytes_max), 0), coalesce(sum(u.bytes_synced), 0)
            FROM databases d JOIN group_locations l ON l.grp = d.grp
            LEFT JOIN usage u ON u.database = d.id AND u.location = l.location AND u.hour >= ? AND u.hour < ?
            WHERE d.state = 'active' AND d.organization = ?
            GROUP BY d.id, l.location ORDER BY d.name, l.position
            """;

    private Usage() {}

    /// What every database of the organization used within a time, in the order of their names.
    public static List<DatabaseUsage> of(Sql sql, OrganizationId organization, Instant from, Instant to) {
        Map<DatabaseId, List<DatabaseUsage.Instance>> found = new LinkedHashMap<>();
        sql.list(SELECT, Usage::read, from, to, organization)
                .forEach(row -> found.computeIfAbsent(row.database, id -> new ArrayList<>())
                        .add(row.instance));
        return found.entrySet().stream()
                .map(entry -> new DatabaseUsage(entry.getKey(), entry.getValue()))
                .toList();
    }

    private record Line(DatabaseId database, DatabaseUsage.Instance instance) {}

    private static Line read(Row row) {
        Counters used = new Counters(row.integer(2), row.integer(3), row.integer(4), row.integer(5));
        return new Line(new DatabaseId(row.uuid(0)), new DatabaseUsage.Instance(row.uuid(1), used));
    }
}
