package io.skerry.catalog.usage;

import io.skerry.catalog.location.LocationCode;
import io.skerry.engine.Meter.Reading;
import io.skerry.raft.NodeId;
import java.util.List;
import java.util.UUID;

/// What a node counted from one report to the next, in many databases at once.
///
/// @param id of no other report
/// @param after the id of the node's report before this one; [#NONE] for its first
/// @param location of the node
/// @param sinceMillis when it began to count this, since 1970: the hour that it counts for
public record UsageReport(
        String id, String after, NodeId node, LocationCode location, long sinceMillis, List<Reading> readings) {

    /// Stands for the report before the first.
    public static final String NONE = "";

    public UsageReport {
        readings = List.copyOf(readings);
    }

    static UsageReport create(
            String after, NodeId node, LocationCode location, long sinceMillis, List<Reading> readings) {
        return new UsageReport(UUID.randomUUID().toString(), after, node, location, sinceMillis, readings);
    }

    /// The same, as the successor of another.
    UsageReport following(String other) {
        return new UsageReport(id, other, node, location, sinceMillis, readings);
    }
}
