package io.skerry.server.peer;

import io.skerry.catalog.fleet.CopySource;
import io.skerry.catalog.fleet.CopyTransport;
import java.io.IOException;
import java.io.InputStream;

/// Fetches the pages of a database from another node.
public final class HttpCopyTransport implements CopyTransport {

    private final PeerSecret secret;

    public HttpCopyTransport(PeerSecret secret) {
        this.secret = secret;
    }

    @Override
    public InputStream open(CopySource source) throws IOException {
        return PiecedBody.open(
                source.node().node().value(), PeerDownload.open(source.node(), PeerPaths.copy(source), secret));
    }
}
