package io.skerry.platform;

import java.io.IOException;
import java.net.http.HttpClient;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/// HTTP connections to other nodes, pooled. The client is made when it is first needed: most nodes talk to no
/// other while they start. Thread-safe.
public final class NodeHttp implements AutoCloseable {

    private static final Duration CONNECT_MAX = Duration.ofSeconds(2);

    private final Supplier<Optional<SSLContext>> trust;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable HttpClient made;
    private volatile boolean closed;

    /// Where no node speaks TLS: trusts no certificate, and need not read those that the JVM trusts.
    public static NodeHttp plain() {
        return new NodeHttp(() -> Optional.of(nobody()));
    }

    /// @param trust what makes connections over TLS; empty for what the JVM trusts. Host names are checked either way
    public NodeHttp(Optional<SSLContext> trust) {
        this(() -> trust);
    }

    private NodeHttp(Supplier<Optional<SSLContext>> trust) {
        this.trust = trust;
    }

    private static SSLContext nobody() {
        try {
            SSLContext nobody = SSLContext.getInstance("TLS");
            nobody.init(new KeyManager[0], new TrustManager[0], null);
            return nobody;
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every JDK has TLS", e);
        }
    }

    /// @throws IOException after [#close], as the calls of a client that is shut down
    public HttpClient client() throws IOException {
        HttpClient present = made;
        if (present != null) {
            return present;
        }
        lock.lock();
        try {
            if (closed) {
                throw new IOException("the node is stopping");
            }
            present = made;
            if (present == null) {
                HttpClient.Builder client = HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .connectTimeout(CONNECT_MAX)
                        .executor(Executors.newVirtualThreadPerTaskExecutor());
                trust.get().ifPresent(client::sslContext);
                present = client.build();
                made = present;
            }
            return present;
        } finally {
            lock.unlock();
        }
    }

    /// Breaks what is under way.
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
        } finally {
            lock.unlock();
        }
        HttpClient present = made;
        if (present != null) {
            present.shutdownNow();
        }
    }
}
