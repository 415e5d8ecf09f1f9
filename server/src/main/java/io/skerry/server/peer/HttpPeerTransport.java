package io.skerry.server.peer;

import io.skerry.engine.GroupId;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import io.skerry.raft.PeerTransport;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.time.Duration;

/// Fetches snapshots from other nodes as one chunked answer, and has them remove groups.
public final class HttpPeerTransport implements PeerTransport {

    /// What an order may take beyond its limit.
    private static final Duration MARGIN = Duration.ofSeconds(3);

    private final PeerSecret secret;
    private final NodeId self;

    public HttpPeerTransport(PeerSecret secret, NodeId self) {
        this.secret = secret;
        this.self = self;
    }

    @Override
    public InputStream snapshot(PeerAddress source, GroupId group) throws IOException {
        return PeerDownload.open(source, PeerPaths.snapshot(group, self), secret);
    }

    @Override
    public void delete(PeerAddress peer, GroupId group, Duration limit) throws IOException {
        String path = PeerPaths.group(group) + "?" + PeerRoutes.Parameters.LIMIT_MILLIS + "=" + limit.toMillis();
        HttpURLConnection connection = PeerDownload.connection(peer, path, secret, limit.plus(MARGIN));
        try {
            connection.setRequestMethod("DELETE");
            int status = connection.getResponseCode();
            if (status != HttpURLConnection.HTTP_NO_CONTENT) {
                throw new IOException(
                        "node " + peer.node() + " could not remove group " + group + ": status " + status);
            }
        } finally {
            connection.disconnect();
        }
    }
}
