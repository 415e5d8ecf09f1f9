package io.skerry.catalog.fleet;

import io.skerry.catalog.location.LocationCode;

/// How a group fares at one of its locations, as its primary sees it.
///
/// @param serving the node there was heard of within the last heartbeats, and has everything that was committed
///     when it was added, so reads are answered there
/// @param bytesCopied of the copy that a new location begins with
/// @param lagEntries committed at the primary and not yet applied there
/// @param lagMillis age of the oldest of these
public record LocationState(
        LocationCode location, boolean serving, long bytesCopied, long bytesTotal, long lagEntries, long lagMillis) {

    static LocationState unknown(LocationCode location) {
        return new LocationState(location, false, 0, 0, 0, 0);
    }
}
