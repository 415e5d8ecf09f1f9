package io.skerry.catalog.usage;

import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.sql.Sql;
import io.skerry.catalog.usage.UsageHistory.Rows;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.engine.Meter.Reading;
import io.skerry.engine.QueryCounts.Query;
import io.skerry.raft.NodeId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reports in the catalog: added to one hour, one day, and the queries of one day.
public final class UsageRecords {

    /// The queries that are kept of a database and day: those with the most rows.
    static final int QUERIES_MAX = 50;

    private UsageRecords() {}

    /// Adds a report if it follows the last one of its node. See [io.skerry.catalog.usage].
    ///
    /// @return the node's last report now
    public static String record(Sql sql, UsageReport report, Instant now) {
        String last = lastReport(sql, report.node());
        if (!last.equals(report.after())) {
            return last;
        }
        sql.update("""
                INSERT INTO usage_reports (node, report) VALUES (?, ?)
                ON CONFLICT (node) DO UPDATE SET report = excluded.report
                """, report.node(), report.id());
        // A clock that is ahead must not count for a time that nobody asks for.
        long hour = Math.min(UsagePeriod.hour(Instant.ofEpochMilli(report.sinceMillis())), UsagePeriod.hour(now));
        long day = UsagePeriod.day(hour);
        addRows(sql, report, owners(sql, report), hour, day);
        long queries = addQueries(sql, report, day);
        prune(sql, now, report.readings().size(), queries);
        return report.id();
    }

    /// [UsageReport#NONE] if there was none.
    public static String lastReport(Sql sql, NodeId node) {
        return sql.first("SELECT report FROM usage_reports WHERE node = ?", row -> row.text(0), node)
                .orElse(UsageReport.NONE);
    }

    /// A node that is no more reports nothing more.
    public static void forget(Sql sql, NodeId node) {
        sql.update("DELETE FROM usage_reports WHERE node = ?", node);
    }

    private static final String SERIES_IN_PERIOD = """
            WITH RECURSIVE
                hours (hour, until) AS (
                    SELECT ?2, ?3 WHERE ?2 < ?3 UNION ALL SELECT ?4, ?5 WHERE ?4 < ?5
                    UNION ALL SELECT hour + 1, until FROM hours WHERE hour + 1 < until),
                days (day) AS (SELECT ?6 WHERE ?6 < ?7 UNION ALL SELECT day + 1 FROM days WHERE day + 1 < ?7),
                series AS (SELECT * FROM usage_series WHERE organization = ?1 %s)
            SELECT database, location, sum(rows_read), sum(rows_written) FROM (
                SELECT database, location, rows_read, rows_written FROM series CROSS JOIN hours
                CROSS JOIN usage_hours counted ON counted.hour = hours.hour AND counted.series = series.id
                UNION ALL
                SELECT database, location, rows_read, rows_written FROM series CROSS JOIN days
                CROSS JOIN usage_days counted ON counted.day = days.day AND counted.series = series.id
                WHERE days.day BETWEEN first_day AND last_day)
            GROUP BY database, location
            """;

    private static final String OF_ORGANIZATION = SERIES_IN_PERIOD.formatted("");
    private static final String OF_DATABASE = SERIES_IN_PERIOD.formatted("AND database = ?8");

    /// @param database empty for all that the organization has or had
    static List<Rows> rows(Sql sql, OrganizationId organization, Optional<DatabaseId> database, UsagePeriod period) {
        return sql.list(
                database.isPresent() ? OF_DATABASE : OF_ORGANIZATION,
                row -> new Rows(
                        new DatabaseId(row.uuid(0)), new LocationCode(row.text(1)), row.integer(2), row.integer(3)),
                organization,
                period.firstHour(),
                period.endOfHoursBefore(),
                period.firstHourAfter(),
                period.endHour(),
                period.firstWholeDay(),
                period.endOfWholeDays(),
                database.orElse(null));
    }

    static List<Query> queries(Sql sql, DatabaseId database, UsagePeriod period) {
        return sql.list(
                """
                WITH RECURSIVE
                    days (day) AS (SELECT ?2 WHERE ?2 < ?3 UNION ALL SELECT day + 1 FROM days WHERE day + 1 < ?3)
                SELECT query, sum(rows_read), sum(rows_written) FROM days
                CROSS JOIN usage_queries counted ON counted.day = days.day AND database = ?1 GROUP BY query
                """,
                row -> new Query(row.text(0), row.integer(1), row.integer(2)),
                database,
                period.firstDay(),
                period.endDay());
    }

    /// What is still to be reported of a database that is about to be deleted belongs to its
    /// organization.
    public static void keepOwner(Sql sql, DatabaseId database) {
        keepOwners(sql, "databases.id", database);
    }

    /// The same for all databases of a group.
    public static void keepOwners(Sql sql, GroupId group) {
        keepOwners(sql, "databases.grp", group);
    }

    private static void keepOwners(Sql sql, String column, Object id) {
        long today = UsagePeriod.day(UsagePeriod.hour(Instant.now()));
        long kept = sql.update("""
                INSERT INTO usage_series (organization, database, location, first_day, last_day)
                SELECT databases.organization, databases.id, primary_location, ?2, ?2
                FROM databases JOIN groups ON groups.id = databases.grp WHERE %s = ?1
                ON CONFLICT DO UPDATE SET last_day = max(last_day, excluded.last_day)
                """.formatted(column), id, today);
        // Of databases that are made and deleted without being used nobody ever reports.
        pruneSeries(sql, today - UsageRetention.in(sql).days(), 2 * kept);
    }

