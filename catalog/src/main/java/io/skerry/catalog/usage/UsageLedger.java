package io.skerry.catalog.usage;

import io.skerry.catalog.location.LocationCode;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.Meter.Reading;
import io.skerry.engine.Meters;
import io.skerry.raft.NodeId;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a node counted and the catalog may not have yet: reports of the last round, which other nodes may
/// still have to apply; one that is under way; and what is not in a report yet. Thread-safe.
public final class UsageLedger {

    /// One report is one entry of the log, and one transaction of the catalog.
    static final int DATABASES_MAX = 500;

    private final Meters meters;
    private final NodeId node;
    private final LocationCode location;
    private final ReentrantLock lock = new ReentrantLock();
    private final List<UsageReport> recorded = new ArrayList<>();
    /// Taken in the round that is under way, for its next reports.
    private final Deque<Reading> waiting = new ArrayDeque<>();
    private @Nullable UsageReport underWay;
    private String last = UsageReport.NONE;
    private long sinceMillis;
    private long nextSinceMillis;

    public UsageLedger(Meters meters, NodeId node, LocationCode location, Instant now) {
        this.meters = meters;
        this.node = node;
        this.location = location;
        nextSinceMillis = now.toEpochMilli();
    }

    /// Says which report was the node's last, as far as is known; to be called before the first round.
    public void follow(String report) {
        lock.lock();
        try {
            last = report;
        } finally {
            lock.unlock();
        }
    }

    /// Begins a round of reports: of what was counted since the last, or of what that could not hand in. So
    /// what waits here is never more than one reading of each database, however long nobody takes it.
    void begin(Instant now) {
        lock.lock();
        try {
            recorded.clear();
            if (underWay == null && waiting.isEmpty()) {
                waiting.addAll(meters.take());
                sinceMillis = nextSinceMillis;
                nextSinceMillis = now.toEpochMilli();
            }
        } finally {
            lock.unlock();
        }
    }

    /// The report that has to be handed in next, the same until [#recorded] says that it was; empty if the
    /// round is over.
    Optional<UsageReport> next() {
        lock.lock();
        try {
            if (underWay == null && !waiting.isEmpty()) {
                List<Reading> readings = new ArrayList<>();
                while (readings.size() < DATABASES_MAX && !waiting.isEmpty()) {
                    readings.add(waiting.remove());
                }
                underWay = UsageReport.create(last, node, location, sinceMillis, readings);
            }
            return Optional.ofNullable(underWay);
        } finally {
            lock.unlock();
        }
    }

    /// @param lastInCatalog the node's last report there, after that under way was handed in
    /// @return whether it was recorded; if not, it does not follow the last, and [#next] has one that does
    boolean recorded(String lastInCatalog) {
        lock.lock();
        try {
            UsageReport handedIn = underWay;
            last = lastInCatalog;
            if (handedIn == null) {
                return true;
            }
            if (handedIn.id().equals(lastInCatalog)) {
                recorded.add(handedIn);
                underWay = null;
                return true;
            }
            recorded.clear();
            underWay = handedIn.following(lastInCatalog);
            return false;
        } finally {
            lock.unlock();
        }
    }

    /// What was counted in some databases since each report that is still known here, the oldest first.
    List<UsageSince> since(Set<DatabaseId> wanted) {
        lock.lock();
        try {
            List<UsageSince> since = new ArrayList<>();
            UsageReport pending = underWay;
            Stream.concat(recorded.stream(), Stream.ofNullable(pending))
                    .forEach(report -> since.add(new UsageSince(report.after(), of(wanted, report.readings()))));
            List<Reading> unreported = new ArrayList<>(of(wanted, waiting));
            unreported.addAll(meters.untaken(wanted));
            since.add(new UsageSince(pending == null ? last : pending.id(), unreported));
            return since;
        } finally {
            lock.unlock();
        }
    }

    private static List<Reading> of(Set<DatabaseId> wanted, Collection<Reading> readings) {
        return readings.stream()
                .filter(reading -> wanted.contains(reading.database()))
                .toList();
    }

    /// The rows of [#since] without the queries.
    public List<UsageSince> rowsSince(Set<DatabaseId> wanted) {
        return since(wanted).stream()
                .map(step -> new UsageSince(
                        step.report(),
                        step.readings().stream().map(UsageLedger::rows).toList()))
                .toList();
    }

    private static Reading rows(Reading reading) {
        return new Reading(reading.database(), reading.rowsRead(), reading.rowsWritten(), List.of());
    }

    /// [#since] of one database, with its queries.
    public List<UsageSince> queriesSince(DatabaseId database) {
        return since(Set.of(database));
    }
}
