package io.skerry.catalog.usage;

import io.skerry.engine.Meter.Reading;
import java.util.List;
import java.util.stream.Stream;

/// What a node counted after one of its reports and before the next, or until now.
///
/// @param report its id; [UsageReport#NONE] if there was none before
public record UsageSince(String report, List<Reading> readings) {

    /// What a catalog lacks.
    ///
    /// @param since what the node says, in the order of its reports
    /// @param last the node's last report that the catalog has
    /// @return nothing if `last` is none of them: the catalog is newer than the answer, or far behind
    public static Stream<Reading> after(String last, List<UsageSince> since) {
        return since.stream().dropWhile(step -> !step.report.equals(last)).flatMap(step -> step.readings.stream());
    }
}
