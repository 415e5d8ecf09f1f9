package io.skerry.catalog.fleet;

import java.time.Duration;

/// How long steps of the fleet may take.
///
/// @param create of a group, until it leads
/// @param delete of a group on one node; or until it is closed there
/// @param membership of one change of a group's members; while databases are copied to one, without progress;
///     or until a group that was archived takes writes again
/// @param addition of a location, until the call is answered; what takes longer goes on
/// @param removal likewise
/// @param copy of what fills a new database (another one, a dump, a file), without progress
/// @param spread until a change of the catalog that must be everywhere (a rotated key) is awaited no longer
/// @param poll between two looks at a location that is awaited
/// @param progress between two lines of the log about a location that is being copied to
/// @param retryFirst until a group's members that could not be changed are tried again; doubled each time
/// @param retryMax what that grows to
public record FleetLimits(
        Duration create,
        Duration delete,
        Duration membership,
        Duration addition,
        Duration removal,
        Duration copy,
        Duration spread,
        Duration poll,
        Duration progress,
        Duration retryFirst,
        Duration retryMax) {

    public static final FleetLimits DEFAULT = new FleetLimits(
            Duration.ofSeconds(20),
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(2),
            Duration.ofSeconds(5),
            Duration.ofMinutes(10),
            Duration.ofSeconds(2),
            Duration.ofMillis(50),
            Duration.ofSeconds(5),
            Duration.ofSeconds(1),
            Duration.ofMinutes(1));

    /// @param limit of [#copy]
    public FleetLimits withCopy(Duration limit) {
        return new FleetLimits(
                create, delete, membership, addition, removal, limit, spread, poll, progress, retryFirst, retryMax);
    }

    /// @param limit of [#addition]; zero: the call is answered at once
    public FleetLimits withAddition(Duration limit) {
        return new FleetLimits(
                create, delete, membership, limit, removal, copy, spread, poll, progress, retryFirst, retryMax);
    }
}
