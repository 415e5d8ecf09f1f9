package io.skerry.catalog.usage;

import io.skerry.catalog.location.LocationCode;
import io.skerry.catalog.organization.OrganizationId;
import io.skerry.catalog.sql.Sql;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.Meter.Reading;
import io.skerry.engine.QueryCounts.Query;
import io.skerry.raft.NodeId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the catalog has of some stretch of time, in one read transaction: what is added to it belongs to the
/// same moment.
public final class UsageHistory {

    private final Sql sql;
    private final UsagePeriod period;

    private UsageHistory(Sql sql, UsagePeriod period) {
        this.sql = sql;
        this.period = period;
    }

    /// @param to not included; both are made whole hours, or whole days where only those are known
    public static UsageHistory of(Sql sql, Instant from, Instant to, Instant now) {
        return new UsageHistory(sql, UsagePeriod.of(from, to, now, UsageRetention.in(sql)));
    }

    /// What was read and written in a database at a location.
    public record Rows(DatabaseId database, LocationCode location, long read, long written) {}

    /// @param database empty for all that the organization has or had
    public List<Rows> rows(OrganizationId organization, Optional<DatabaseId> database) {
        return UsageRecords.rows(sql, organization, database, period);
    }

    /// By their text, in no order.
    public List<Query> queries(DatabaseId database) {
        return UsageRecords.queries(sql, database, period);
    }

    /// What a node counted in this time and the catalog does not have.
    public List<Reading> missing(NodeId node, List<UsageSince> since) {
        return period.isRunning()
                ? UsageSince.after(UsageRecords.lastReport(sql, node), since).toList()
                : List.of();
    }
}
