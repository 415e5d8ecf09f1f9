package io.skerry.catalog.fleet;

import io.skerry.catalog.Catalog;

/// Groups and databases as they exist on nodes: creates, deletes and moves them, and keeps the catalog true to
/// it. Runs on the node that leads the system group. Thread-safe; changes of one group wait for each other.
public final class Fleet {

    private final Catalog catalog;
    private final NodeClients nodes;

    public Fleet(Catalog catalog, NodeClients nodes) {
        this.catalog = catalog;
        this.nodes = nodes;
    }

    /// Creates the group that a first start needs, if the organization of the first start has no group of that
    /// name.
    public void bootstrap(String group, io.skerry.catalog.location.LocationCode primary) {
        throw new UnsupportedOperationException(catalog + " " + nodes + group + primary);
    }

    /// Finishes what a crash left half done: drops databases and groups that the catalog does not know. To be
    /// called once the node leads the system group.
    public void reconcile() {
        throw new UnsupportedOperationException();
    }
}
