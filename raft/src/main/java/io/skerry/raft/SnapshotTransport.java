package io.skerry.raft;

import io.skerry.engine.GroupId;
import java.io.IOException;
import java.io.InputStream;

/// Fetches a group's snapshot from another node; the other side of it calls [RaftNode#writeSnapshot].
/// Implemented by the `server` module over HTTP.
@FunctionalInterface
public interface SnapshotTransport {

    /// Opens the stream that the node at `source` produces with `writeSnapshot`. Whoever gets it closes it.
    /// Reads time out when nothing arrives for some seconds.
    InputStream open(PeerAddress source, GroupId group) throws IOException;
}
