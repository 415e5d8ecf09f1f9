package io.skerry.server.peer;

import io.skerry.raft.PeerAddress;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;

/// A long answer of another node, as a stream.
///
/// `HttpURLConnection` and not the newer client: this one knows a limit for each read, so a sender that
/// falls silent in the middle of a gigabyte is noticed.
final class PeerDownload extends FilterInputStream {

    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration SILENCE = Duration.ofSeconds(15);
    private static final int BUFFER_BYTES = 64 * 1024;

    private final HttpURLConnection connection;

    private PeerDownload(HttpURLConnection connection) throws IOException {
        super(new BufferedInputStream(connection.getInputStream(), BUFFER_BYTES));
        this.connection = connection;
    }

    static PeerDownload open(PeerAddress source, String path, PeerSecret secret) throws IOException {
        HttpURLConnection connection = connection(source, path, secret, SILENCE);
        int status = connection.getResponseCode();
        if (status != HttpURLConnection.HTTP_OK) {
            connection.disconnect();
            throw new IOException("node " + source.node() + " answered " + path + " with status " + status);
        }
        return new PeerDownload(connection);
    }

    /// A request that is not sent yet.
    ///
    /// @param silence the longest that is waited for the next byte of the answer
    static HttpURLConnection connection(PeerAddress peer, String path, PeerSecret secret, Duration silence)
            throws IOException {
        URI uri = URI.create("http://" + peer.transfer() + path);
        if (!(uri.toURL().openConnection() instanceof HttpURLConnection connection)) {
            throw new IOException(uri + " is not HTTP");
        }
        connection.setConnectTimeout((int) CONNECT.toMillis());
        connection.setReadTimeout((int) silence.toMillis());
        connection.setInstanceFollowRedirects(false);
        connection.setRequestProperty("Authorization", secret.header());
        return connection;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return in.read(target, offset, length);
    }

    /// Drops the connection: reading the rest of what is abandoned would take as long as all of it.
    @Override
    public void close() {
        connection.disconnect();
    }
}
