package io.skerry.catalog.fleet;

import io.skerry.raft.NodeId;

/// An uploaded dump, and the node that has it.
public record DumpPlace(NodeId node, DumpId dump) {}
