package io.skerry.catalog.fleet;

import io.skerry.catalog.upload.UploadId;
import io.skerry.engine.DatabaseId;
import io.skerry.engine.GroupId;
import io.skerry.raft.PeerAddress;

/// What a new database is filled with, and the node that is asked for it.
public sealed interface CopySource {

    PeerAddress node();

    /// A database as of now.
    record OfDatabase(PeerAddress node, GroupId group, DatabaseId database) implements CopySource {}

    /// What was uploaded to that node, or what it made of it.
    record OfUpload(PeerAddress node, UploadId upload) implements CopySource {}
}
