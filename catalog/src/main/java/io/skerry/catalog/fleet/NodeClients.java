package io.skerry.catalog.fleet;

import io.skerry.catalog.location.Node;

/// The way to each node of the cluster.
@FunctionalInterface
public interface NodeClients {

    /// A client for `node`; cheap, asked for each use.
    NodeClient of(Node node);
}
