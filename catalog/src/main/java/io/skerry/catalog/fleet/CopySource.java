package io.skerry.catalog.fleet;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.raft.PeerAddress;

/// A database that is to be copied, and the node that is asked for it.
public record CopySource(PeerAddress node, GroupId group, DatabaseId database) {}