    private static Map<DatabaseId, String> owners(Sql sql, UsageReport report) {
        Map<DatabaseId, String> owners = new HashMap<>();
        for (Reading reading : report.readings()) {
            sql.first("SELECT organization FROM databases WHERE id = ?", row -> row.text(0), reading.database())
                    .or(() -> formerOwner(sql, reading.database()))
                    .ifPresent(owner -> owners.put(reading.database(), owner));
        }
        return owners;
    }

    private static Optional<String> formerOwner(Sql sql, DatabaseId database) {
        return sql.first(
                "SELECT organization FROM usage_series WHERE database = ? ORDER BY last_day DESC, id DESC",
                row -> row.text(0),
                database);
    }

    private static void addRows(Sql sql, UsageReport report, Map<DatabaseId, String> owners, long hour, long day) {
        List<Object[]> series = new ArrayList<>();
        List<Object[]> hours = new ArrayList<>();
        List<Object[]> days = new ArrayList<>();
        for (Reading reading : report.readings()) {
            DatabaseId database = reading.database();
            String owner = owners.get(database);
            if (owner != null) {
                series.add(new Object[] {owner, database, report.location(), day});
                hours.add(row(hour, owner, report, reading));
                days.add(row(day, owner, report, reading));
            }
        }
        sql.updateAll("""
                INSERT INTO usage_series (organization, database, location, first_day, last_day)
                VALUES (?1, ?2, ?3, ?4, ?4)
                ON CONFLICT DO UPDATE SET
                    first_day = min(first_day, excluded.first_day), last_day = max(last_day, excluded.last_day)
                WHERE excluded.first_day < first_day OR excluded.last_day > last_day
                """, series);
        sql.updateAll(add("usage_hours", "hour"), hours);
        sql.updateAll(add("usage_days", "day"), days);
    }

    private static Object[] row(long bucket, String owner, UsageReport report, Reading reading) {
        return new Object[] {
            bucket, owner, reading.database(), report.location(), reading.rowsRead(), reading.rowsWritten()
        };
    }

    private static String add(String table, String bucket) {
        return """
                INSERT INTO %s (%s, series, rows_read, rows_written)
                VALUES (
                    ?1,
                    (SELECT id FROM usage_series WHERE organization = ?2 AND database = ?3 AND location = ?4),
                    ?5,
                    ?6)
                ON CONFLICT DO UPDATE SET
                    rows_read = rows_read + excluded.rows_read, rows_written = rows_written + excluded.rows_written
                """.formatted(table, bucket);
    }

    /// @return how many were added
    private static long addQueries(Sql sql, UsageReport report, long day) {
        List<Object[]> queries = new ArrayList<>();
        List<Object[]> databases = new ArrayList<>();
        for (Reading reading : report.readings()) {
            for (Query query : reading.queries()) {
                queries.add(
                        new Object[] {day, reading.database(), query.text(), query.rowsRead(), query.rowsWritten()});
            }
            if (!reading.queries().isEmpty()) {
                databases.add(new Object[] {day, reading.database(), QUERIES_MAX});
            }
        }
        // Nobody can ask for those of a database that is gone.
        sql.updateAll("""
                INSERT INTO usage_queries (day, database, query, rows_read, rows_written)
                SELECT ?1, ?2, ?3, ?4, ?5 WHERE EXISTS (SELECT 1 FROM databases WHERE id = ?2)
                ON CONFLICT DO UPDATE SET
                    rows_read = rows_read + excluded.rows_read, rows_written = rows_written + excluded.rows_written
                """, queries);
        sql.updateAll("""
                DELETE FROM usage_queries WHERE day = ?1 AND database = ?2 AND query IN (
                    SELECT query FROM usage_queries WHERE day = ?1 AND database = ?2
                    ORDER BY rows_read + rows_written DESC LIMIT -1 OFFSET ?3)
                """, databases);
        return queries.size();
    }

    /// What is too old, twice as much as came at most: so there is never much to do, and it shrinks
    /// with use.
    private static void prune(Sql sql, Instant now, long readings, long queries) {
        UsageRetention kept = UsageRetention.in(sql);
        long hour = UsagePeriod.hour(now);
        long day = UsagePeriod.day(hour);
        prune(sql, "usage_hours", "hour, series", hour - kept.hours(), 2 * readings);
        prune(sql, "usage_days", "day, series", day - kept.days(), 2 * readings);
        prune(sql, "usage_queries", "day, database, query", day - kept.queryDays(), 2 * queries);
        pruneSeries(sql, day - kept.days(), 2 * readings);
    }

    private static void pruneSeries(Sql sql, long before, long max) {
        sql.update("""
                DELETE FROM usage_series WHERE id IN (
                    SELECT id FROM usage_series WHERE last_day < ? ORDER BY last_day LIMIT ?)
                """, before, max);
    }

    private static void prune(Sql sql, String table, String key, long before, long max) {
        String bucket = key.substring(0, key.indexOf(','));
        sql.update("""
                DELETE FROM %1$s WHERE (%2$s) IN (
                    SELECT %2$s FROM %1$s WHERE %3$s < ? ORDER BY %2$s LIMIT ?)
                """.formatted(table, key, bucket), before, max);
    }
}
