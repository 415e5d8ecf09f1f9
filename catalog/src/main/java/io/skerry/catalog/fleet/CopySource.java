package io.skerry.catalog.fleet;

import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.raft.PeerAddress;

/// What a new database is filled with, and the node that is asked for it.
public sealed interface CopySource {

    PeerAddress node();

    /// A database as of now.
    record OfDatabase(PeerAddress node, GroupId group, DatabaseId database) implements CopySource {}

    /// What that node made of a dump.
    record OfDump(PeerAddress node, DumpId dump) implements CopySource {}
}
