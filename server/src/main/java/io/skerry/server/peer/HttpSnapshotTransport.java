package io.skerry.server.peer;

import io.skerry.engine.GroupId;
import io.skerry.raft.NodeId;
import io.skerry.raft.PeerAddress;
import io.skerry.raft.SnapshotTransport;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/// Fetches snapshots from other nodes as one chunked answer.
///
/// `HttpURLConnection` and not the newer client: this one knows a limit for each read, so a sender that
/// falls silent in the middle of a gigabyte is noticed.
public final class HttpSnapshotTransport implements SnapshotTransport {

    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration SILENCE = Duration.ofSeconds(15);
    private static final int BUFFER_BYTES = 256 * 1024;

    private final PeerSecret secret;
    private final NodeId self;

    public HttpSnapshotTransport(PeerSecret secret, NodeId self) {
        this.secret = secret;
        this.self = self;
    }

    @Override
    public InputStream open(PeerAddress source, GroupId group) throws IOException {
        URI uri = URI.create("http://" + source.transfer() + PeerPaths.snapshot(group, self));
        if (!(uri.toURL().openConnection() instanceof HttpURLConnection connection)) {
            throw new IOException(uri + " is not HTTP");
        }
        connection.setConnectTimeout((int) CONNECT.toMillis());
        connection.setReadTimeout((int) SILENCE.toMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("Authorization", secret.header());
        int status = connection.getResponseCode();
        if (status != HttpURLConnection.HTTP_OK) {
            connection.disconnect();
            throw new IOException("node " + source.node() + " answered the request for a snapshot of group " + group
                    + " with status " + status);
        }
        InputStream body = new BufferedInputStream(connection.getInputStream(), BUFFER_BYTES);
        return new FilterInputStream(body) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                return in.read(target, offset, length);
            }

            /// Drops the connection: reading the rest of an abandoned snapshot would take as long as the
            /// snapshot.
            @Override
            public void close() {
                connection.disconnect();
            }
        };
    }
}
