package io.skerry.server.tls;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The TLS of a process: the certificate that its ports for clients show, read again when its files change, and whom
/// its calls to other nodes trust.
///
/// Thread-safe.
public final class NodeTls implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(NodeTls.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
    private static final Duration WARN_BEFORE_END = Duration.ofDays(14);
    private static final Duration WARN_EVERY = Duration.ofDays(1);

    private final Path certificate;
    private final Path key;
    private final Optional<TrustedCertificates> trust;
    private final Clock clock;
    private volatile Shown shown;
    private Pair seen;
    private Instant warned = Instant.MIN;
    private volatile String complaint = "";
    private final Thread watch;

    /// @param end of the certificate that is shown
    /// @param refused whether files that came after it cannot be used, which the log says more of
    public record State(Instant end, boolean refused) {}

    private record Shown(SSLContext context, Instant end) {}

    @SuppressWarnings("ArrayRecordComponent") // compared by same() alone
    private record Pair(byte[] certificate, byte[] key) {

        boolean same(Pair other) {
            return Arrays.equals(certificate, other.certificate) && Arrays.equals(key, other.key);
        }
    }

    private NodeTls(Path certificate, Path key, Optional<TrustedCertificates> trust, Clock clock) throws IOException {
        this.certificate = certificate;
        this.key = key;
        this.trust = trust;
        this.clock = clock;
        this.seen = read();
        this.shown = parse(seen);
        if (ServerCertificate.isOpenToOthers(key)) {
            log.warn("the private key {} can be read by others than its owner: chmod 600 it", key);
        }
        warnOfTheEnd();
        this.watch = Thread.ofVirtual().name("tls-files").unstarted(this::watch);
    }

    /// Reads the files, and looks every ten seconds whether they have changed, until it is closed.
    ///
    /// @param certificate PEM: the server's own, then those between it and its authority
    /// @param key PEM, PKCS #8
    /// @param trust whom calls to other nodes trust; empty for those that the JVM trusts
    /// @throws IOException if a file cannot be read or is not good, in one sentence
    public static NodeTls open(Path certificate, Path key, Optional<TrustedCertificates> trust) throws IOException {
        return open(certificate, key, trust, Clock.systemUTC());
    }

    static NodeTls open(Path certificate, Path key, Optional<TrustedCertificates> trust, Clock clock)
            throws IOException {
        NodeTls tls = new NodeTls(certificate, key, trust, clock);
        tls.watch.start();
        return tls;
    }

    public State state() {
        return new State(shown.end(), !complaint.isEmpty());
    }

    /// What the next connection of a client is shown.
    public SSLContext server() {
        return shown.context();
    }

    /// Whom calls to other nodes trust; empty for those that the JVM trusts.
    public Optional<SSLContext> client() {
        return trust.map(TrustedCertificates::context);
    }

    private Pair read() throws IOException {
        return new Pair(Pem.bytes(certificate), Pem.bytes(key));
    }

    private Shown parse(Pair files) throws IOException {
        ServerCertificate parsed =
                ServerCertificate.parse(certificate, files.certificate(), key, files.key(), clock.instant());
        return new Shown(parsed.context(), parsed.end());
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(LOOK_EVERY);
                reread();
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /// Reads the files again if they have changed, as happens by itself. Two files are not written at once:
    /// while they do not fit each other, or one is not there, what was good goes on being shown.
    public synchronized void reread() {
        try {
            Pair files = read();
            if (!files.same(seen)) {
                shown = parse(files);
                seen = files;
                warned = Instant.MIN;
                log.info("the certificate in {} is shown from now on; it ends on {}", certificate, shown.end());
            }
            complaint = "";
        } catch (IOException | RuntimeException e) {
            if (!complaint.equals(e.getMessage())) {
                complaint = String.valueOf(e.getMessage());
                log.warn("the certificate that was read before is still shown: {}", complaint);
            }
        }
        warnOfTheEnd();
    }

    private void warnOfTheEnd() {
        Instant now = clock.instant();
        if (now.isAfter(shown.end().minus(WARN_BEFORE_END))
                && (warned.equals(Instant.MIN) || now.isAfter(warned.plus(WARN_EVERY)))) {
            warned = now;
            log.warn(
                    "the certificate in {} ends on {}: replace it, it is read when it changes",
                    certificate,
                    shown.end());
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
