package io.skerry.server.peer;

import io.skerry.engine.GroupId;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import io.skerry.raft.SnapshotTransport;
import java.io.IOException;
import java.io.InputStream;

/// Fetches snapshots from other nodes as one chunked answer.
public final class HttpSnapshotTransport implements SnapshotTransport {

    private final PeerSecret secret;
    private final NodeId self;

    public HttpSnapshotTransport(PeerSecret secret, NodeId self) {
        this.secret = secret;
        this.self = self;
    }

    @Override
    public InputStream open(PeerAddress source, GroupId group) throws IOException {
        return PeerDownload.open(source, PeerPaths.snapshot(group, self), secret);
    }
}
