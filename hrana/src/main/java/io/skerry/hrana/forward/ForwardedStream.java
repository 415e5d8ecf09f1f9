package io.skerry.hrana.forward;

import io.skerry.hrana.stream.RemoteStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// A stream's continuation on the node at `primary`. Used by the stream's holder only, except for [#abandon].
public final class ForwardedStream implements RemoteStream {

    private final NodeClient client;
    private final URI primary;
    private volatile @Nullable String baton;
    private volatile @Nullable String authorization;
    private boolean autocommit = true;
    private boolean sticky;

    public ForwardedStream(NodeClient client, URI primary) {
        this.client = client;
        this.primary = primary;
    }

    public URI primary() {
        return primary;
    }

    /// Null if nothing is open there.
    public @Nullable String baton() {
        return baton;
    }

    /// False while a transaction is open there.
    public boolean autocommit() {
        return autocommit;
    }

    /// Whether there is more to the stream there than its transaction: databases that are attached. Then nothing of it
    /// can run elsewhere any more.
    public boolean sticky() {
        return sticky;
    }

    /// Databases are, or may be, attached there.
    public void stick() {
        sticky = true;
    }

    public Outcome send(@Nullable String withAuthorization, byte[] body, int length) {
        authorization = withAuthorization;
        return client.send(primary, withAuthorization, body, length);
    }

    /// The other node answered: what it says about the stream there.
    public void goOn(@Nullable String nextBaton, boolean nowAutocommit) {
        baton = nextBaton;
        autocommit = nowAutocommit;
    }

    /// What was open there is lost or closed.
    public void forget() {
        sticky = false;
        goOn(null, true);
    }

    @Override
    public void abandon() {
        String open = baton;
        baton = null;
        if (open != null) {
            // Best effort: what is not closed now expires there within seconds.
            byte[] body = ("{\"baton\":\"" + open + "\",\"requests\":[{\"type\":\"close\"}]}")
                    .getBytes(StandardCharsets.UTF_8);
            Thread.ofVirtual()
                    .name("hrana-abandon")
                    .start(() -> client.send(primary, authorization, body, body.length));
        }
    }
}
