package io.skerry.catalog.fleet;

import io.skerry.catalog.organization.OrganizationId;
import io.skerry.raft.NodeId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/// The [FillPlaces] of all nodes as whoever orders databases to be filled counts them: from before a file is made of a
/// dump, or checked, which may take hours that would be for nothing without a place at the end. Orders come from the
/// node that leads the catalog; what its predecessor ordered only the nodes themselves count. Thread-safe.
final class FillOrders {

    /// Of every node that was ever a primary: as few as the cluster has.
    private final Map<NodeId, FillPlaces> nodes = new ConcurrentHashMap<>();

    /// Makes a database that `primary` is to fill, on the calling thread, which has a place until its end.
    ///
    /// @throws io.skerry.engine.DatabaseException OVERLOADED if there is no place for it; or what `work` threw
    <T> T with(NodeId primary, OrganizationId organization, Supplier<T> work) {
        return nodes.computeIfAbsent(primary, node -> new FillPlaces()).fill(organization.toString(), work);
    }
}
